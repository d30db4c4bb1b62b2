import { openReactRouter } from './open-react-router.tsx'
import { describeRoutes } from './promises.ts'

describeRoutes('React Router, by middleware', openReactRouter('middleware'))
describeRoutes('React Router, by loaders', openReactRouter('loader'))
