export { coverageOf } from '../testing/coverage.ts'
export {
  chartOf,
  keyOf,
  nameOf,
  placeOf,
  transitionsOf,
  type ChartEvent,
  type ChartNode,
  type ChartOptions,
  type ChartPath,
  type ChartState,
  type ChartStep,
} from '../testing/graph.ts'
export { authPaths, type AuthDriver, type AuthPath, type AuthPathsOptions, type Screen } from '../testing/paths.ts'
