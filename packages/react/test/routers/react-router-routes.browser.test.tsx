import { AuthProvider } from '@authchart/react'
import { authRoutes } from '@authchart/react/react-router'
import { createMemoryRouter, createPath, RouterProvider, useFetcher, type RouteObject } from 'react-router'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { createServer, createTestAuth, signIn, type TestAuth } from '../server.ts'
import { shown } from '../shown.ts'

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

type Routes = ReturnType<typeof createTestRoutes>
const createTestRoutes = (auth: TestAuth) => authRoutes(auth, { signIn: '/sign-in', forbidden: '/forbidden' })

async function open(auth: TestAuth, at: string, pages: (routes: Routes) => RouteObject[]) {
  const routes = createTestRoutes(auth)
  const router = createMemoryRouter(pages(routes), { initialEntries: [at] })
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
  return { text: () => shown(screen), path: () => createPath(router.state.location), router }
}

const page = (children: RouteObject[]): RouteObject => ({
  HydrateFallback: () => 'loading',
  errorElement: 'error',
  children,
})

test('a sign-in page that its own route guards as well is open: its route has signInPage [A2a]', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  const { text, path } = await open(auth, '/mine', (routes) => [
    page([
      { path: '/mine', element: 'mine', middleware: [routes.requireUser()] },
      { path: '/sign-in', element: 'sign-in', middleware: [routes.requireUser('isAdmin'), routes.signInPage] },
    ]),
  ])
  await expect.poll(text, waitFor).toBe('sign-in')
  await signIn(auth, server)
  await expect.poll(() => `${path()} ${text()}`, waitFor).toBe('/mine mine')
})

test('a page below the sign-in page, guarded by its own route, is closed [A2a]', async () => {
  const { text, path } = await open(createTestAuth(createServer()), '/sign-in/keys', (routes) => [
    page([
      {
        path: '/sign-in',
        children: [
          { index: true, element: 'sign-in', middleware: [routes.signInPage] },
          { path: 'keys', element: 'keys', middleware: [routes.requireUser()] },
        ],
      },
    ]),
  ])
  await expect.poll(() => `${path()} ${text()}`, waitFor).toBe('/sign-in?returnTo=%2Fsign-in%2Fkeys sign-in')
})

test('what a fetcher asks for from the sign-in page is as closed as anywhere [A2a]', async () => {
  const users: unknown[] = []
  let asked = 0
  function SignIn() {
    const { load, state, data } = useFetcher()
    return <button onClick={() => void load('/keys')}>{`sign-in ${state} ${String(data)}`}</button>
  }
  const { text, path, router } = await open(createTestAuth(createServer()), '/sign-in', (routes) => [
    page([
      { path: '/sign-in', Component: SignIn, middleware: [routes.signInPage] },
      {
        path: '/keys',
        async loader(args) {
          asked += 1
          users.push(await routes.requireUser()(args))
          return 'keys'
        },
      },
    ]),
  ])
  await expect.poll(text, waitFor).toBe('sign-in idle undefined')
  await router.fetch('keys', router.state.matches.at(-1)?.route.id ?? '', '/keys')
  await expect.poll(path, waitFor).toBe('/sign-in?returnTo=%2Fkeys')
  expect([asked, users]).toEqual([1, []])
})

test('the documented router warns of nothing while it waits for the session [W10]', async () => {
  const { text } = await open(createTestAuth(createServer()), '/', (routes) => [
    {
      HydrateFallback: () => <p>One moment</p>,
      children: [
        { path: '/sign-in', middleware: [routes.signInPage], element: 'sign-in' },
        { path: '/sign-up', middleware: [routes.signUpPage], element: 'sign-up' },
        { path: '/forbidden', element: 'forbidden' },
        {
          path: '/',
          middleware: [routes.requireUser()],
          children: [
            { index: true, element: 'home' },
            { path: 'admin', middleware: [routes.requireUser('isAdmin')], element: 'admin' },
          ],
        },
      ],
    },
  ])
  await expect.poll(text, waitFor).toBe('sign-in')
  expect(vi.mocked(console.warn).mock.calls).toEqual([])
  expect(vi.mocked(console.error).mock.calls).toEqual([])
})
