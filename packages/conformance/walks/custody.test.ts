/** The same walks as in chart.test.ts, with renewals in a worker, the session in a cookie, and no token in the page. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import { walkThroughChart } from '../apps/chart-walk.ts'
import { setTheStage, type Stage } from '../apps/stage.ts'
import { abilities } from '../src/app-events.ts'
import { generateWalks } from '../src/chart.ts'
import { facts } from '../src/events.ts'

/** The handler knows what became of a token, and a page that opens finds no mark of a tab that died. */
const { walks } = generateWalks({
  ...abilities,
  events: (place, context) => abilities.events(place, context).filter((event) => event !== facts.foundSpent),
})
let stage: Stage

beforeAll(async () => {
  stage = await setTheStage()
})
afterAll(() => stage?.close())

describe.each([
  ['react', 'worker'],
  ['react', 'cookie'],
  ['react', 'proxy'],
  ['vue', 'worker'],
  ['vue', 'cookie'],
  ['vue', 'proxy'],
] as const)('the %s app with the session in %s mode', (name, custody) => {
  test.each(walks)('$name', ({ steps }) => walkThroughChart(stage, name, steps, custody))
})
