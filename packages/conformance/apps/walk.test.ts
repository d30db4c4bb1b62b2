/** One short walk of each kind through both example apps; `pnpm walks` takes all of them. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import { abilities } from '../src/app-events.ts'
import { generateWalks } from '../src/chart.ts'
import { generateRouteWalks } from '../src/routes.ts'
import { walkThroughChart } from './chart-walk.ts'
import { walkThroughRoutes } from './route-walk.ts'
import { setTheStage, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await setTheStage()
})
afterAll(() => stage?.close())

function shortest<T extends { readonly steps: readonly unknown[] }>(walks: readonly T[]): T['steps'] {
  const [first] = walks.toSorted((one, other) => one.steps.length - other.steps.length)
  if (!first) throw new Error('No walk was generated')
  return first.steps
}
const throughChart = shortest(generateWalks(abilities).walks)
const throughRoutes = shortest(generateRouteWalks().walks.map((steps) => ({ steps })))

describe.each(['react', 'vue'] as const)('the %s app', (name) => {
  test(`the app keeps the promises of the chart in ${throughChart.length} steps`, () =>
    walkThroughChart(stage, name, throughChart))

  test(`the app shows the right page under the right address in ${throughRoutes.length} steps`, () =>
    walkThroughRoutes(stage, name, throughRoutes))
})
