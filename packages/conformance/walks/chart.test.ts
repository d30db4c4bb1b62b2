/** Both example apps in a real browser: generated walks that together take every transition a user can cause. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { walkThroughChart } from '../apps/chart-walk.ts'
import { setTheStage, type Stage } from '../apps/stage.ts'
import { abilities, outOfReach } from '../src/app-events.ts'
import { allTransitions, generateWalks } from '../src/chart.ts'

const { walks, transitions } = generateWalks(abilities)
let stage: Stage

beforeAll(async () => {
  stage = await setTheStage()
})
afterAll(() => stage?.close())

describe.each(['react', 'vue'] as const)('the %s app', (name) => {
  test.each(walks)('$name', ({ steps }) => walkThroughChart(stage, name, steps))

  test('the walks take every transition a user can cause', () => {
    const reach = `${transitions.length} of ${allTransitions().length} transitions`
    console.log(
      `${name} app: ${reach} in ${walks.length} walks; ${Object.keys(outOfReach).length} are out of a person's reach`,
    )
    expect(transitions.length + Object.keys(outOfReach).length).toBe(allTransitions().length)
  })
})
