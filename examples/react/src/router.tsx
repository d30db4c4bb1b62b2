import { paths, type DemoAuth } from '@authchart/example-shared'
import { authRoutes } from '@authchart/react/react-router'
import { createBrowserRouter } from 'react-router'
import { Layout } from './Layout.tsx'
import { Admin, AdminsOnly } from './views/Admin.tsx'
import { EditPage } from './views/EditPage.tsx'
import { Home } from './views/Home.tsx'
import { NotFound } from './views/NotFound.tsx'
import { Passing } from './views/Passing.tsx'
import { PostPage } from './views/PostPage.tsx'
import { SignInPage } from './views/SignInPage.tsx'

/** The pages, and who may open them. */
export function createAppRouter(auth: DemoAuth) {
  const routes = authRoutes(auth, { signIn: paths.signIn, forbidden: paths.forbidden })
  const router = createBrowserRouter([
    {
      Component: Layout,
      children: [
        { path: paths.signIn, middleware: [routes.signInPage], HydrateFallback: Passing, Component: SignInPage },
        {
          middleware: [routes.requireUser()],
          HydrateFallback: Passing,
          children: [
            { path: paths.home, Component: Home },
            { path: paths.post(':id'), Component: PostPage },
            { path: paths.edit(':id'), Component: EditPage },
            { path: paths.forbidden, Component: AdminsOnly },
            { path: paths.admin, middleware: [routes.requireUser('isAdmin')], Component: Admin },
          ],
        },
        { path: '*', Component: NotFound },
      ],
    },
  ])
  return { router, stop: routes.follow(router) }
}
