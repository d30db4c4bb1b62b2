import { fakeBrowser } from '@authchart/core/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  createMemoryHistory,
  createWebHashHistory,
  createWebHistory,
  type Router,
  type RouterHistory,
  type RouteRecordRaw,
} from 'vue-router'
import { latch } from './latch.ts'
import { at, bob, expire, options, page, reader, settled, start, stopAll, atEnd } from './routes.ts'
import { ann, createServer, createTestAuth, renew, signIn, type Server, type TestAuth } from './server.ts'

const url = location.href
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  stopAll()
  history.replaceState(null, '', url)
  vi.restoreAllMocks()
})

const routes: RouteRecordRaw[] = [
  { path: '/', component: page('home') },
  { path: '/sign-in', component: page('sign in') },
  { path: '/sign-up', component: page('sign up') },
  { path: '/forbidden', component: page('forbidden') },
  { path: '/admin', component: page('admin'), meta: { auth: 'isAdmin' } },
  { path: '/posts/:id', name: 'post', component: page('post'), meta: { auth: true } },
]
const secret = '/posts/secret-of-ann?draft=1#end'
const toSecret = '/sign-in?returnTo=/posts/secret-of-ann?draft=1%23end'

/** Steps through the history and waits until the router has followed. */
async function go(router: Router, steps: number): Promise<string> {
  const stepped = new Promise((resolve) => {
    const stop = router.options.history.listen(() => {
      stop()
      resolve(undefined)
    })
  })
  router.go(steps)
  await stepped
  return at(router)
}

const histories: [string, () => RouterHistory][] = [
  ['in memory', () => createMemoryHistory()],
  ['of the browser', () => createWebHistory()],
  ['of the browser, below a base', () => createWebHistory('/base')],
  ['in the hash', () => createWebHashHistory()],
]

test.each<[string, (auth: TestAuth, other: TestAuth) => unknown]>([
  ['here', (auth) => void auth.signOut()],
  ['in another tab', (_, other) => void other.signOut()],
  ['here, and the app takes note of it', (auth) => auth.signOut().then(() => auth.dismiss())],
])('a user who signs out %s leaves no way back for the next user [F2]', async (_, signOut) => {
  const browser = fakeBrowser()
  const { storage, tabs } = browser.openTab()
  const { auth, server, router } = start({ routes, auth: { storage, tabs } })
  const tab = browser.openTab()
  const other = createTestAuth(createServer(), { storage: tab.storage, tabs: tab.tabs })
  atEnd(() => other.destroy())
  other.subscribe(() => {})
  await signIn(auth, server)
  await expect.poll(() => other.getState().status).toBe('authenticated')
  await router.push(secret)

  const signedOut = signOut(auth, other)
  expect(await at(router)).toBe('/sign-in')
  for (const told of [server]) void told.next('signOut').then((request) => request.answer(undefined))
  await signedOut
  await signIn(auth, server, bob)

  expect(await at(router)).toBe('/')
})

test('a session that expired leaves its way back to the same user [F2]', async () => {
  const { auth, server, router } = start({ routes })
  await signIn(auth, server)
  await router.push(secret)
  await expire(auth, server)
  expect(await at(router)).toBe(toSecret)

  await signIn(auth, server, { ...ann, name: 'Ann, renamed' })

  expect(await at(router)).toBe(secret)
})

test.each([
  ['on the sign-in page', toSecret],
  ['on the sign-up page, which was given the way back', toSecret.replace('in', 'up')],
])('a session that expired leaves its way back to no other user who signs in %s [F2, W3]', async (_, path) => {
  const { auth, server, router } = start({ routes, options: { ...options, signUp: '/sign-up' } })
  await signIn(auth, server)
  await router.push(secret)
  await expire(auth, server)
  expect(await at(router)).toBe(toSecret)
  await router.push(path)

  await signIn(auth, server, bob)

  expect(await at(router)).toBe('/')
})

test('a user who cannot be told from the one before gets no way back of that one [F2]', async () => {
  const { auth, server, router } = start({ routes })
  await signIn(auth, server)
  await router.push(secret)
  auth.isSameUser = () => false
  await expire(auth, server)

  await signIn(auth, server)

  expect(await at(router)).toBe('/')
})

test('after a reload nothing is known of the session before, and the way back is kept [F2]', async () => {
  const { auth, server, router } = start({ routes })
  await router.push(toSecret)

  await signIn(auth, server, bob)

  expect(await at(router)).toBe(secret)
})

test.each<[string, (auth: TestAuth, server: Server) => Promise<unknown>]>([
  ['signed out', async (auth) => void auth.signOut()],
  ['lost the session', expire],
])('a link that is followed after the user %s is a new wish, and keeps its way back [F2]', async (_, end) => {
  const { auth, server, router } = start({ routes })
  await signIn(auth, server)
  await router.push(secret)
  await end(auth, server)
  await settled()
  await router.push('/')

  await router.push('/posts/1')
  expect(await at(router)).toBe('/sign-in?returnTo=/posts/1')
  await signIn(auth, server, bob)

  expect(await at(router)).toBe('/posts/1')
})

test.each<[string, (auth: TestAuth, server: Server) => Promise<unknown>, string]>([
  ['signed out', async (auth) => void auth.signOut(), '/sign-in'],
  ['lost the session', expire, '/sign-in?returnTo=/posts/1'],
])('Back to a page of a user who %s does not give that page to the next user [F2, K17]', async (_, end, there) => {
  const { auth, server, router } = start({ routes })
  await signIn(auth, server)
  for (const path of ['/', '/posts/1', '/posts/2']) await router.push(path)
  await end(auth, server)
  await settled()

  expect(await go(router, -1)).toBe(there)
  await signIn(auth, server, bob)

  expect(await at(router)).toBe('/')
})

test.each(histories)(
  'with a history %s, Back leads out of the sign-in page, past pages that closed [K17]',
  async (_, create) => {
    const { auth, server, router } = start({ routes, history: create() })
    await signIn(auth, server)
    for (const path of ['/', '/posts/1', '/posts/2', '/posts/a%20b']) await router.push(path)

    void auth.signOut()
    expect(await at(router)).toBe('/sign-in')
    expect(await go(router, -1)).toBe('/sign-in')
    expect(await go(router, -1)).toBe('/sign-in')
    expect(await go(router, -1)).toBe('/')
    expect(await go(router, 1)).toBe('/sign-in')
    expect(await go(router, -1)).toBe('/')
  },
)

// in memory, the router's history forgets what lies ahead when an entry is replaced
test.each(histories.slice(1))(
  'with a history %s, an expired session gives its pages back, one by one [K17]',
  async (_, create) => {
    const { auth, server, router } = start({ routes, history: create() })
    await signIn(auth, server)
    for (const path of ['/', '/posts/1', '/posts/a%2Fb']) await router.push(path)
    await expire(auth, server)
    expect(await at(router)).toBe('/sign-in?returnTo=/posts/a%252Fb')
    expect(await go(router, -1)).toBe('/sign-in?returnTo=/posts/1')

    await signIn(auth, server)
    expect(await at(router)).toBe('/posts/1')
    expect(await go(router, 1)).toBe('/posts/a%2Fb')
    expect(await go(router, -2)).toBe('/')
  },
)

test.each(histories)('with a history %s, Back leads past pages that are forbidden by now [K17]', async (_, create) => {
  const { auth, server, router } = start({ routes, history: create() })
  await signIn(auth, server)
  for (const path of ['/', '/admin', '/admin?tab=2']) await router.push(path)
  await renew(auth, server, reader)
  expect(await at(router)).toBe('/forbidden')

  expect(await go(router, -1)).toBe('/forbidden')
  expect(await go(router, -1)).toBe('/')
})

test('a link to a closed page can be taken back with one step, and so can the sign-in after it [K17]', async () => {
  const { auth, server, router } = start({ routes })
  await router.push('/')
  await router.push('/posts/1')
  expect(await at(router)).toBe('/sign-in?returnTo=/posts/1')
  expect(await go(router, -1)).toBe('/')
  expect(await go(router, 1)).toBe('/sign-in?returnTo=/posts/1')

  await signIn(auth, server)
  expect(await at(router)).toBe('/posts/1')

  expect(await go(router, -1)).toBe('/')
})

test('an address that was typed into the hash keeps its way back [A5, K17]', async () => {
  const { auth, server, router } = start({ routes, history: createWebHashHistory() })
  await router.push('/')
  location.hash = '#/posts/1'
  await expect.poll(() => router.currentRoute.value.fullPath).toBe('/sign-in?returnTo=/posts/1')

  await signIn(auth, server)

  expect(await at(router)).toBe('/posts/1')
})

test('a step back that waits until it is known who is signed in leads out as well [K17]', async () => {
  const found = latch()
  const history = createMemoryHistory()
  for (const visited of ['/', '/posts/1', '/forbidden']) history.push(visited)
  const { router } = start({
    routes,
    history,
    auth: { storage: { scope: 'memory', read: () => found.opened.then(() => null), compareAndSet: async () => true } },
  })
  await router.push('/forbidden')
  router.back()
  await settled()
  found.open()
  expect(await at(router)).toBe('/sign-in?returnTo=/posts/1')

  expect(await go(router, -1)).toBe('/')
})
