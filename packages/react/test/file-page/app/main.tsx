import { createAuth } from '@authchart/core'
import { AuthProvider, useAuth, useUser } from '@authchart/react'
import { authRoutes as reactRouterRoutes } from '@authchart/react/react-router'
import { authRoutes as tanStackRoutes } from '@authchart/react/tanstack-router'
import * as TanStack from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { createHashRouter, RouterProvider } from 'react-router'

const auth = createAuth({
  client: { signIn: async () => ({ accessToken: 'access-1', expiresIn: 3600, user: { id: '1', name: 'Ann' } }) },
})

function SignIn() {
  const { signIn } = useAuth()
  return <button onClick={() => void signIn({})}>Sign in</button>
}

const Account = () => <p>account of {(useUser() as { readonly name: string } | null)?.name ?? 'nobody'}</p>

function openReactRouter(): ReactNode {
  const routes = reactRouterRoutes(auth, { signIn: '/sign-in' })
  const router = createHashRouter([
    {
      HydrateFallback: () => null,
      children: [
        { path: '/', element: <p>home</p> },
        { path: '/account', Component: Account, middleware: [routes.requireUser()] },
        { path: '/sign-in', Component: SignIn, middleware: [routes.signInPage] },
      ],
    },
  ])
  routes.follow(router)
  return <RouterProvider router={router} />
}

function openTanStackRouter(): ReactNode {
  const routes = tanStackRoutes(auth, { signIn: '/sign-in' })
  const root = TanStack.createRootRoute()
  const under = { getParentRoute: () => root }
  const router = TanStack.createRouter({
    history: TanStack.createHashHistory(),
    routeTree: root.addChildren([
      TanStack.createRoute({ ...under, path: '/', component: () => <p>home</p> }),
      TanStack.createRoute({ ...under, path: '/account', component: Account, beforeLoad: routes.requireUser() }),
      TanStack.createRoute({ ...under, path: '/sign-in', component: SignIn, beforeLoad: routes.signInPage }),
    ]),
  })
  routes.follow(router)
  return <TanStack.RouterProvider router={router} />
}

const open = document.title.includes('TanStack') ? openTanStackRouter : openReactRouter
createRoot(document.querySelector('#root') as HTMLElement).render(<AuthProvider auth={auth}>{open()}</AuthProvider>)
