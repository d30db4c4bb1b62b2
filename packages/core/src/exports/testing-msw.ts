export { worldHandlers } from '../testing/msw.ts'
