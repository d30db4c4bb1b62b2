import { AuthError } from '@authchart/core'
import { AuthProvider } from '@authchart/react'
import { authRoutes } from '@authchart/react/tanstack-router'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  useLoaderData,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { Greeting } from './greeting.tsx'
import { ann, createServer, createTestAuth, signIn, type TestAuth } from '../server.ts'
import { shown } from '../shown.ts'
import { createTally, describeRoutes, type Mistake, type Plan, type Stage } from './promises.ts'

const Failed = ({ error }: ErrorComponentProps) => `error: ${error instanceof AuthError ? error.code : String(error)}`

function Posts() {
  return useLoaderData({ strict: false })
}

async function open(
  auth: TestAuth,
  { at, basename, signIn = '/sign-in', forbidden, mistakes = [] }: Plan,
): Promise<Stage> {
  let loads = 0
  const looks = createTally()
  const routes = authRoutes(auth, { signIn, ...(forbidden && { forbidden }) })
  type Guard = ReturnType<typeof routes.requireUser>
  const counted =
    (guard: Guard): Guard =>
    (place) => {
      looks.count()
      return guard(place)
    }
  const forAdmins = counted(routes.requireUser('isAdmin'))
  const isMistaken = (mistake: Mistake): boolean => mistakes.includes(mistake)

  const root = createRootRoute()
  const under = { getParentRoute: () => root }
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
      path: '/sign-in',
      async beforeLoad(place) {
        if (isMistaken('sign-in is protected')) await counted(routes.requireUser())(place)
        if (isMistaken('sign-in is for admins')) await forAdmins(place)
        await routes.signInPage(place)
      },
      component: () => 'sign-in',
    }),
    createRoute({
      ...under,
      path: '/forbidden',
      ...(isMistaken('forbidden is for admins') && { beforeLoad: forAdmins }),
      component: () => 'forbidden',
    }),
  ])
  const history = createMemoryHistory({ initialEntries: [at] })
  const router = createRouter({
    routeTree: tree,
    history,
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
    path: () => history.location.href,
    text: () => shown(screen),
    go: (path) => history.push((basename ?? '') + path),
    back: () => history.back(),
    loads: () => loads,
    looks: looks.total,
    unfollow,
    async close() {
      await screen.unmount()
      unfollow()
    },
  }
}

describeRoutes('TanStack Router', open)

test('nobody is shown what was loaded for somebody before him, not even while his own is loading', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const routes = authRoutes(auth, { signIn: '/sign-in' })
  const answers: ((data: string) => void)[] = []
  const root = createRootRoute()
  const under = { getParentRoute: () => root }
  const router = createRouter({
    history: createMemoryHistory({ initialEntries: ['/mine'] }),
    routeTree: root.addChildren([
      createRoute({
        ...under,
        path: '/mine',
        beforeLoad: routes.requireUser(),
        loader: () => new Promise<string>((resolve) => answers.push(resolve)),
        component: Posts,
      }),
      createRoute({ ...under, path: '/', component: () => 'home' }),
      createRoute({ ...under, path: '/sign-in', beforeLoad: routes.signInPage, component: () => 'sign-in' }),
    ]),
  })
  const unfollow = routes.follow(router)
  const screen = await render(<RouterProvider router={router} />)
  await expect.poll(() => answers.length).toBe(1)
  answers[0]?.('data of Ann')
  await expect.poll(() => shown(screen)).toBe('data of Ann')
  void auth.signOut()
  await expect.poll(() => shown(screen)).toBe('sign-in')

  const seen = new Set<string | null>()
  new MutationObserver(() => seen.add(screen.container.textContent)).observe(screen.container, {
    childList: true,
    characterData: true,
    subtree: true,
  })
  await signIn(auth, server, { ...ann, id: '2', name: 'Bob' })
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.('data of Bob')
  await expect.poll(() => shown(screen)).toBe('data of Bob')
  await expect.poll(() => [...seen].at(-1)).toBe('data of Bob')
  expect([...seen]).not.toContain('data of Ann')
  unfollow()
})
