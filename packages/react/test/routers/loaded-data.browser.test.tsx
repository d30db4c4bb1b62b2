import { AuthProvider } from '@authchart/react'
import { authRoutes as reactRouterRoutes } from '@authchart/react/react-router'
import { authRoutes as tanStackRoutes } from '@authchart/react/tanstack-router'
import * as TanStack from '@tanstack/react-router'
import { useId } from 'react'
import {
  createMemoryRouter,
  Outlet,
  RouterProvider,
  useFetcher,
  useLoaderData,
  type LoaderFunction,
  type RouteObject,
} from 'react-router'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, bob, createServer, createTestAuth, expire, renew, signIn, type Server, type TestAuth } from '../server.ts'
import { shown } from '../shown.ts'

/** A page and everything that it ever showed. */
interface Stage {
  readonly auth: TestAuth
  readonly server: Server
  readonly text: () => string | null
  /** What was on the screen since the last time this was asked. */
  readonly seen: () => readonly (string | null)[]
  readonly go: (path: string) => void
}

interface ReactRouterStage extends Stage {
  readonly isIdle: () => boolean
}

/** Data that comes when the test says so: one answer for each time it was asked for. */
function createData() {
  const answers: ((data: string) => void)[] = []
  return {
    load: () => new Promise<string>((resolve) => answers.push(resolve)),
    loads: () => answers.length,
    async answer(at: number, data: string): Promise<void> {
      await expect.poll(() => answers.length, { timeout: 60_000 }).toBeGreaterThan(at)
      answers[at]?.(data)
    },
  }
}

const waitFor = { timeout: 60_000 }
let close = async (): Promise<void> => {}
beforeEach(() => {
  for (const method of ['error', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {})
})
afterEach(async () => {
  await close()
  close = async () => {}
  vi.restoreAllMocks()
})

function watch({ container }: { readonly container: HTMLElement }): () => readonly (string | null)[] {
  let seen: (string | null)[] = []
  new MutationObserver(() => seen.push(container.textContent)).observe(container, {
    childList: true,
    characterData: true,
    subtree: true,
  })
  return () => seen.splice(0)
}

type Routes = ReturnType<
  typeof reactRouterRoutes<{ id: string; name: string; role: string }, never, { isAdmin: () => boolean }>
>

async function openReactRouter(
  pages: (routes: Routes) => RouteObject[],
  root: RouteObject = {},
): Promise<ReactRouterStage> {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const routes = reactRouterRoutes(auth, { signIn: '/sign-in', forbidden: '/forbidden' })
  const router = createMemoryRouter(
    [
      {
        errorElement: 'error',
        HydrateFallback: () => 'loading',
        ...root,
        children: [
          { path: '/sign-in', element: 'sign-in', middleware: [routes.signInPage] },
          { path: '/forbidden', element: 'forbidden' },
          ...pages(routes as unknown as Routes),
        ],
      } as RouteObject,
    ],
    { initialEntries: ['/mine'] },
  )
  const unfollow = routes.follow(router)
  const screen = await render(
    <AuthProvider auth={auth}>
      <RouterProvider router={router} />
    </AuthProvider>,
  )
  close = async () => {
    await screen.unmount()
    unfollow()
    router.dispose()
  }
  return {
    auth,
    server,
    text: () => shown(screen),
    seen: watch(screen),
    go: (path) => void router.navigate(path),
    isIdle: () => router.state.revalidation === 'idle',
  }
}

function Data() {
  const data: unknown = useLoaderData()
  if (data === undefined) throw new Error('rendered without its data')
  return `data of ${String(data)}`
}

const stays = { shouldRevalidate: () => false }

describe.each(['middleware', 'loader'])('React Router, by %s, whose routes keep their data', (way) => {
  const page = (routes: Routes, load: LoaderFunction, guard?: 'isAdmin'): RouteObject => {
    const own = guard ? routes.requireUser(guard) : routes.requireUser()
    if (way === 'middleware') return { path: '/mine', Component: Data, ...stays, middleware: [own], loader: load }
    const loader: LoaderFunction = async (args) => {
      await own(args)
      return load(args) as unknown
    }
    return { path: '/mine', Component: Data, ...stays, loader }
  }

  test('a page with shouldRevalidate: () => false closes when its user signs out [K11a]', async () => {
    const stage = await openReactRouter((routes) => [page(routes, () => 'Ann')])
    await expect.poll(stage.text, waitFor).toBe('data of Ann')
    void stage.auth.signOut()
    await expect.poll(stage.text, waitFor).toBe('sign-in')
  })

  test('a page with shouldRevalidate: () => false closes when the session expires [K11a]', async () => {
    const stage = await openReactRouter((routes) => [page(routes, () => 'Ann')])
    await expect.poll(stage.text, waitFor).toBe('data of Ann')
    await expire(stage.auth, stage.server)
    await expect.poll(stage.text, waitFor).toBe('sign-in')
  })

  test('a page of a module that is loaded later closes when its user signs out [K11a]', async () => {
    const stage = await openReactRouter((routes) => {
      const { path = '', middleware, ...module } = page(routes, () => 'Ann')
      return [{ path, lazy: async () => module, ...(middleware && { middleware }) } as RouteObject]
    })
    await expect.poll(stage.text, waitFor).toBe('data of Ann')
    void stage.auth.signOut()
    await expect.poll(stage.text, waitFor).toBe('sign-in')
  })

  test('another user is not shown the data of the one before, not even while their own is loading [K11b]', async () => {
    const data = createData()
    const stage = await openReactRouter((routes) => [page(routes, data.load)])
    await data.answer(0, 'Ann')
    await expect.poll(stage.text, waitFor).toBe('data of Ann')

    await signIn(stage.auth, stage.server, bob)
    await expect.poll(data.loads, waitFor).toBe(2)
    await expect.poll(stage.text, waitFor).toBe('loading')
    stage.seen()
    await data.answer(1, 'Bob')
    await expect.poll(stage.text, waitFor).toBe('data of Bob')
    expect(stage.seen()).not.toContain('data of Ann')
  })

  test('another user is not shown the data of the one before after a sign-out in between either [K11b]', async () => {
    const data = createData()
    const stage = await openReactRouter((routes) => [page(routes, data.load)])
    await data.answer(0, 'Ann')
    await expect.poll(stage.text, waitFor).toBe('data of Ann')
    void stage.auth.signOut()
    await expect.poll(stage.text, waitFor).toBe('sign-in')
    stage.seen()

    stage.go('/mine')
    await signIn(stage.auth, stage.server, bob)
    await data.answer(1, 'Bob')
    await expect.poll(stage.text, waitFor).toBe('data of Bob')
    expect(stage.seen()).not.toContain('data of Ann')
  })

  test('a role that goes away closes the page [K11c]', async () => {
    const stage = await openReactRouter((routes) => [page(routes, () => 'admin', 'isAdmin')])
    await expect.poll(stage.text, waitFor).toBe('data of admin')
    await renew(stage.auth, stage.server, { ...ann, role: 'reader' })
    await expect.poll(stage.text, waitFor).toBe('forbidden')
  })
})

describe('React Router, of what keeps its data around a page', () => {
  const Layout = () => (
    <>
      {`for ${String(useLoaderData())}: `}
      <Outlet />
    </>
  )

  test('a layout with shouldRevalidate: () => false is loaded anew at a sign-out and for the next user [K11b]', async () => {
    const names = ['Ann', 'nobody', 'Bob', 'Bob']
    const root: RouteObject = { id: 'root', Component: Layout, ...stays, loader: () => names.shift() }
    const stage = await openReactRouter(
      (routes) => [{ path: '/mine', element: 'mine', middleware: [routes.requireUser()] }],
      root,
    )
    await expect.poll(stage.text, waitFor).toBe('for Ann: mine')
    void stage.auth.signOut()
    await expect.poll(stage.text, waitFor).toBe('for nobody: sign-in')
    stage.go('/mine')
    await signIn(stage.auth, stage.server, bob)
    await expect.poll(stage.text, waitFor).toMatch(/^for Bob: /)
  })

  test('a fetcher with shouldRevalidate: () => false is loaded anew for another user [K11b]', async () => {
    const names = ['Ann', 'Bob']
    function Fetched() {
      const { data, load, state } = useFetcher()
      if (data === undefined && state === 'idle') queueMicrotask(() => void load('/names'))
      return `fetched for ${String(data)}`
    }
    const stage = await openReactRouter((routes) => [
      { path: '/mine', Component: Fetched, middleware: [routes.requireUser()] },
      { path: '/names', ...stays, loader: () => names.shift() },
    ])
    await expect.poll(stage.text, waitFor).toBe('fetched for Ann')
    await signIn(stage.auth, stage.server, bob)
    await expect.poll(stage.text, waitFor).toBe('fetched for Bob')
  })

  test('the same user keeps the page and what is typed into it, and a route its own word [K11c]', async () => {
    let asked = 0
    let loads = 0
    const Page = () => `page ${useId()}`
    const stage = await openReactRouter((routes) => [
      {
        path: '/mine',
        Component: Page,
        middleware: [routes.requireUser('isAdmin')],
        loader: () => (loads += 1),
        shouldRevalidate() {
          asked += 1
          return false
        },
      },
    ])
    await expect.poll(stage.text, waitFor).toMatch(/^page /)
    const first = stage.text()
    await renew(stage.auth, stage.server, { ...ann, name: 'Anna' })
    await expect.poll(stage.isIdle, waitFor).toBe(true)
    expect(loads).toBe(2)
    expect([stage.text(), asked]).toEqual([first, 0])

    stage.go('/mine?tab=2')
    await expect.poll(() => asked, waitFor).toBe(1)
    expect(loads).toBe(2)
    expect(stage.seen().every((text) => text === first)).toBe(true)
  })
})

describe('TanStack Router, whose routes keep their data', () => {
  async function open(more: object, load: () => unknown): Promise<Stage> {
    const server = createServer()
    const auth = createTestAuth(server)
    await signIn(auth, server)
    const routes = tanStackRoutes(auth, { signIn: '/sign-in', forbidden: '/forbidden' })
    const root = TanStack.createRootRoute()
    const under = { getParentRoute: () => root }
    const history = TanStack.createMemoryHistory({ initialEntries: ['/mine'] })
    const router = TanStack.createRouter({
      history,
      routeTree: root.addChildren([
        TanStack.createRoute({
          ...under,
          path: '/mine',
          ...more,
          beforeLoad: routes.requireUser('isAdmin'),
          loader: load,
          component: () => `data of ${String(TanStack.useLoaderData({ strict: false }))}`,
        }),
        TanStack.createRoute({ ...under, path: '/sign-in', beforeLoad: routes.signInPage, component: () => 'sign-in' }),
        TanStack.createRoute({ ...under, path: '/forbidden', component: () => 'forbidden' }),
        TanStack.createRoute({ ...under, path: '/', component: () => 'home' }),
      ]),
    })
    const unfollow = routes.follow(router)
    const screen = await render(<TanStack.RouterProvider router={router} />)
    close = async () => {
      await screen.unmount()
      unfollow()
      history.destroy()
    }
    return { auth, server, text: () => shown(screen), seen: watch(screen), go: (path) => history.push(path) }
  }
  const kept = [
    { shouldReload: false },
    { staleTime: Infinity },
    { gcTime: Infinity, staleTime: Infinity, shouldReload: false },
  ]

  test.each(kept)(
    '%j: another user is not shown the data of the one before, and the page closes [K11e]',
    async (more) => {
      const names = ['Ann', 'Bob']
      const stage = await open(more, () => names.shift())
      await expect.poll(stage.text, waitFor).toBe('data of Ann')
      await signIn(stage.auth, stage.server, bob)
      await expect.poll(stage.text, waitFor).toBe('data of Bob')
      void stage.auth.signOut()
      await expect.poll(stage.text, waitFor).toBe('sign-in')
    },
  )

  test.each(kept)('%j: a role that goes away closes the page [K11c]', async (more) => {
    const stage = await open(more, () => 'admin')
    await expect.poll(stage.text, waitFor).toBe('data of admin')
    await renew(stage.auth, stage.server, { ...ann, role: 'reader' })
    await expect.poll(stage.text, waitFor).toBe('forbidden')
  })

  test('with a pendingComponent another user sees that while their own data loads [K11b]', async () => {
    const data = createData()
    const stage = await open({ staleTime: Infinity, shouldReload: false, pendingComponent: () => 'loading' }, data.load)
    await data.answer(0, 'Ann')
    await expect.poll(stage.text, waitFor).toBe('data of Ann')
    await signIn(stage.auth, stage.server, bob)
    await expect.poll(stage.text, waitFor).toBe('loading')
    stage.seen()
    await data.answer(1, 'Bob')
    await expect.poll(stage.text, waitFor).toBe('data of Bob')
    expect(stage.seen()).not.toContain('data of Ann')
  })

  test('no user is shown what was loaded before a sign-out, not even while their own data is loading', async () => {
    const data = createData()
    const stage = await open({}, data.load)
    await data.answer(0, 'Ann')
    await expect.poll(stage.text, waitFor).toBe('data of Ann')
    void stage.auth.signOut()
    await expect.poll(stage.text, waitFor).toBe('sign-in')
    stage.seen()

    await signIn(stage.auth, stage.server, bob)
    await expect.poll(stage.text, waitFor).toBe('home')
    stage.go('/mine')
    await data.answer(1, 'Bob')
    await expect.poll(stage.text, waitFor).toBe('data of Bob')
    expect(stage.seen()).not.toContain('data of Ann')
  })
})
