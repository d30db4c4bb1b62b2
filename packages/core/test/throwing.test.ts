/** Whatever throws reaches the developer, and settles every promise with a typed error. */
import { authMachine, createAuth, type AuthError, type Tabs } from '@authchart/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fromCallback } from 'xstate'
import {
  annsPassword,
  drain,
  fakeClock,
  grant,
  guards,
  openTab,
  scriptedClient,
  uncaughtDuring,
  watch,
  type Credentials,
  type User,
} from './support.ts'

const boom = (): never => {
  throw new Error('boom')
}

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => void vi.restoreAllMocks())

describe('a port of the app that throws', () => {
  const ports = {
    'network.onWake': { isOnline: () => true, onWake: boom },
    'network.isOnline': { isOnline: boom, onWake: () => () => {} },
    'network.onWake, which returns nothing,': { isOnline: () => true, onWake: () => undefined as never },
    'the end of network.onWake': { isOnline: () => true, onWake: () => boom },
  }
  it.each(Object.entries(ports))('%s costs nothing but what it would have said [K12]', async (name, network) => {
    const uncaught = await uncaughtDuring(async () => {
      const client = scriptedClient<User, Credentials>()
      const auth = createAuth({ client, clock: fakeClock(), network })
      const required = watch(auth.requireUser())
      await drain()
      const signedIn = watch(auth.signIn(annsPassword))
      await drain()
      client.next('signIn').answer(grant(1))
      await drain()
      const out = watch(auth.signOut())
      await drain()
      client.next('signOut').answer()
      await drain()
      expect([required.now, signedIn.now, out.now]).toEqual(['not-authenticated', 'resolved', 'resolved'])
      auth.destroy()
    })
    expect(uncaught).toEqual([])
    // told once, by each that was asked
    expect(vi.mocked(console.error).mock.calls.length).toBe(/onWake$|end/.test(name) ? 1 : 0)
  })
})

describe('tabs of the app that throw', () => {
  const wire = { post() {}, close() {} }
  const work = <T>(_: string, run: () => Promise<T>): Promise<T> => run()
  const tabs: readonly (readonly [string, Tabs])[] = [
    ['open throws', { lock: work, open: boom }],
    ['open returns nothing', { lock: work, open: () => undefined as never }],
    ['post throws', { lock: work, open: () => ({ ...wire, post: boom }) }],
    ['close throws', { lock: work, open: () => ({ ...wire, close: boom }) }],
    ['lock throws', { lock: boom, open: () => wire }],
    ['lock rejects', { lock: async () => boom(), open: () => wire }],
    ['lock throws in the middle', { lock: async (_, run) => (await run(), boom()), open: () => wire }],
  ]
  it.each(tabs)('every command answers where %s, and a lock that fails is told [K12]', async (name, own) => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab({ tabs: own })
      const required = watch(tab.auth.requireUser())
      await drain()
      await tab.signIn()
      const renewed = watch(tab.auth.refresh())
      await drain()
      if (tab.client.has('refresh')) tab.client.next('refresh').answer(grant(2))
      await drain()
      const out = watch(tab.auth.signOut())
      await drain()
      tab.client.next('signOut').answer()
      await drain()
      expect([required.now, out.now, tab.status()]).toEqual(['not-authenticated', 'resolved', 'signedOut'])
      expect(renewed.now).toBe(/lock (throws|rejects)$/.test(name) ? 'unknown' : 'resolved')
      tab.auth.destroy()
    })
    expect(uncaught).toEqual([])
    expect(vi.mocked(console.error).mock.calls.flat().map(String)).toEqual(
      name.startsWith('lock') ? ['Error: boom'] : [],
    )
  })

  it('a renewal that destroy() ends is no trouble to be told', async () => {
    const tab = openTab()
    await tab.signIn()
    tab.tab.holdStorage()
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.auth.destroy()
    tab.tab.releaseStorage()
    await drain()
    expect(console.error).not.toHaveBeenCalled()
  })
})

describe('a part of the chart that the app replaced and that throws', () => {
  it('a part of the chart that the app replaced and that throws settles every promise, closes every guard, and is told [K12]', async () => {
    const warnings: AuthError[] = []
    const uncaught = await uncaughtDuring(async () => {
      const machine = authMachine.provide({ actors: { confirmUser: fromCallback(boom) } })
      const tab = openTab({ machine, onWarning: (warning) => void warnings.push(warning) })
      const signedIn = watch(tab.auth.signIn(annsPassword))
      await drain()
      tab.client.next('signIn').answer(grant(1))
      await drain()
      const later: readonly Promise<unknown>[] = [
        tab.auth.signIn(annsPassword),
        tab.auth.fetch('https://api.test/'),
        tab.auth.getAccessToken(),
      ]
      const settled = later.map((promise) => watch(promise))
      const out = watch(tab.auth.signOut())
      await drain()
      expect([signedIn.now, ...settled.map(({ now }) => now), out.now]).toEqual([
        'resolved',
        ...Array<string>(4).fill('unknown'),
      ])
      expect(tab.auth.can('isEditor')).toBe(false)
      tab.auth.destroy()
    })
    expect(uncaught).toEqual([])
    expect(warnings.map(({ code, cause }) => [code, cause])).toEqual([['unknown', { name: 'Error' }]])
    expect(console.error).toHaveBeenCalledOnce()
  })
})

describe('an error in the client’s own code', () => {
  const mistakes = [
    new TypeError("Cannot read properties of undefined (reading 'token')"),
    new TypeError('x is not a function'),
    new TypeError("undefined is not an object (evaluating 'a.b')"),
    new TypeError('can\'t access property "b", a is undefined'),
    new ReferenceError('tokn is not defined'),
  ]
  it.each(mistakes)(
    'an error in the client’s own code is no lost connection, and the developer hears of it: %s [K5b]',
    async (mistake) => {
      const tab = openTab()
      const asked = watch(tab.auth.signIn(annsPassword))
      await drain()
      tab.client.next('signIn').fail(mistake)
      await drain()
      expect(asked.now).toBe('unknown')
      expect(tab.warnings).toEqual(['unknown'])
      expect(vi.mocked(console.warn).mock.calls.flat().join(' ')).toMatch(
        /The auth client threw a \w+Error at throwing\.test\.ts:\d+/,
      )
    },
  )

  it.each([
    'Failed to fetch',
    'NetworkError when attempting to fetch resource.',
    'Load failed',
    'fetch failed',
    'terminated',
  ])('an error that says %j is a lost connection', async (message) => {
    const tab = openTab()
    const asked = watch(tab.auth.signIn(annsPassword))
    await drain()
    tab.client.next('signIn').fail(new TypeError(message))
    await drain()
    expect([asked.now, tab.warnings]).toEqual(['network', []])
  })

  it('an error in the client’s own code shows nothing of what its message says', async () => {
    const tab = openTab()
    void tab.auth.signIn(annsPassword).catch(() => {})
    await drain()
    tab.client.next('signIn').fail(new TypeError('hunter2@evil.test:1:2 is not a function'))
    await drain()
    expect(JSON.stringify(vi.mocked(console.warn).mock.calls)).not.toContain('hunter2')
  })
})

describe('a guard whose name is none', () => {
  it.each([Symbol('isEditor'), {}, [], 7, null, undefined, () => 'isEditor'])(
    '%s is closed, and throws nothing [K4]',
    async (name) => {
      const tab = openTab()
      await tab.signIn()
      const asked = watch(tab.auth.requireUser({ guard: name as never }))
      await drain()
      expect([(tab.auth.can as (name: unknown) => boolean)(name), asked.now]).toEqual([false, 'forbidden'])
      expect(tab.warnings).toEqual(['misconfigured'])
    },
  )
})

describe('a guard that throws', () => {
  it('a guard that throws is closed, and told once [K4]', async () => {
    const tab = openTab({ guards: { ...guards, isEditor: boom } })
    await tab.signIn()
    expect([tab.auth.can('isEditor'), tab.auth.can('isEditor'), tab.auth.can('owns', 'u1')]).toEqual([
      false,
      false,
      true,
    ])
    expect(console.error).toHaveBeenCalledOnce()
  })
})
