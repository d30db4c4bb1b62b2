import { AuthError, hasRecentSignIn } from '@authchart/core'
import { fakeClock, fakeNetwork } from '@authchart/core/testing'
import { Protected, createAuthPlugin } from '@authchart/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createApp, h, nextTick } from 'vue'
import {
  createMemoryHistory,
  createWebHashHistory,
  createWebHistory,
  isNavigationFailure,
  NavigationFailureType,
  RouterView,
  type RouteLocationNormalized,
  type RouterHistory,
} from 'vue-router'
import { latch } from './latch.ts'
import {
  at,
  atEnd,
  expire,
  options,
  page,
  reader,
  routes,
  settled,
  start,
  stopAll,
  without,
  type Setting,
} from './routes.ts'
import { ann, renew, signIn } from './server.ts'

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

test('a page that asks for nothing is open at once, and one that asks waits until it is known who is signed in', async () => {
  const found = latch()
  const { router } = start({
    auth: { storage: { scope: 'memory', read: () => found.opened.then(() => null), compareAndSet: async () => true } },
  })
  await router.push('/')
  expect(await at(router)).toBe('/')

  const entered = router.push('/account')
  expect(await at(router)).toBe('/')
  found.open()
  await entered

  expect(await at(router)).toBe('/sign-in?returnTo=/account')
})

test.each([
  ['/account', '/account'],
  ['/account?tab=2&q=a%20b#notes', '/account?tab=2&q=a+b#notes'],
  ['/account/', '/account/'],
  ['/Account', '/Account'],
])('from %s to the sign-in page, and back there after the sign-in', async (path, back) => {
  const { auth, server, router } = start()
  await router.push(path)
  expect(router.currentRoute.value.path).toBe('/sign-in')

  await signIn(auth, server)

  expect(await at(router)).toBe(back)
})

test('a deep link survives the end of the session and the next sign-in', async () => {
  const { auth, server, router } = start()
  await signIn(auth, server)
  await router.push('/posts/1?draft=7#end')
  await expire(auth, server)
  expect(await at(router)).toBe('/sign-in?returnTo=/posts/1?draft=7%23end')

  await signIn(auth, server)

  await expect.poll(() => router.currentRoute.value.fullPath).toBe('/posts/1?draft=7#end')
})

test.each([
  ['/sign-in?returnTo=/account%3Fa=1%23b', '/account?a=1#b'],
  ['/sign-in', '/'],
  ['/Sign-In/?returnTo=/account', '/account'],
  ['/sign-in?returnTo=//evil.example/account', '/'],
  ['/sign-in?returnTo=/%5Cevil.example', '/'],
  ['/sign-in?returnTo=javascript:alert(1)', '/'],
  ['/sign-in?returnTo=/sign-in%3FreturnTo%3D/sign-in', '/'],
])('a signed-in user goes from %s back to %s', async (path, back) => {
  const { auth, server, router } = start()
  await signIn(auth, server)

  await router.push(path)

  expect(await at(router)).toBe(back)
})

test('a signed-in user who may not enter is told so, and never sent to sign in', async () => {
  const { auth, server, router } = start()
  const seen: string[] = []
  router.afterEach(({ path }) => void seen.push(path))
  await signIn(auth, server, reader)

  await router.push('/admin')
  await router.push('/posts/2')
  await router.push('/posts/1')
  await router.push('/sign-in?returnTo=/admin')

  expect(await at(router)).toBe('/forbidden')
  expect(seen).toEqual(['/forbidden', '/forbidden', '/posts/1', '/forbidden'])
})

test('without a page for it, a forbidden navigation fails with an error that the app can show', async () => {
  const { auth, server, router } = start({ options: { signIn: '/sign-in' } })
  const heard: unknown[] = []
  router.onError((error: AuthError, to) => heard.push([error.code, to.path]))
  await router.push('/')
  await signIn(auth, server, reader)

  await expect(router.push('/admin')).rejects.toMatchObject({
    code: 'forbidden',
    message: 'This account may not do that.',
  })

  expect(await at(router)).toBe('/')
  expect(heard).toEqual([['forbidden', '/admin']])
})

test('an open page is left when the session ends or the role goes away', async () => {
  const { auth, server, router } = start()
  await signIn(auth, server)
  await router.push('/admin')
  await renew(auth, server, ann)
  expect(await at(router)).toBe('/admin')

  await renew(auth, server, reader)
  expect(await at(router)).toBe('/forbidden')

  await router.push('/account')
  void auth.signOut()
  expect(await at(router)).toBe('/sign-in')
})

test('an open page that is forbidden from now on is left for the fallback where there is no page for it', async () => {
  const { auth, server, router } = start({ options: { signIn: '/sign-in', fallback: '/account' } })
  await signIn(auth, server)
  await router.push('/admin')

  await renew(auth, server, reader)

  expect(await at(router)).toBe('/account')
})

test('after a sign-in whose way back is forbidden, and no page says so, the fallback is shown', async () => {
  const { auth, server, router } = start({ options: { signIn: '/sign-in', fallback: '/account' } })
  await router.push('/admin')
  expect(await at(router)).toBe('/sign-in?returnTo=/admin')

  await signIn(auth, server, reader)

  expect(await at(router)).toBe('/account')
})

test('the page takes the place of the one that was left: no step back leads into it', async () => {
  const history = createMemoryHistory()
  const { auth, server, router } = start({ history })
  await signIn(auth, server)
  await router.push('/')
  await router.push('/account')
  void auth.signOut()
  expect(await at(router)).toBe('/sign-in')

  router.back()

  expect(await at(router)).toBe('/')
})

test('a page asks for what the routes around it ask as well', async () => {
  const { auth, server, router } = start({
    routes: [
      ...routes.filter(({ path }) => path !== '/admin'),
      {
        path: '/admin',
        component: RouterView,
        meta: { auth: 'isAdmin' },
        children: [{ path: 'help', component: page('help'), meta: { auth: true } }],
      },
    ],
  })
  await signIn(auth, server, reader)

  await router.push('/admin/help')

  expect(await at(router)).toBe('/forbidden')
})

test('a guard that does not exist, and parameters that cannot be read, keep a page closed', async () => {
  const broken = () => {
    throw new TypeError('no post')
  }
  const { auth, server, router } = start({
    routes: [
      ...routes,
      { path: '/typo', component: page('typo'), meta: { auth: 'isAdmn' } },
      { path: '/broken', component: page('broken'), meta: { auth: { guard: 'canEdit', params: broken } } },
    ],
  })
  await router.push('/')
  await signIn(auth, server)

  await router.push('/typo')
  expect(await at(router)).toBe('/forbidden')
  await expect(router.push('/broken')).rejects.toThrow('no post')
  expect(await at(router)).toBe('/forbidden')
})

const closed = { auth: 'isAdmin' } as const

test.each<[string, Setting, string]>([
  [
    'the sign-in page is protected itself',
    { routes: [...without('/sign-in'), { path: '/sign-in', component: page('sign in'), meta: closed }] },
    '/sign-in?returnTo=/account',
  ],
  ['there is no sign-in page', { routes: without('/sign-in') }, '/'],
  [
    'the sign-in page leads on to a protected one',
    {
      routes: [
        ...without('/sign-in'),
        { path: '/sign-in', redirect: '/login' },
        { path: '/login', component: page('login'), meta: closed },
      ],
    },
    '/',
  ],
  [
    'everything is protected, the sign-in page and unknown pages too',
    {
      routes: [
        { path: '/', component: RouterView, meta: closed, children: routes.slice(1) },
        { path: '/:rest(.*)*', component: page('unknown'), meta: closed },
      ],
    },
    '/sign-in?returnTo=/account',
  ],
])('a signed-out user is not sent round and round when %s', async (_, setting, end) => {
  const { router } = start(setting)
  let navigations = 0
  router.beforeEach(() => void (navigations += 1))

  await router.push('/account').catch(() => {})

  expect(await at(router)).toBe(end)
  expect(navigations).toBeLessThan(6)
})

test.each<[string, Setting]>([
  [
    'the forbidden page is forbidden too',
    { routes: [...without('/forbidden'), { path: '/forbidden', component: page('forbidden'), meta: closed }] },
  ],
  [
    'the way back is the forbidden page, and that leads to the sign-in page',
    {
      routes: [...without('/forbidden'), { path: '/forbidden', redirect: '/sign-in' }],
      options: { ...options, fallback: '/forbidden' },
    },
  ],
  ['home leads to the sign-in page', { routes: [...without('/'), { path: '/', redirect: '/sign-in' }] }],
])('a signed-in user is not sent round and round when %s', async (_, setting) => {
  const { auth, server, router } = start(setting)
  let navigations = 0
  router.beforeEach(() => void (navigations += 1))
  await router.push('/account')
  await signIn(auth, server, reader)
  await settled()

  await router.push('/admin').catch(() => {})
  await router.push('/sign-in').catch(() => {})
  await router.push('/forbidden').catch(() => {})
  await settled()

  expect(navigations).toBeLessThan(40)
  expect(router.currentRoute.value.path).not.toBe('/admin')
})

test.each<[string, () => RouterHistory, string]>([
  [
    'with a base',
    () => createWebHistory('/base/of/app/'),
    `${location.origin}/base/of/app/sign-in?returnTo=/account?a=1%23b`,
  ],
  ['in the hash', () => createWebHashHistory(), '#/sign-in?returnTo=/account?a=1%23b'],
])('the way there and back %s', async (_, createHistory, there) => {
  const { auth, server, router } = start({ history: createHistory() })
  await router.push('/account?a=1#b')
  expect(await at(router)).toBe('/sign-in?returnTo=/account?a=1%23b')
  expect(location.href.slice(-there.length)).toBe(there)

  await signIn(auth, server)

  expect(await at(router)).toBe('/account?a=1#b')
})

test('a sign-in page in a router that minds capitals and slashes is that page and no other', async () => {
  const { router } = start({
    routes: [...routes, { path: '/Sign-In', component: page('another'), meta: closed }],
    router: { strict: true, sensitive: true },
  })

  await expect(router.push('/Sign-In')).rejects.toMatchObject({ code: 'not-authenticated' })
  await router.push('/sign-in')

  expect(await at(router)).toBe('/sign-in')
})

test('a navigation that is overtaken while it waits does nothing any more', async () => {
  const found = latch()
  const { router } = start({
    auth: { storage: { scope: 'memory', read: () => found.opened.then(() => null), compareAndSet: async () => true } },
  })
  await router.push('/')
  const first = router.push('/account')
  await settled()
  const second = router.push('/forbidden')
  await second
  found.open()

  expect(isNavigationFailure(await first, NavigationFailureType.cancelled)).toBe(true)
  expect(await at(router)).toBe('/forbidden')
})

test('a step back that is overtaken while it waits does nothing any more', async () => {
  const found = latch()
  const history = createMemoryHistory()
  for (const visited of ['/account', '/']) history.push(visited)
  const { router } = start({
    history,
    auth: { storage: { scope: 'memory', read: () => found.opened.then(() => null), compareAndSet: async () => true } },
  })
  await router.push('/')
  router.back()
  expect(await at(router)).toBe('/')

  await router.push('/forbidden')
  found.open()

  expect(await at(router)).toBe('/forbidden')
})

test('a page that was left while it was unclear who may see it moves the user no more', async () => {
  const network = fakeNetwork()
  const { auth, server, router } = start({ auth: { network } })
  await signIn(auth, server)
  await router.push('/admin')
  network.wake(true) // as it was left, from the back-forward cache: the server is asked again
  const request = await server.next('getUser')
  expect(await at(router)).toBe('/admin')
  await router.push('/forbidden')

  request.answer(reader)

  expect(await at(router)).toBe('/forbidden')
})

test('a page that takes long to load does not open if the role went away meanwhile', async () => {
  const loaded = latch()
  const Admin = page('admin')
  const { auth, server, router } = start({
    routes: [
      ...without('/admin'),
      { path: '/admin', component: () => loaded.opened.then(() => Admin), meta: { auth: 'isAdmin' } },
    ],
  })
  const seen: string[] = []
  router.afterEach((to: RouteLocationNormalized, _from, failure) => void (failure ?? seen.push(to.path)))
  await router.push('/')
  await signIn(auth, server)
  const entered = router.push('/admin')
  await settled()
  await renew(auth, server, reader)
  loaded.open()
  await entered

  expect(await at(router)).toBe('/forbidden')
  expect(seen).toEqual(['/', '/forbidden'])
})

test('a user who signs in elsewhere while the sign-in page loads, and may not go on, is told so', async () => {
  const loaded = latch()
  const SignIn = page('sign in')
  const { auth, server, router } = start({
    routes: [...without('/sign-in'), { path: '/sign-in', component: () => loaded.opened.then(() => SignIn) }],
  })
  const entered = router.push('/admin')
  await settled()
  await signIn(auth, server, reader)
  loaded.open()
  await entered

  expect(await at(router)).toBe('/forbidden')
})

test.each([
  ['a click on the link to the current page', '/account', NavigationFailureType.duplicated],
  ['a navigation that the app refuses', '/refused', NavigationFailureType.aborted],
])('%s does not keep a page open whose session has ended', async (_, path, failure) => {
  const loaded = latch()
  const SignIn = page('sign in')
  const { auth, server, router } = start({
    routes: [
      ...without('/sign-in'),
      { path: '/sign-in', component: () => loaded.opened.then(() => SignIn) },
      { path: '/refused', component: page('refused'), beforeEnter: () => false },
    ],
  })
  await signIn(auth, server)
  await router.push('/account')
  await expire(auth, server)
  expect(await at(router)).toBe('/account')
  expect(isNavigationFailure(await router.push(path), failure)).toBe(true)
  loaded.open()
  expect(await at(router)).toBe('/sign-in?returnTo=/account')
})

test('an app that lets no user leave a page is asked once', async () => {
  const { auth, server, router } = start()
  await signIn(auth, server)
  await router.push('/account')
  let asked = 0
  router.beforeEach(() => {
    asked += 1
    return false
  })
  await expire(auth, server)
  expect(await at(router)).toBe('/account')
  expect(asked).toBe(1)
})

test('a role that goes away in the very moment in which the page opens closes it again', async () => {
  const { auth, server, router } = start()
  await signIn(auth, server)
  await router.push('/')
  const renewed = auth.refresh()
  const request = await server.next('refresh')
  // asked last, after the guard
  router.beforeResolve(async () => {
    request.answer(server.grant(reader))
    await renewed
  })

  await router.push('/admin')

  expect(await at(router)).toBe('/forbidden')
})

test('a view closes in the flush in which the role goes away, and its page is left after it', async () => {
  const { auth, server, router } = start({
    routes: [
      ...without('/admin'),
      {
        path: '/admin',
        meta: { auth: 'isAdmin' },
        component: {
          render: () =>
            h(Protected, { guard: 'isAdmin' }, { default: () => h('b', 'secret'), fallback: () => 'closed' }),
        },
      },
    ],
  })
  const root = document.createElement('div')
  const app = createApp(() => h(RouterView))
    .use(router)
    .use(createAuthPlugin(auth))
  await signIn(auth, server)
  await router.push('/admin')
  app.mount(root)
  atEnd(() => app.unmount())
  expect(root.textContent).toBe('secret')

  await renew(auth, server, reader)
  await nextTick()
  expect(root.textContent).toBe('closed')

  await expect.poll(() => root.textContent).toBe('forbidden')
})

test('a page that asks for a recent sign-in is left when that is too long ago', async () => {
  const clock = fakeClock()
  const guards = { isAdmin: hasRecentSignIn(60_000) }
  const { auth, server, router } = start({ auth: { clock, guards: guards as never } })
  await signIn(auth, server)
  await router.push('/admin')
  clock.advance(59_999)
  expect(await at(router)).toBe('/admin')

  clock.advance(1)

  expect(await at(router)).toBe('/forbidden')
})

test('a guard that was stopped lets everything by, and listens no more', async () => {
  const { auth, router, stop } = start()
  expect(auth.listeners()).toBe(1)

  stop()
  await router.push('/admin')

  expect(await at(router)).toBe('/admin')
  expect(auth.listeners()).toBe(0)
})
