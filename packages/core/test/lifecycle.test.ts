import { createAuth } from '@authchart/core'
import { describe, expect, inject, it, vi } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
  busy,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  never,
  openTab,
  SECOND,
  uncaughtDuring,
  watch,
  watchAll,
} from './support.ts'

const HERE = 'https://api.test/posts'

describe('nothing happens', () => {
  it('nothing happens on import', async () => {
    vi.resetModules()
    const spies = [
      vi.spyOn(globalThis, 'setTimeout'),
      vi.spyOn(globalThis, 'setInterval'),
      vi.spyOn(globalThis, 'queueMicrotask'),
      vi.spyOn(globalThis, 'fetch'),
      vi.spyOn(globalThis, 'BroadcastChannel'),
      vi.spyOn(Math, 'random'),
      vi.spyOn(Date, 'now'),
      vi.spyOn(crypto, 'getRandomValues'),
    ]
    const before = Object.keys(globalThis)
    const module = await import('@authchart/core')
    const own = spies.flatMap(({ mock }) => mock.calls.map((call) => new Error(String(call[0]))))
    for (const spy of spies) spy.mockRestore()
    expect(typeof module.createAuth).toBe('function')
    expect(Object.keys(globalThis)).toEqual(before)
    // the module loader keeps time for itself
    expect(own.length - spies[6]!.mock.calls.length).toBeLessThanOrEqual(0)
  })

  it('nothing happens on createAuth, getState and can', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    expect(tab.auth.getState()).toEqual({ status: 'restoring', user: null, error: null, persistence: 'stored' })
    expect(tab.auth.can('isEditor')).toBe(false)
    await drain()
    expect([disk.log, tab.client.pending, tab.clock.pending, tab.network.listeners]).toEqual([[], [], 0, 0])
    expect(tab.auth.actor.getSnapshot().status).toBe('active')
  })

  it('nothing happens in a listener that was not there yet', async () => {
    const { auth } = openTab()
    let told = 0
    auth.subscribe(() => (told += 1))
    expect(told).toBe(0)
    await drain()
    expect(told).toBe(1)
  })
})

it.each([
  'subscribe',
  'signIn',
  'signUp',
  'signOut',
  'refresh',
  'getAccessToken',
  'requireUser',
  'fetch',
  'cancel',
  'dismiss',
] as const)('%s begins the work', async (command) => {
  const disk = createDisk()
  const { auth } = openTab({ storage: disk.storage })
  const run = auth[command] as (argument: unknown) => unknown
  const result = run(command === 'fetch' ? HERE : command === 'subscribe' ? () => {} : undefined)
  if (result instanceof Promise) result.catch(() => {})
  await drain()
  expect(disk.log[0]).toBe('read')
})

describe('destroy', () => {
  it('destroy() settles every promise with its code, and leaves no timer and no listener [156, 157]', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab({}, await browserWithSession())
      tab.tab.holdStorage()
      const { auth } = tab
      const all = watchAll([
        auth.signIn(annsPassword),
        auth.signUp(bobsPassword),
        auth.refresh(),
        auth.getAccessToken(),
        auth.requireUser(),
        auth.fetch(HERE),
      ])
      await drain()
      auth.destroy()
      await drain()
      expect(all.map(({ now }) => now)).toEqual([
        'superseded',
        'destroyed',
        'destroyed',
        'destroyed',
        'destroyed',
        'destroyed',
      ])
      tab.tab.releaseStorage()
      await drain()
      expect([tab.clock.pending, tab.network.listeners, tab.client.pending]).toEqual([0, 0, []])
    })
    expect(uncaught).toEqual([])
  })

  it('destroy() leaves no timer behind a storage that hangs, and warns of nothing afterwards', async () => {
    const disk = createDisk()
    disk.before = () => never()
    const tab = openTab({ storage: disk.storage })
    tab.auth.subscribe(() => {})
    await drain()
    tab.auth.destroy()
    await drain()
    expect(tab.clock.pending).toBe(0)
    tab.clock.advance(10 * SECOND)
    await drain()
    expect(tab.warnings).toEqual([])
  })

  it.each(['fresh', 'waiting', 'indeterminate'] as const)(
    'destroy() in %s leaves no timer and no listener',
    async (state) => {
      const tab = openTab()
      await tab.signIn()
      if (state !== 'fresh') {
        tab.clock.advance(DUE)
        await drain()
        tab.client.next('refresh').fail(state === 'waiting' ? busy() : 'network')
        await drain()
      }
      tab.auth.destroy()
      await drain()
      expect([tab.clock.pending, tab.network.listeners]).toEqual([0, 0])
    },
  )

  it('a command after destroy() rejects, and sends nothing [155]', async () => {
    const tab = openTab()
    await tab.signIn()
    const { auth } = tab
    auth.destroy()
    await drain()
    const all = watchAll([
      auth.signIn(annsPassword),
      auth.signUp(annsPassword),
      auth.answerChallenge({ code: '1' }),
      auth.signOut(),
      auth.refresh(),
      auth.getAccessToken(),
      auth.requireUser(),
      auth.fetch(HERE),
    ])
    auth.cancel()
    auth.dismiss()
    auth.destroy()
    auth.subscribe(() => {})()
    await drain()
    expect(new Set(all.map(({ now }) => now))).toEqual(new Set(['destroyed']))
    expect([tab.client.pending, tab.server.arrived]).toEqual([[], []])
  })

  it('destroy() before anything began is an end as well', async () => {
    const disk = createDisk()
    const { auth } = openTab({ storage: disk.storage })
    auth.destroy()
    const signedIn = watch(auth.signIn(annsPassword))
    auth.subscribe(() => {})
    await drain()
    expect([signedIn.now, disk.log]).toEqual(['destroyed', []])
  })

  it('destroy() closes every guard', async () => {
    const { auth, signIn } = openTab()
    await signIn()
    expect(auth.can('isEditor')).toBe(true)
    auth.destroy()
    expect(auth.can('isEditor')).toBe(false)
  })

  it('destroy() tells no listener anything any more [156]', async () => {
    const { auth, client } = openTab()
    let told = 0
    auth.subscribe(() => (told += 1))
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    const before = told
    auth.destroy()
    client.next('signIn').answer(grant(1))
    await drain()
    expect(told).toBe(before)
  })

  it('destroy() does not sign the user out during a renewal, whose tokens are there for the next page [6]', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.auth.destroy()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.client.counts.signOut).toBe(0)
    const next = openTab({}, tab.browser, tab.clock)
    await next.boot()
    expect(next.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
    expect(await next.auth.getAccessToken()).toBe('access-2')
  })

  it('destroy() does not hide from other tabs a sign-in that a slow disk stores afterwards', async () => {
    const tab = openTab()
    const other = openTab({}, tab.browser, tab.clock)
    await other.boot()
    tab.tab.holdStorage()
    void tab.auth.signIn(annsPassword)
    await drain()
    tab.clock.advance(2 * SECOND)
    await drain()
    tab.client.next('signIn').answer(grant(1))
    await drain()
    tab.auth.destroy()
    tab.tab.releaseStorage()
    await drain()
    expect(other.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  })

  it('destroy() does not sign the user out while a switch of user is being stored', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.signIn(bobsPassword).catch(() => {})
    await drain()
    tab.tab.holdStorage()
    tab.client.next('signIn').answer(grant(7, bob))
    await drain()
    tab.auth.destroy()
    tab.tab.releaseStorage()
    await drain()
    const next = openTab({}, tab.browser, tab.clock)
    await next.boot()
    expect(next.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  })

  it('destroy() makes a sign-out that is under way answer unknown', async () => {
    const { auth, signIn } = openTab()
    await signIn()
    const out = watch(auth.signOut())
    await drain()
    auth.destroy()
    await drain()
    expect(out.value).toEqual({ revoked: 'unknown' })
  })

  it('destroy() inside a listener ends the auth there', async () => {
    const { auth } = openTab()
    const seen: string[] = []
    auth.subscribe(({ status }) => {
      seen.push(status)
      if (status === 'authenticating') auth.destroy()
    })
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    expect(signedIn.now).toBe('destroyed')
    expect(seen).toEqual(['authenticating'])
  })

  const times = inject('suite') === 'whole' ? 1000 : 100
  it(`${times} times leaves nothing behind [160, I3]`, async () => {
    const clock = fakeClock()
    const browser = fakeBrowser()
    let listeners = 0
    for (let n = 0; n < times; n += 1) {
      const { auth, network } = openTab({}, browser, clock)
      auth.subscribe(() => {})
      await Promise.resolve()
      auth.destroy()
      listeners += network.listeners
    }
    await drain()
    expect([clock.pending, listeners]).toEqual([0, 0])
  })
})

it('everything is bound', async () => {
  const { auth, client } = openTab()
  const { signIn, getState, can, getAccessToken, signOut } = auth
  const signedIn = watch(signIn(annsPassword))
  await drain()
  client.next('signIn').answer(grant(1))
  await drain()
  expect([signedIn.now, getState().status, can('isEditor'), await getAccessToken()]).toEqual([
    'resolved',
    'authenticated',
    true,
    'access-1',
  ])
  void signOut()
  expect(getState().status).toBe('signingOut')
})

it('without anything but a client it works in the page, or on a server, for as long as it lives', async () => {
  const auth = createAuth({ client: { signIn: () => Promise.resolve({ ...grant(1), user: ann }) } })
  expect(await auth.signIn({})).toEqual(ann)
  expect(auth.getState()).toMatchObject({ status: 'authenticated', persistence: 'memory' })
  auth.destroy()
})
