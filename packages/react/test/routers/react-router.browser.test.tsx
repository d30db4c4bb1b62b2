import { AuthProvider } from '@authchart/react'
import { authRoutes } from '@authchart/react/react-router'
import {
  createMemoryRouter,
  createPath,
  isRouteErrorResponse,
  RouterProvider,
  useParams,
  useRouteError,
  type RouteObject,
} from 'react-router'
import { render } from 'vitest-browser-react'
import type { TestAuth } from '../server.ts'
import { shown } from '../shown.ts'
import { Greeting } from './greeting.tsx'
import { createTally, describeRoutes, type Mistake, type Plan, type Stage } from './promises.ts'

function Posts() {
  return <Greeting name={`posts of ${useParams().author}`} />
}

function Failed() {
  const error = useRouteError()
  return isRouteErrorResponse(error) && error.status === 403 ? 'error: forbidden' : `error: ${String(error)}`
}

type Way = 'middleware' | 'loader'

const openBy =
  (way: Way) =>
  async (auth: TestAuth, { at, basename, signIn = '/sign-in', forbidden, mistakes = [] }: Plan): Promise<Stage> => {
    let loads = 0
    const looks = createTally()
    const routes = authRoutes(auth, {
      signIn,
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
    const isMistaken = (mistake: Mistake): boolean => mistakes.includes(mistake)
    const forSignIn: Guard[] = [
      ...(isMistaken('sign-in is protected') ? [counted(routes.requireUser())] : []),
      ...(isMistaken('sign-in is for admins') ? [counted(routes.requireUser('isAdmin'))] : []),
    ]
    const signInRoute: Pick<RouteObject, 'middleware' | 'loader'> =
      way === 'middleware'
        ? { middleware: [...forSignIn, routes.signInPage] }
        : {
            async loader(args) {
              for (const guard of forSignIn) await guard(args)
              return routes.signInPage(args)
            },
          }

    const router = createMemoryRouter(
      [
        {
          errorElement: <Failed />,
          HydrateFallback: () => 'loading',
          children: [
            { path: '/', element: 'home' },
            { path: '/public', element: 'public' },
            {
              path: '/posts/:author',
              element: <Posts />,
              ...guarded(routes.requireUser(), () => (loads += 1)),
            },
            { path: '/admin', element: <Greeting name="admin" />, ...guarded(routes.requireUser('isAdmin')) },
            { path: '/edit/:author', element: <Greeting name="edit" />, ...guarded(edit) },
            { path: '/safe', element: <Greeting name="safe" />, ...guarded(routes.requireUser('isFresh')) },
            { path: '/sign-in', element: 'sign-in', ...signInRoute },
            {
              path: '/forbidden',
              element: 'forbidden',
              ...(isMistaken('forbidden is for admins') && guarded(routes.requireUser('isAdmin'))),
            },
          ],
        },
      ],
      { initialEntries: [at], ...(basename && { basename }) },
    )
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

describeRoutes('React Router, by middleware', openBy('middleware'))
describeRoutes('React Router, by loaders', openBy('loader'))
