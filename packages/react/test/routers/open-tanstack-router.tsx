import { AuthError } from '@authchart/core'
import { AuthProvider } from '@authchart/react'
import { authRoutes } from '@authchart/react/tanstack-router'
import {
  createBrowserHistory,
  createHashHistory,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  useLoaderData,
  type AnyRoute,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { render } from 'vitest-browser-react'
import { shown } from '../shown.ts'
import { Greeting } from './greeting.tsx'
import { createTally, type Mistake, type Open } from './promises.ts'

const Failed = ({ error }: ErrorComponentProps) => `error: ${error instanceof AuthError ? error.code : String(error)}`

function Posts() {
  return useLoaderData({ strict: false })
}

export const openTanStackRouter: Open = async (
  auth,
  { at, history: kind = 'memory', basename, base, signIn = '/sign-in', forbidden, mistakes = [], guard: asked },
) => {
  let loads = 0
  const looks = createTally()
  const routes = authRoutes(auth, { signIn, ...(base && { base }), ...(forbidden && { forbidden }) })
  type Guard = ReturnType<typeof routes.requireUser>
  const counted =
    (guard: Guard): Guard =>
    (place) => {
      looks.count()
      return guard(place)
    }
  const forAdmins = counted(asked ? routes.requireUser(asked.is as 'isAdmin') : routes.requireUser('isAdmin'))
  const isMistaken = (mistake: Mistake): boolean => mistakes.includes(mistake)

  const root = createRootRoute()
  const under = { getParentRoute: () => root }
  const around = createRoute({
    ...under,
    id: 'around',
    ...(isMistaken('sign-in is below a protected page') && { beforeLoad: counted(routes.requireUser()) }),
    ...(isMistaken('sign-in is below a page for admins') && { beforeLoad: forAdmins }),
  })
  const forSignIn: AnyRoute = createRoute({
    getParentRoute: () => around,
    path: '/sign-in',
    ...(isMistaken('sign-in is protected and not given signInPage')
      ? { beforeLoad: counted(routes.requireUser()) }
      : { beforeLoad: routes.signInPage }),
    component: () => 'sign-in',
  })
  const tree = root.addChildren([
    createRoute({ ...under, path: '/', component: () => 'home' }),
    createRoute({ ...under, path: '/public', component: () => 'public' }),
    createRoute({
      ...under,
      path: '/posts/$author',
      beforeLoad: counted(routes.requireUser()),
      loader: ({ context: { user }, params }) => {
        loads += 1
        return `posts of ${params.author} for ${user.name}`
      },
      component: Posts,
    }),
    createRoute({ ...under, path: '/admin', beforeLoad: forAdmins, component: () => <Greeting name="admin" /> }),
    createRoute({
      ...under,
      path: '/edit/$author',
      beforeLoad: (place) => routes.requireUser('canEdit', { authorId: place.params.author })(place),
      component: () => <Greeting name="edit" />,
    }),
    createRoute({
      ...under,
      path: '/safe',
      beforeLoad: routes.requireUser('isFresh'),
      component: () => <Greeting name="safe" />,
    }),
    createRoute({
      ...under,
      path: '/de/account',
      beforeLoad: routes.requireUser(),
      component: () => <Greeting name="Konto" />,
    }),
    createRoute({ ...under, path: '/de/sign-in', beforeLoad: routes.signInPage, component: () => 'Anmelden' }),
    createRoute({ ...under, path: '/sign-up', beforeLoad: routes.signUpPage, component: () => 'sign-up' }),
    around.addChildren([forSignIn]),
    createRoute({
      ...under,
      path: '/forbidden',
      ...(isMistaken('forbidden is for admins') && { beforeLoad: forAdmins }),
      component: () => 'forbidden',
    }),
  ])
  if (kind === 'browser') history.replaceState(null, '', at)
  if (kind === 'hash') location.hash = at
  const ownHistory = {
    memory: () => createMemoryHistory({ initialEntries: [at] }),
    browser: () => createBrowserHistory(),
    hash: () => createHashHistory(),
  }[kind]()
  const router = createRouter({
    routeTree: tree,
    history: ownHistory,
    defaultErrorComponent: Failed,
    ...(basename && { basepath: basename }),
  })
  const unfollow = routes.follow(router)
  const screen = await render(
    <AuthProvider auth={auth}>
      <RouterProvider router={router} />
    </AuthProvider>,
  )
  return {
    path: () => ownHistory.location.href,
    text: () => shown(screen),
    go: (path) => ownHistory.push((basename ?? '') + path),
    back: () => ownHistory.back(),
    loads: () => loads,
    looks: looks.total,
    unfollow,
    async close() {
      await screen.unmount()
      unfollow()
      ownHistory.destroy()
    },
  }
}
