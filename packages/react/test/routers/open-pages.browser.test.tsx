import { describeOpenPages } from './open-pages.ts'
import { openReactRouter } from './open-react-router.tsx'
import { openTanStackRouter } from './open-tanstack-router.tsx'

describeOpenPages('React Router, by middleware', openReactRouter('middleware'))
describeOpenPages('React Router, by loaders', openReactRouter('loader'))
describeOpenPages('TanStack Router', openTanStackRouter)
