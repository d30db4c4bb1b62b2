import { AuthError } from '@authchart/core'
import { authGuard } from '@authchart/vue/router'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  createMemoryHistory,
  createRouter,
  createWebHashHistory,
  createWebHistory,
  RouterView,
  type RouterHistory,
  type RouteRecordRaw,
} from 'vue-router'
import { at, mount, options, page, reader, routes, start, stopAll, without } from './routes.ts'
import { ann, createServer, createTestAuth, credentials, signIn } from './server.ts'

const url = location.href
const warnings = () =>
  vi
    .mocked(console.warn)
    .mock.calls.flat()
    .filter((text) => String(text).startsWith('[authchart]'))

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  stopAll()
  history.replaceState(null, '', url)
  vi.restoreAllMocks()
})

test.each(['', 'sign-in', '/#/sign-in', '#/sign-in', 'https://auth.example.com/sign-in', null, undefined])(
  'a guard whose sign-in page is %j is not made, and the error names the option [A2a, A2d]',
  (path) => {
    expect(() => start({ options: { signIn: path as string } })).toThrow(TypeError)
    expect(() => start({ options: { signIn: path as string } })).toThrow('signIn')
  },
)

test.each(['', 'sign-up', '/#/sign-up', '#/sign-up', 'https://auth.example.com/sign-up', null, 1])(
  'a guard whose sign-up page is %j is not made, and the error names the option [A2a, W3]',
  (path) => {
    expect(() => start({ options: { ...options, signUp: ['/sign-in', path as string] } })).toThrow(
      new TypeError(`signIn, signUp: "${path}" is no route.`),
    )
  },
)

const rest: RouteRecordRaw = { path: '/:rest(.*)*', component: page('not found'), meta: { auth: true } }

test.each<[string, RouteRecordRaw[]]>([
  ['no route', routes],
  ['the page for the rest', [...routes, rest]],
  ['a redirect', [...routes, { path: '/sing-in', redirect: '/' }]],
])(
  'a navigation that would lead to a sign-in page that is %s fails and says which option is wrong [A2d]',
  async (_, all) => {
    const { auth, router } = start({ routes: all, options: { signIn: '/sing-in' } })
    const text = mount(auth, router)

    await expect(router.push('/account')).rejects.toThrow(new TypeError('signIn, signUp: "/sing-in" is no route.'))
    await router.push('/admin').catch(() => {})

    expect(text()).not.toMatch(/account|admin/)
    expect(warnings()).toEqual(['[authchart] signIn, signUp: "/sing-in" is no route.'])
  },
)

test('a page closes for a user who signs out, although there is no sign-in page to go to [A2d]', async () => {
  const { auth, server, router } = start({
    routes: [{ path: '/', component: page('home'), meta: { auth: true } }],
  })
  await signIn(auth, server)
  await router.push('/')
  const text = mount(auth, router)
  expect(text()).toBe('home')

  void auth.signOut()

  await expect.poll(text).toBe('')
})

test('a misspelt sign-up page is told at the first navigation, once [A2d, W3]', async () => {
  const { router } = start({ options: { ...options, signUp: '/sing-up?from=mail' } })
  expect(warnings()).toEqual([])

  await router.push('/')
  await router.push('/forbidden')

  expect(warnings()).toEqual(['[authchart] signIn, signUp: "/sing-up?from=mail" is no route.'])
})

test('pages that are added to the router later are open, and nothing is told of them [A2d]', async () => {
  const { auth, server, router } = start({
    routes: without('/sign-in'),
    options: { ...options, signUp: '/sign-up' },
  })
  router.addRoute({ path: '/sign-in', component: page('sign in'), meta: { auth: true } })
  router.addRoute({ path: '/sign-up', component: page('sign up'), meta: { auth: true } })

  await router.push('/account')
  expect(await at(router)).toBe('/sign-in?returnTo=/account')
  await router.push('/sign-up')
  expect(await at(router)).toBe('/sign-up')
  await signIn(auth, server)

  expect(await at(router)).toBe('/')
  expect(warnings()).toEqual([])
})

test.each(['/sign-up', '/Sign-Up/', '/sign-in'])(
  '%s is open to all, also below a guarded page, and a signed-in user goes back from it [W3]',
  async (path) => {
    const below = ['sign-in', 'sign-up'].map((name) => ({ path: name, component: page(name) }))
    const { auth, server, router } = start({
      routes: [
        ...without('/sign-in'),
        { path: '/', component: RouterView, meta: { auth: 'isAdmin' }, children: below },
      ],
      options: { ...options, signUp: ['/sign-up'], fallback: '/account' },
    })
    await router.push(path)
    expect(await at(router)).toBe(path)

    await signIn(auth, server)
    expect(await at(router)).toBe('/account')
    await router.push(`${path}?returnTo=/posts/1`)

    expect(await at(router)).toBe('/posts/1')
  },
)

test('an account that is created on a page of its own leads back to the page that was asked for [W3]', async () => {
  const server = createServer()
  const { auth, router } = start({
    routes: [...routes, { path: '/sign-up', component: page('sign up') }],
    options: { ...options, signUp: '/sign-up' },
    auth: { client: { ...server.client, signUp: server.client.signIn } },
  })
  await router.push('/posts/1')
  await router.push({ path: '/sign-up', query: router.currentRoute.value.query })

  const signedUp = auth.signUp(credentials)
  const request = await server.next('signIn')
  expect(await at(router)).toBe('/sign-up?returnTo=/posts/1')
  request.answer(server.grant(ann))
  await signedUp

  expect(await at(router)).toBe('/posts/1')
})

test('another page of the same route is not the sign-in page [A2a]', async () => {
  const { auth, router } = start({
    routes: [...without('/sign-in'), { path: '/auth/:page', component: page('auth'), meta: { auth: true } }],
    options: { signIn: '/auth/sign-in', signUp: '/auth/sign-up' },
  })
  const text = mount(auth, router)

  await router.push('/auth/keys')
  expect(await at(router)).toBe('/auth/sign-in?returnTo=/auth/keys')
  await router.push('/auth/sign-up')

  expect(await at(router)).toBe('/auth/sign-up')
  expect(text()).toBe('auth')
})

const localized: RouteRecordRaw = {
  path: '/:locale(de|en)',
  component: RouterView,
  meta: { auth: true },
  children: [
    { path: 'account', component: page('account') },
    { path: 'sign-in', component: page('sign in') },
  ],
}

test('each locale has a sign-in page of its own', async () => {
  const signInOf = (from: string) => `/${from.split(/[/?#]/)[1]}/sign-in`
  const { auth, server, router } = start({
    routes: [localized],
    options: { signIn: signInOf, fallback: '/en/account' },
  })
  await router.push('/de/account?a=1')
  expect(await at(router)).toBe('/de/sign-in?returnTo=/de/account?a=1')
  await router.push('/en/account')
  expect(await at(router)).toBe('/en/sign-in?returnTo=/en/account')

  await signIn(auth, server)

  expect(await at(router)).toBe('/en/account')
})

test('a page for which the sign-in page cannot be told stays closed, and the error names the option [A2a]', async () => {
  const signInOf = (from: string) => (from.startsWith('/de') ? '/de/sign-in' : '#/sign-in')
  const { router } = start({ routes: [localized], options: { signIn: signInOf } })

  await expect(router.push('/en/account')).rejects.toThrow('signIn')
  await router.push('/de/account')

  expect(await at(router)).toBe('/de/sign-in?returnTo=/de/account')
})

test.each<[string, () => RouterHistory]>([
  ['in memory', () => createMemoryHistory()],
  ['in memory with a base', () => createMemoryHistory('/base/')],
  ['in the address', () => createWebHistory()],
  ['in the address with a base', () => createWebHistory('/base/of/app')],
  ['in the hash', () => createWebHashHistory()],
  ['in the hash with a base', () => createWebHashHistory('/base/index.html')],
])(
  'guards work with a history %s: to the sign-in page, back, out and away from what is forbidden [A5]',
  async (_, create) => {
    const { auth, server, router } = start({ history: create() })
    await router.push('/posts/1?a=1#b')
    expect(await at(router)).toBe('/sign-in?returnTo=/posts/1?a=1%23b')

    await signIn(auth, server, reader)
    expect(await at(router)).toBe('/posts/1?a=1#b')
    await router.push('/admin')
    expect(await at(router)).toBe('/forbidden')
    await router.push('/account')
    void auth.signOut()

    expect(await at(router)).toBe('/sign-in')
  },
)

test.each(['not-authenticated', 'session-expired'])(
  'an AuthError %j of another copy of the library leads to the sign-in page [F1d]',
  async (code) => {
    const error = Object.assign(new Error('Sign in'), { name: 'AuthError', code })
    const auth = { ...createTestAuth(createServer()), requireUser: () => Promise.reject(error) }
    const router = createRouter({ history: createMemoryHistory(), routes })
    const stop = authGuard(router, auth, options)

    await router.push('/account')
    stop()

    expect(router.currentRoute.value.fullPath).toBe('/sign-in?returnTo=/account')
  },
)

test('an error that says nothing of the user keeps a page closed and reaches the app [F1d]', async () => {
  const { auth, server, router } = start()
  await signIn(auth, server)
  const stop = authGuard(
    router,
    { ...auth, requireUser: () => Promise.reject(new AuthError('unavailable')) },
    { signIn: '/sign-in' },
  )

  await expect(router.push('/account')).rejects.toMatchObject({ code: 'unavailable' })
  stop()
})
