/** Options are read once, when the auth is made. What cannot be read is refused there, never guessed. */
import { createAuth, hasRecentSignIn, hasRole, isAuthenticated, type AuthOptions } from '@authchart/core'
import { browserStorage, memoryStorage, webStorage } from '@authchart/core/storage'
import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  drain,
  fakeBrowser,
  fakeClock,
  fakeNetwork,
  grant,
  openTab,
  scriptedClient,
  watch,
  type Credentials,
  type User,
} from './support.ts'

type Options = AuthOptions<User, Credentials, Record<never, never>>

/** What the developer hears when an auth is made of these. */
function make(options: object) {
  const said: string[] = []
  const auth = createAuth({
    client: scriptedClient<User, Credentials>(),
    clock: fakeClock(),
    network: fakeNetwork(),
    onWarning: ({ message }) => void said.push(message),
    ...(options as Partial<Options>),
  })
  return { auth, said }
}

/** Asks a guard by any name, as code does that no compiler saw. */
const can = (auth: { readonly can: unknown }, name: string): boolean => (auth.can as (guard: string) => boolean)(name)

const noTime: readonly unknown[] = [Number.NaN, '30s', '30', null, true, {}, 0, -1, -Infinity]

describe('a time that is none', () => {
  it.each(noTime)('requestTimeout %j is refused, by name and value [K3a, K3b]', (requestTimeout) => {
    expect(() => make({ requestTimeout })).toThrow(expect.objectContaining({ code: 'misconfigured' }))
    expect(() => make({ requestTimeout })).toThrow(/requestTimeout is .+: give milliseconds/)
  })

  it.each(['signOutTimeout', 'storageTimeout', 'refreshBefore'])('%s that is no time is refused, too [K3a]', (name) => {
    for (const value of [Number.NaN, '30s', -1]) expect(() => make({ [name]: value })).toThrow(name)
  })

  it.each([Number.NaN, 0, -5, '5m', undefined])('hasRecentSignIn(%j) is refused, too', (milliseconds) => {
    expect(() => hasRecentSignIn(milliseconds as number)).toThrow(TypeError)
  })

  it.each([1, 30_000, 1e12, Infinity])('the time %s is taken', (requestTimeout) => {
    expect(make({ requestTimeout, refreshBefore: requestTimeout }).said).toEqual([])
  })
})

describe('a part that is none', () => {
  const parts: readonly (readonly [string, object])[] = [
    ['client', { client: undefined }],
    ['client', { client: null }],
    ['client.signIn', { client: {} }],
    ['client.signIn', { client: { signIn: 'yes' } }],
    ['client.refresh', { client: { signIn() {}, refresh: true } }],
    ['client.userId', { client: { signIn() {}, userId: 'id' } }],
    ['client.origin', { client: { signIn() {}, origin: 'api.test' } }],
    ['client.id', { client: { signIn() {}, id: 7 } }],
    ['storage', { storage: 'localStorage' }],
    ['storage.read', { storage: { getItem() {}, setItem() {} } }],
    ['tabs', { tabs: true }],
    ['tabs.lock', { tabs: {} }],
    ['network.isOnline', { network: {} }],
    ['clock.monotonic', { clock: { now() {} } }],
    ['guards', { guards: 'isAdmin' }],
    ['guards.isAdmin', { guards: { isAdmin: 'admin' } }],
    ['guards.isAdmin', { guards: { isAdmin: null } }],
    ['random', { random: 0.5 }],
    ['fetch', { fetch: 'fetch' }],
    ['inspect', { inspect: true }],
    ['onWarning', { onWarning: 'console' }],
    ['machine.provide', { machine: {} }],
  ]
  it.each(parts)('%s is refused by name: %j [K3a, K3c]', (name, options) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: 'misconfigured' }))
    expect(() => make(options)).toThrow(`${name} is `)
  })

  it('the refusal of a part shows no value that may be a secret', () => {
    const secret = 'sk_live_1'
    for (const name of ['client', 'storage', 'fetch', 'guards', 'random', 'machine']) {
      expect(() => make({ [name]: secret })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret) }),
      )
    }
  })

  it.each(['allowedOrigin', 'refreshbefore', 'gaurds'])('%s, which is no option, is said [K3a]', (name) => {
    const { said } = make({ [name]: undefined })
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(`There is no option "${name}"`)
  })

  it('options that are left out, or undefined, are not given', () => {
    const { said } = make({ storage: undefined, tabs: undefined, guards: undefined, initialSession: undefined })
    expect(said).toEqual([])
  })
})

describe('a role that is none', () => {
  const missing = undefined as unknown as string
  const users = [
    { id: 'u1', name: 'Ann' },
    { id: 'u1', name: 'Ann', role: null },
    { id: 'u1', name: 'Ann', roles: ['member'] },
    { id: 'u1', name: 'Ann', roles: [undefined, null, ''] },
    { id: 'u1', name: 'Ann', role: '' },
    null,
  ]
  it.each(users)('a role that is none lets no user in: %j [K1a, K1b]', (user) => {
    for (const roles of [[], [missing], [null as unknown as string], ['']])
      expect(hasRole(...roles)({ user })).toBe(false)
  })

  it('a role that is none beside one that is readable changes nothing', () => {
    const guard = hasRole('admin', missing)
    expect(guard({ user: { id: 'u1', role: 'admin' } })).toBe(true)
    expect(guard({ user: { id: 'u1' } })).toBe(false)
  })

  it('a role that is none is said when the auth is made [K1a]', () => {
    const { said } = make({ guards: { isAdmin: hasRole(missing), isEditor: hasRole('editor') } })
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('guards.isAdmin names no role')
  })
})

describe('whom the server found', () => {
  it.each([[{ user: undefined }], [{ user: null }], [null]])(
    'an initialSession of %j is no user [K2]',
    (initialSession) => {
      const state = make({ initialSession }).auth.getInitialState()
      expect([state.status, state.user, isAuthenticated(state)]).toEqual(['anonymous', null, false])
    },
  )

  it.each([[{}], [{ user: 'ann' }], [{ user: '' }], [{ user: false }], [{ user: 7 }], [true], ['ann']])(
    '%j says nothing, and that is said [K2]',
    (initialSession) => {
      const { auth, said } = make({ initialSession })
      expect(auth.getInitialState().status).toBe('restoring')
      expect(said).toEqual([expect.stringContaining('initialSession')])
    },
  )

  it('an object is a user, and guards stay closed', () => {
    const { auth, said } = make({ initialSession: { user: ann }, guards: { isEditor: hasRole('editor') } })
    expect(auth.getInitialState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: false })
    expect([can(auth, 'isEditor'), said]).toEqual([false, []])
  })
})

describe('a storage that others can see', () => {
  const nameless = { signIn: async () => grant(1) }

  it.each([
    ['IndexedDB', browserStorage()],
    ['localStorage', webStorage('localStorage')],
    ['sessionStorage', webStorage('sessionStorage')],
    ['its own', { ...memoryStorage(), scope: 'shared' as const }],
  ])('%s needs a name: the client’s or its own [A4, R2a]', (_, storage) => {
    expect(() => make({ client: nameless, storage })).toThrow(/client\.id .*name the client or the storage/)
    make({ client: { ...nameless, id: 'shop' }, storage })
    make({ client: { ...nameless, origin: 'https://api.test' }, storage })
    make({ client: nameless, storage: { ...storage, name: 'shop' } })
    make({ client: nameless, storage: memoryStorage() })
  })

  it('a storage that others can see says its own name only if it was given one', () => {
    expect([browserStorage().name, browserStorage({ name: 'shop' }).name]).toEqual([undefined, 'shop'])
    expect([webStorage('localStorage').name, webStorage('localStorage', { name: 'shop' }).name]).toEqual([
      undefined,
      'shop',
    ])
  })

  it('a storage with one name for two apps leaves the session of another server alone, and its token stays at home [A4]', async () => {
    const browser = fakeBrowser()
    const shop = openTab(
      { client: Object.assign(scriptedClient<User, Credentials>('https://shop.test'), { id: 'app' }) },
      browser,
    )
    await shop.signIn()
    const admin = openTab(
      { client: Object.assign(scriptedClient<User, Credentials>('https://admin.test'), { id: 'app' }) },
      browser,
    )
    await admin.boot()
    expect([admin.status(), admin.warnings]).toEqual(['anonymous', ['storage-unavailable']])
    await admin.signIn(bob, 7)
    expect([admin.auth.getState().user, admin.auth.getState().persistence]).toEqual([bob, 'memory'])
    await shop.boot()
    expect(shop.auth.getState().user).toEqual(ann)
    const asked = watch(shop.auth.refresh())
    await drain()
    shop.client.next('refresh').answer(grant(2))
    await drain()
    expect([asked.now, shop.client.spent, admin.client.spent]).toEqual(['resolved', ['refresh-1'], []])
  })

  it('the session of a server is known, however its origin is written', async () => {
    const browser = fakeBrowser()
    const open = (origin: string) =>
      openTab({ client: Object.assign(scriptedClient<User, Credentials>(origin), { id: 'app' }) }, browser)
    const first = open('https://api.test/')
    await first.signIn()
    first.auth.destroy()
    await drain()
    const next = open('HTTPS://API.test:443')
    await next.boot()
    expect([next.auth.getState().user, next.warnings]).toEqual([ann, []])
  })

  it('two names for one app have a lock and a wire of their own each', async () => {
    const browser = fakeBrowser()
    const locks: string[] = []
    const wires: string[] = []
    for (const name of ['left', 'right', undefined]) {
      const { tabs, storage } = browser.openTab()
      const { auth } = make({
        storage: { ...storage, name },
        tabs: {
          lock: (lock: string, work: () => Promise<unknown>) => (locks.push(lock), tabs.lock(lock, work)),
          open: (wire: string, listener: () => void) => (wires.push(wire), tabs.open(wire, listener)),
        },
      })
      auth.subscribe(() => {})
      await drain()
    }
    expect(wires).toEqual([
      'authchart:https://api.test in left',
      'authchart:https://api.test in right',
      'authchart:https://api.test',
    ])
    expect(new Set(locks).size).toBe(locks.length)
  })
})

describe('a listener that is none', () => {
  it('a listener that is none is refused at once, not at each change [K21, K21a]', () => {
    const { auth } = make({})
    expect(() => auth.subscribe(undefined as never)).toThrow(TypeError)
  })
})

describe('a guard that is none', () => {
  it('a guard that is none is closed to requireUser, also where a setting is missing [K4, K4b, K7b]', async () => {
    const tab = openTab()
    await tab.signIn()
    for (const guard of [undefined, null, '', 'isEditr', 'toString', 'constructor']) {
      const asked = watch(tab.auth.requireUser({ guard: guard as never }))
      await drain()
      expect([guard, asked.now]).toEqual([guard, 'forbidden'])
    }
    const asked = watch(tab.auth.requireUser({}))
    await drain()
    expect(asked.now).toBe('resolved')
  })

  it('a guard that is none is said once for each name [K4, K4b]', async () => {
    const said: string[] = []
    const tab = openTab({ onWarning: ({ message }) => void said.push(message) })
    await tab.signIn()
    for (let n = 0; n < 3; n += 1) expect(can(tab.auth, 'isEditr')).toBe(false)
    expect(said).toEqual([expect.stringContaining('There is no guard "isEditr"')])
  })

  it('a guard may be a method of a class, found by inheritance [K14, K14a]', async () => {
    class Policies {
      readonly role = 'editor'
      isEditor({ user }: { user: User }) {
        return user.role === this.role
      }
    }
    const tab = openTab({ guards: new Policies() as never })
    await tab.signIn()
    expect(tab.auth.can('isEditor')).toBe(true)
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'role'])
      expect(can(tab.auth, name)).toBe(false)
  })
})
