/** The routes of both example apps in a real browser: deep links, ways back, closed doors; walks generated from a graph. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { walkThroughRoutes } from '../apps/route-walk.ts'
import { setTheStage, type Stage } from '../apps/stage.ts'
import { generateRouteWalks } from '../src/routes.ts'

const { walks, edges } = generateRouteWalks()
let stage: Stage

beforeAll(async () => {
  stage = await setTheStage()
})
afterAll(() => stage?.close())

describe.each(['react', 'vue'] as const)('the routes of the %s app', (name) => {
  test.each(walks.map((steps, index) => ({ name: `walk ${index + 1}`, steps })))('$name', ({ steps }) =>
    walkThroughRoutes(stage, name, steps),
  )

  test('the walks take every edge of the graph', () => {
    const taken = new Set(walks.flat().map(({ from, label }) => `${JSON.stringify(from)} ${label}`))
    console.log(`${name} app: ${taken.size} of ${edges} ways through its routes, in ${walks.length} walks`)
    expect(taken.size).toBe(edges)
  })
})
