import { openTanStackRouter } from './open-tanstack-router.tsx'
import { describeRoutes } from './promises.ts'

describeRoutes('TanStack Router', openTanStackRouter)
