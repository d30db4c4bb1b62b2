import { paths } from '@authchart/example-shared'
import { authRoutes } from '@authchart/react/react-router'
import { createBrowserRouter } from 'react-router'
import { demo } from './demo.ts'
import { Layout } from './Layout.tsx'
import { Admin, AdminsOnly } from './views/Admin.tsx'
import { EditPage } from './views/EditPage.tsx'
import { Home } from './views/Home.tsx'
import { NotFound } from './views/NotFound.tsx'
import { Passing } from './views/Passing.tsx'
import { PostPage } from './views/PostPage.tsx'
import { SignInPage } from './views/SignInPage.tsx'

const routes = authRoutes(demo.auth, { signIn: paths.signIn, forbidden: paths.forbidden })

export const router = createBrowserRouter([
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

routes.follow(router)
