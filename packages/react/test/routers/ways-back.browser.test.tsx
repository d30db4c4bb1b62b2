import { openReactRouter } from './open-react-router.tsx'
import { openTanStackRouter } from './open-tanstack-router.tsx'
import { describeWaysBack } from './ways-back.ts'

describeWaysBack('React Router, by middleware', openReactRouter('middleware'))
describeWaysBack('React Router, by loaders', openReactRouter('loader'))
describeWaysBack('TanStack Router', openTanStackRouter)
