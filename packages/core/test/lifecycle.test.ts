import { createAuth } from '@authchart/core'
import { describe, expect, it, vi } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
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
} from './support.ts'

const HERE = 'https://api.test/posts'

describe('nothing happens', () => {
  it('on import', async () => {
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

  it('on createAuth, getState and can', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    expect(tab.auth.getState()).toEqual({ status: 'restoring', user: null, error: null, persistence: 'stored' })
    expect(tab.auth.can('isEditor')).toBe(false)
    await drain()
    expect([disk.log, tab.client.pending, tab.clock.pending, tab.network.listeners]).toEqual([[], [], 0, 0])
    expect(tab.auth.actor.getSnapshot().status).toBe('active')
  })

  it('in a listener that was not there yet', async () => {
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
  it('settles every promise with its code, and leaves no timer and no listener', async () => {
    const uncaught = await uncaughtDuring(async () => {
      const tab = openTab({}, await browserWithSession())
      tab.tab.holdStorage()
      const { auth } = tab
      const all = [
        auth.signIn(annsPassword),
        auth.signUp(bobsPassword),
        auth.refresh(),
        auth.getAccessToken(),
        auth.requireUser(),
        auth.fetch(HERE),
      ].map(watch)
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

  it('leaves no timer behind a storage that hangs, and warns of nothing afterwards', async () => {
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

  it.each(['fresh', 'waiting', 'indeterminate'] as const)('in %s leaves no timer and no listener', async (state) => {
    const tab = openTab()
    await tab.signIn()
    if (state !== 'fresh') {
      tab.clock.advance(DUE)
      await drain()
      tab.client.next('refresh').fail(state === 'waiting' ? 'unavailable' : 'network')
      await drain()
    }
    tab.auth.destroy()
    await drain()
    expect([tab.clock.pending, tab.network.listeners]).toEqual([0, 0])
  })

  it('later commands reject, and send nothing', async () => {
    const tab = openTab()
    await tab.signIn()
    const { auth } = tab
    auth.destroy()
    await drain()
    const all = [
      auth.signIn(annsPassword),
      auth.signUp(annsPassword),
      auth.answerChallenge({ code: '1' }),
      auth.signOut(),
      auth.refresh(),
      auth.getAccessToken(),
      auth.requireUser(),
      auth.fetch(HERE),
    ].map(watch)
    auth.cancel()
    auth.dismiss()
    auth.destroy()
    auth.subscribe(() => {})()
    await drain()
    expect(new Set(all.map(({ now }) => now))).toEqual(new Set(['destroyed']))
    expect([tab.client.pending, tab.server.arrived]).toEqual([[], []])
  })

  it('before anything began is an end as well', async () => {
    const disk = createDisk()
    const { auth } = openTab({ storage: disk.storage })
    auth.destroy()
    const signedIn = watch(auth.signIn(annsPassword))
    auth.subscribe(() => {})
    await drain()
    expect([signedIn.now, disk.log]).toEqual(['destroyed', []])
  })

  it('closes every guard', async () => {
    const { auth, signIn } = openTab()
    await signIn()
    expect(auth.can('isEditor')).toBe(true)
    auth.destroy()
    expect(auth.can('isEditor')).toBe(false)
  })

  it('tells no listener anything any more', async () => {
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

  it('signs nobody out: not during a renewal, whose tokens are there for the next page', async () => {
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

  it('signs nobody out: not while a switch of user is being stored', async () => {
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

  it('of a sign-out that is under way answers unknown', async () => {
    const { auth, signIn } = openTab()
    await signIn()
    const out = watch(auth.signOut())
    await drain()
    auth.destroy()
    await drain()
    expect(out.value).toEqual({ revoked: 'unknown' })
  })

  it('inside a listener ends it there', async () => {
    const { auth, signIn } = openTab()
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

  it('a thousand times leaves nothing behind', async () => {
    const clock = fakeClock()
    const browser = fakeBrowser()
    let listeners = 0
    for (let n = 0; n < 1000; n += 1) {
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

describe('a state', () => {
  it('is the same one until something changed that an app can see', async () => {
    const { auth, clock, network, signIn } = openTab()
    await signIn()
    const before = auth.getState()
    network.wake()
    auth.cancel()
    auth.dismiss()
    clock.advance(SECOND)
    await drain()
    expect(auth.getState()).toBe(before)
  })

  it('keeps the user who did not change through a renewal and a confirmation', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    const { user } = tab.auth.getState()
    tab.client.next('getUser').answer({ ...ann })
    await drain()
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer(grant(2, { ...ann }))
    await drain()
    expect(tab.auth.getState().user).toBe(user)
  })

  it('of a renewal is told twice: that it began and that it ended', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    const seen: string[] = []
    auth.subscribe(({ status }) => void seen.push(status))
    void auth.refresh()
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(seen).toEqual(['refreshing', 'authenticated'])
  })
})

describe('a listener', () => {
  it('may listen twice, and stops one at a time', async () => {
    const { auth } = openTab()
    let told = 0
    const listener = (): void => void (told += 1)
    const stop = auth.subscribe(listener)
    auth.subscribe(listener)
    await drain()
    expect(told).toBe(2)
    stop()
    stop()
    void auth.signIn(annsPassword).catch(() => {})
    expect(told).toBe(3)
  })

  it('that throws is reported, and the others are told', async () => {
    const { auth } = openTab()
    const { error } = console
    const lines: unknown[] = []
    console.error = (...line) => void lines.push(...line)
    let told = 0
    try {
      auth.subscribe(() => {
        throw new Error('mine')
      })
      auth.subscribe(() => (told += 1))
      await drain()
    } finally {
      console.error = error
    }
    expect([told, lines.map(String)]).toEqual([1, ['Error: mine']])
  })

  it('that stops another one stops it at once', async () => {
    const { auth } = openTab()
    let told = 0
    let stop = (): void => {}
    auth.subscribe(() => stop())
    stop = auth.subscribe(() => (told += 1))
    await drain()
    expect(told).toBe(0)
  })

  it('that begins to listen during a change is told of the next one, not of this one', async () => {
    const { auth } = openTab()
    const seen: string[] = []
    let isFirst = true
    auth.subscribe(() => {
      if (isFirst) auth.subscribe(({ status }) => void seen.push(status))
      isFirst = false
    })
    await drain()
    expect(seen).toEqual([])
    void auth.signIn(annsPassword).catch(() => {})
    expect(seen).toEqual(['authenticating'])
  })

  it('that signs out when somebody signed in is obeyed, and no one is signed in after', async () => {
    const { auth, client, stored } = openTab()
    const outs: ReturnType<typeof watch>[] = []
    auth.subscribe(({ status }) => {
      if (status === 'authenticated') outs.push(watch(auth.signOut()))
    })
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').answer(grant(1))
    await drain()
    client.next('signOut').answer()
    await drain()
    expect(outs.map(({ value }) => value)).toEqual([{ revoked: 'yes' }])
    expect(signedIn.now).not.toBe('pending')
    expect([auth.getState().status, await stored()]).toEqual(['signedOut', null])
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
