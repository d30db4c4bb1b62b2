import type { RouteAuth } from '@authchart/vue/router'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RouterView, type RouteRecordRaw } from 'vue-router'
import { at, mount, options, page, reader, routes, start, stopAll, without } from './routes.ts'
import { ann, signIn } from './server.ts'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  stopAll()
  vi.restoreAllMocks()
})

const adminWith = (auth: unknown): RouteRecordRaw[] => [
  ...without('/admin'),
  { path: '/admin', component: page('admin'), meta: { auth: auth as RouteAuth } },
]

const unreadable: [string, unknown][] = [
  ['a list of guards', ['isAdmin']],
  ['an empty list', []],
  ['a misspelt key', { guards: 'isAdmin' }],
  ['a key too many', { guard: 'isAdmin', parms: () => [] }],
  ['an empty object', {}],
  ['a guard that is undefined', { guard: undefined }],
  ['a guard that is null', { guard: null }],
  ['a guard without a name', { guard: '' }],
  ['a guard that is true', { guard: true }],
  ['a list of guards under its key', { guard: ['isAdmin'] }],
  ['parameters that no function makes', { guard: 'isAdmin', params: [] }],
  ['parameters that are null', { guard: 'isAdmin', params: null }],
  ['roles', { roles: ['admin'] }],
  ['a function', () => true],
  ['an empty name', ''],
  ['a number', 1],
  ['zero', 0],
  ['a Set', new Set(['isAdmin'])],
]

test.each(unreadable)('a page that asks for %s is closed to every user [K7a]', async (_, auth) => {
  for (const user of [ann, reader]) {
    const { auth: own, server, router } = start({ routes: adminWith(auth) })
    const text = mount(own, router)
    await signIn(own, server, user)

    await router.push('/admin')

    expect(await at(router)).toBe('/forbidden')
    expect(text()).toBe('forbidden')
  }
})

test.each(unreadable)('a page that asks for %s is closed to a signed-out user [K7a]', async (_, auth) => {
  const { auth: own, router } = start({ routes: adminWith(auth) })
  const text = mount(own, router)

  await router.push('/admin')

  expect(await at(router)).toBe('/sign-in?returnTo=/admin')
  expect(text()).toBe('sign in')
})

test('the developer is told once which route is unreadable and what is expected [K7a]', async () => {
  const { auth, server, router } = start({ routes: adminWith({ roles: ['admin'] }), options: { signIn: '/sign-in' } })
  await signIn(auth, server)

  await expect(router.push('/admin')).rejects.toMatchObject({ name: 'AuthError', code: 'forbidden' })
  await expect(router.push('/admin')).rejects.toMatchObject({ code: 'forbidden' })

  const told = vi
    .mocked(console.error)
    .mock.calls.flat()
    .filter((text) => String(text).startsWith('[authchart]'))
  expect(told).toEqual(['[authchart] /admin: meta.auth is not true, "guard" or { guard, params }.'])
})

test('an unreadable route closes the pages below it, too [K7a]', async () => {
  const { auth, server, router } = start({
    routes: [
      ...without('/admin'),
      {
        path: '/admin',
        component: RouterView,
        meta: { auth: ['isAdmin'] as never },
        children: [{ path: 'keys', component: page('keys'), meta: { auth: true } }],
      },
    ],
  })
  await signIn(auth, server)

  await router.push('/admin/keys')

  expect(await at(router)).toBe('/forbidden')
})

test.each([[false], [null], [undefined]])(
  'a page with meta.auth %j adds nothing to what the routes around it ask [K7a]',
  async (value) => {
    const { auth, server, router } = start({
      routes: [
        ...without('/admin'),
        { path: '/open', component: page('open'), meta: { auth: value as never } },
        {
          path: '/admin',
          component: RouterView,
          meta: { auth: 'isAdmin' },
          children: [{ path: 'keys', component: page('keys'), meta: { auth: value as never } }],
        },
      ],
    })
    await router.push('/open')
    expect(await at(router)).toBe('/open')
    await router.push('/admin/keys')
    expect(await at(router)).toBe('/sign-in?returnTo=/admin/keys')

    await signIn(auth, server, reader)

    expect(await at(router)).toBe('/forbidden')
  },
)

test.each([{ guard: 'isAdmin' }, { guard: 'isAdmin', params: undefined }, { guard: 'isAdmin', params: () => [] }])(
  'a guard may be asked in its long form without parameters: %o',
  async (auth) => {
    const { auth: own, server, router } = start({ routes: adminWith(auth) })
    await signIn(own, server)
    await router.push('/admin')
    expect(await at(router)).toBe('/admin')

    await signIn(own, server, { ...reader, id: '2' })

    expect(await at(router)).toBe('/forbidden')
  },
)

test('parameters that are no list keep a page closed, and the app hears why [K7a]', async () => {
  const broken = { guard: 'canEdit', params: () => undefined } as never
  const { auth, server, router } = start({
    routes: [...routes, { path: '/broken', component: page('broken'), meta: { auth: broken } }],
    options,
  })
  await signIn(auth, server)

  await expect(router.push('/broken')).rejects.toThrow(TypeError)
})
