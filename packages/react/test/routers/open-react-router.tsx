import { AuthProvider } from '@authchart/react'
import { authRoutes } from '@authchart/react/react-router'
import {
  createBrowserRouter,
  createHashRouter,
  createMemoryRouter,
  createPath,
  isRouteErrorResponse,
  RouterProvider,
  useParams,
  useRouteError,
  type RouteObject,
} from 'react-router'
import { render } from 'vitest-browser-react'
import { shown } from '../shown.ts'
import { Greeting } from './greeting.tsx'
import { createTally, type Mistake, type Open } from './promises.ts'

function Posts() {
  return <Greeting name={`posts of ${useParams().author}`} />
}

function Failed() {
  const error = useRouteError()
  return isRouteErrorResponse(error) && error.status === 403 ? 'error: forbidden' : `error: ${String(error)}`
}

export const openReactRouter =
  (way: 'middleware' | 'loader'): Open =>
  async (
    auth,
    { at, history: kind = 'memory', basename, base, signIn = '/sign-in', forbidden, mistakes = [], guard: asked },
  ) => {
    let loads = 0
    const looks = createTally()
    const routes = authRoutes(auth, {
      signIn,
      ...(base && { base }),
      ...(forbidden && { forbidden }),
      ...(basename && { basename }),
    })
    type Guard = ReturnType<typeof routes.requireUser>
    const counted = (guard: Guard): Guard =>
      ((...args: Parameters<Guard>) => {
        looks.count()
        return guard(...args)
      }) as Guard
    const guarded = (guard: Guard, load = (): void => {}): Pick<RouteObject, 'middleware' | 'loader'> => {
      const own = counted(guard)
      if (way === 'middleware') return { middleware: [own], loader: () => (load(), null) }
      const loader: RouteObject['loader'] = async (args) => {
        const user = await own(args)
        load()
        return user
      }
      return { loader }
    }
    const edit: Guard = ((args: Parameters<NonNullable<RouteObject['middleware']>[number]>[0], next: never) =>
      routes.requireUser('canEdit', { authorId: args.params.author ?? '' })(args, next)) as Guard
    const forAdmins = asked ? routes.requireUser(asked.is as 'isAdmin') : routes.requireUser('isAdmin')
    const isMistaken = (mistake: Mistake): boolean => mistakes.includes(mistake)
    const openTo = (page: typeof routes.signInPage): Pick<RouteObject, 'middleware' | 'loader'> =>
      way === 'middleware' ? { middleware: [page] } : { loader: page }
    const forSignIn: RouteObject = isMistaken('sign-in is protected and not given signInPage')
      ? { path: '/sign-in', element: 'sign-in', ...guarded(routes.requireUser()) }
      : { path: '/sign-in', element: 'sign-in', ...openTo(routes.signInPage) }

    const pages: RouteObject[] = [
      {
        errorElement: <Failed />,
        HydrateFallback: () => 'loading',
        children: [
          { path: '/', element: 'home' },
          { path: '/public', element: 'public' },
          { path: '/posts/:author', element: <Posts />, ...guarded(routes.requireUser(), () => (loads += 1)) },
          { path: '/admin', element: <Greeting name="admin" />, ...guarded(forAdmins) },
          { path: '/edit/:author', element: <Greeting name="edit" />, ...guarded(edit) },
          { path: '/safe', element: <Greeting name="safe" />, ...guarded(routes.requireUser('isFresh')) },
          { path: '/de/account', element: <Greeting name="Konto" />, ...guarded(routes.requireUser()) },
          { path: '/de/sign-in', element: 'Anmelden', ...openTo(routes.signInPage) },
          { path: '/sign-up', element: 'sign-up', ...openTo(routes.signUpPage) },
          {
            ...(isMistaken('sign-in is below a protected page') && guarded(routes.requireUser())),
            ...(isMistaken('sign-in is below a page for admins') && guarded(routes.requireUser('isAdmin'))),
            children: [forSignIn],
          },
          {
            path: '/forbidden',
            element: 'forbidden',
            ...(isMistaken('forbidden is for admins') && guarded(routes.requireUser('isAdmin'))),
          },
        ],
      },
    ]
    if (kind === 'browser') history.replaceState(null, '', at)
    if (kind === 'hash') location.hash = at
    const options = basename ? { basename } : {}
    const router = {
      memory: () => createMemoryRouter(pages, { initialEntries: [at], ...options }),
      browser: () => createBrowserRouter(pages, options),
      hash: () => createHashRouter(pages, options),
    }[kind]()
    const unfollow = routes.follow(router)
    const screen = await render(
      <AuthProvider auth={auth}>
        <RouterProvider router={router} />
      </AuthProvider>,
    )
    return {
      path: () => createPath(router.state.location),
      text: () => shown(screen),
      go: (path) => void router.navigate(path),
      back: () => void router.navigate(-1),
      loads: () => loads,
      looks: looks.total,
      unfollow,
      async close() {
        await screen.unmount()
        unfollow()
        router.dispose()
      },
    }
  }
