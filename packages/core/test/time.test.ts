import type { FakeClock } from '@authchart/core/testing'
import { describe, expect, it } from 'vitest'
import {
  ann,
  browserWithSession,
  busy,
  DAY,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  HOUR,
  MINUTE,
  openTab,
  SECOND,
  uncaughtDuring,
  watch,
  type Tab,
} from './support.ts'

const signedInFor = async (expiresIn: unknown, more: object = {}) => {
  const tab = openTab(more)
  await tab.signIn(ann, 1, { expiresIn })
  return tab
}

/** Time in which every renewal brings tokens of that lifetime, and the user is still the same. */
async function pass(duration: number, expiresIn: number, clock: FakeClock, ...tabs: readonly Tab[]): Promise<void> {
  for (let left = duration; left >= 0; left -= SECOND) {
    await drain()
    for (const { client } of tabs) {
      const n = 1 + tabs.reduce((sum, tab) => sum + tab.client.counts.refresh, 0)
      if (client.has('refresh')) client.next('refresh').answer(grant(n, ann, expiresIn))
      if (client.has('getUser')) client.next('getUser').answer(ann)
    }
    await drain()
    if (left > 0) clock.advance(SECOND)
  }
}

describe('a lifetime', () => {
  // seconds that count, by hand: nonsense is one hour, as the RFC advises where nothing is said
  const lifetimes: readonly (readonly [unknown, number])[] = [
    [3600, 3600],
    ['3600', 3600],
    [60, 60],
    [0.5, 0.5],
    [undefined, 3600],
    [null, 3600],
    [Number.NaN, 3600],
    [Infinity, 3600],
    ['soon', 3600],
    ['', 3600],
    ['1e3', 3600],
    ['0x10', 3600],
    [' 60', 3600],
    [{}, 3600],
    [true, 3600],
    // more than a year is a year, more than thirty are nonsense
    [40_000_000, 31_536_000],
    [1e9, 31_536_000],
    [1e9 + 1, 3600],
    [1e12, 3600],
  ]
  it.each(lifetimes)(
    'a lifetime of %j ends after %d seconds where nothing renews [37, 38]',
    async (expiresIn, seconds) => {
      const { clock, status } = await signedInFor(expiresIn, { without: ['refresh'] })
      clock.advance(seconds * SECOND - 1)
      expect(status()).toBe('authenticated')
      clock.advance(1)
      expect(status()).toBe('expired')
    },
  )

  it.each([0, -1, '0', '-5'])('a lifetime of %j is over at once, where nothing renews [38]', async (expiresIn) => {
    const { auth } = await signedInFor(expiresIn, { without: ['refresh'] })
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired', lastUser: ann })
  })

  it.each([0, -1])(
    'a lifetime of %j is renewed once at once, and no more until a request needs it [38, I8]',
    async (expiresIn) => {
      const tab = await signedInFor(expiresIn)
      expect(tab.client.counts.refresh).toBe(1)
      await pass(10 * MINUTE, expiresIn, tab.clock, tab)
      expect(tab.client.counts.refresh).toBe(1)
      expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'idle', error: null })
    },
  )

  it.each([0.001, 0.5, 1, 5, 9])(
    'a lifetime of %d seconds is renewed once while the page is idle, because a timer would do nothing else [I8]',
    async (expiresIn) => {
      const tab = await signedInFor(expiresIn)
      await pass(10 * MINUTE, expiresIn, tab.clock, tab)
      expect(tab.client.counts.refresh).toBe(1)
      expect(tab.status()).toBe('authenticated')
    },
  )

  it.each([0, 5])(
    'a lifetime of %d seconds is renewed by the requests that need it, once for all [I8]',
    async (expiresIn) => {
      const tab = await signedInFor(expiresIn)
      await pass(10 * MINUTE, expiresIn, tab.clock, tab)
      const asked = ['one', 'two'].map((path) => watch(tab.auth.fetch(`https://api.test/${path}`)))
      await pass(0, expiresIn, tab.clock, tab)
      expect(asked.map(({ now }) => now)).toEqual(['resolved', 'resolved'])
      expect(tab.server.tokens()).toEqual(['access-3', 'access-3'])
      await pass(10 * MINUTE, expiresIn, tab.clock, tab)
      expect(tab.client.counts.refresh).toBe(2)
    },
  )

  it('a lifetime of zero in two tabs: one does not follow the renewal of the other with one of its own [I8]', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const tabs = [openTab({}, browser, clock), openTab({}, browser, clock)] as const
    await tabs[0].signIn(ann, 1, { expiresIn: 0 })
    await tabs[1].boot()
    await pass(10 * MINUTE, 0, clock, ...tabs)
    // the one that opens renews once, to hear who is signed in
    expect(tabs.map(({ client }) => client.counts.refresh)).toEqual([1, 1])
    expect(tabs.map(({ status }) => status())).toEqual(['authenticated', 'authenticated'])
  })

  it('a lifetime of five seconds, over when the page opens: it is renewed once, and the user is confirmed [I8]', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const before = openTab({}, browser, clock)
    await before.signIn(ann, 1, { expiresIn: 5 })
    await pass(MINUTE, 5, clock, before)
    before.auth.destroy()
    const tab = openTab({}, browser, clock)
    await tab.boot()
    await pass(10 * MINUTE, 5, clock, before, tab)
    expect(tab.client.counts.refresh).toBe(1)
    expect(tab.auth.can('isEditor')).toBe(true)
  })

  it('a lifetime of zero whose renewal is lost: the session ends, because no request can use the token [I8]', async () => {
    const { auth, client, clock } = await signedInFor(0)
    client.next('refresh').answer(grant(2, ann, 0))
    await drain()
    const asked = watch(auth.fetch('https://api.test/'))
    await drain()
    client.next('refresh').fail('network')
    await drain()
    expect(asked.now).toBe('refresh-indeterminate')
    clock.advance(SECOND)
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })

  it('a lifetime of five seconds whose renewal is lost: the session ends with the token [I8]', async () => {
    const tab = await signedInFor(5)
    await pass(4 * SECOND, 5, tab.clock, tab)
    // renewed after three seconds, and one second old
    const asked = watch(tab.auth.refresh())
    await drain()
    tab.client.next('refresh').fail('network')
    await drain()
    expect(asked.now).toBe('refresh-indeterminate')
    tab.clock.advance(4 * SECOND - 1)
    expect(tab.status()).toBe('authenticated')
    tab.clock.advance(1)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })

  it('a lifetime of five seconds does not slow down requests that come every six [I8]', async () => {
    const tab = await signedInFor(5)
    await pass(MINUTE, 5, tab.clock, tab)
    for (let n = 1; n <= 10; n += 1) {
      const asked = watch(tab.auth.fetch('https://api.test/'))
      await pass(6 * SECOND, 5, tab.clock, tab)
      expect(asked.now).toBe('resolved')
    }
    expect(tab.client.counts.refresh).toBe(11)
  })

  it('a lifetime of ten seconds is renewed in time, again and again [I8]', async () => {
    const { client, clock } = await signedInFor(10)
    for (let n = 2; n <= 11; n += 1) {
      // at 55 % of its life
      clock.advance(5499)
      await drain()
      expect(client.counts.refresh).toBe(n - 2)
      clock.advance(1)
      await drain()
      client.next('refresh').answer(grant(n, ann, 10))
      await drain()
    }
  })

  it('a lifetime of forty days is renewed once, on the twenty-second', async () => {
    const { client, clock } = await signedInFor(40 * 86_400)
    clock.advance(21 * DAY)
    await drain()
    expect(client.counts.refresh).toBe(0)
    clock.advance(2 * DAY)
    await drain()
    expect(client.counts.refresh).toBe(1)
  })

  it('a lifetime that only the token tells is taken from the token [37]', async () => {
    const token = `h.${btoa(JSON.stringify({ iat: 1000, exp: 1600 }))}.s`
    const tab = openTab({ without: ['refresh'] })
    await tab.signIn(ann, 1, { accessToken: token, expiresIn: undefined })
    tab.clock.advance(10 * MINUTE - 1)
    expect(tab.status()).toBe('authenticated')
    tab.clock.advance(1)
    expect(tab.status()).toBe('expired')
  })

  it.each([{ iat: 1000 }, { exp: 1600 }, { iat: 1600, exp: 1000 }, { iat: '1', exp: '2' }, { iat: 0, exp: 1e18 }])(
    'a lifetime that the token tells wrongly (%j) is one hour [50]',
    async (claims) => {
      const tab = openTab({ without: ['refresh'] })
      await tab.signIn(ann, 1, { accessToken: `h.${btoa(JSON.stringify(claims))}.s`, expiresIn: undefined })
      tab.clock.advance(HOUR - 1)
      expect(tab.status()).toBe('authenticated')
      tab.clock.advance(1)
      expect(tab.status()).toBe('expired')
    },
  )
})

describe('refreshBefore', () => {
  it.each([
    [5 * MINUTE, 55 * MINUTE],
    [0, HOUR],
    [HOUR, 36 * MINUTE],
    [10 * HOUR, 36 * MINUTE],
  ])('a refreshBefore of %d renews an hour after %d [31]', async (refreshBefore, after) => {
    const { client, clock } = await signedInFor(3600, { refreshBefore })
    clock.advance(after - 1)
    await drain()
    expect(client.counts.refresh).toBe(0)
    clock.advance(1)
    await drain()
    expect(client.counts.refresh).toBe(1)
  })
})

describe('a clock', () => {
  it('a clock that is put forward by a day: the next request is renewed first, once [75, 76]', async () => {
    const { auth, client, clock, server } = await signedInFor(3600)
    clock.jump(DAY)
    const asked = watch(auth.fetch('https://api.test/'))
    await drain()
    expect(server.arrived).toEqual([])
    client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.now).toBe('resolved')
    clock.advance(MINUTE)
    await drain()
    expect(client.counts.refresh).toBe(1)
  })

  it('a clock that is put back by a day: the token ends when it does [75, 76]', async () => {
    const { clock, status } = await signedInFor(3600, { without: ['refresh'] })
    clock.jump(-DAY)
    clock.advance(HOUR - 1)
    expect(status()).toBe('authenticated')
    clock.advance(1)
    expect(status()).toBe('expired')
  })

  it('a clock that is put back and forth does not renew for it [76]', async () => {
    const { client, clock, network } = await signedInFor(3600)
    for (const jump of [-DAY, DAY, -HOUR, HOUR]) {
      clock.jump(jump)
      network.wake()
      await drain()
    }
    expect(client.counts.refresh).toBe(0)
  })

  it('a clock that was put back between two pages does not make the token live longer than it does', async () => {
    const clock = fakeClock()
    const browser = await browserWithSession(ann, clock)
    clock.jump(-DAY)
    const tab = openTab({ without: ['refresh'] }, browser, clock)
    await tab.boot()
    clock.advance(HOUR)
    expect(tab.status()).toBe('expired')
  })

  it('a clock that is put back by a day while the user is being asked for does not stop the question', async () => {
    const clock = fakeClock()
    const tab = openTab({}, await browserWithSession(ann, clock), clock)
    await tab.boot()
    tab.client.next('getUser').fail('network')
    await drain()
    clock.jump(-DAY)
    clock.advance(5 * SECOND)
    await drain()
    expect(tab.client.counts.getUser).toBe(2)
  })
})

describe('a sleep', () => {
  it('a sleep over the end of the token leads to one renewal at the wake-up [77, 81]', async () => {
    const { auth, client, clock, network } = await signedInFor(3600)
    clock.sleep(8 * HOUR)
    network.wake()
    network.wake()
    await drain()
    expect(client.counts.refresh).toBe(1)
    expect(auth.getState()).toMatchObject({ status: 'refreshing', user: ann })
  })

  it('a sleep over the end of what cannot be renewed ends the session at the wake-up, without a request where the server cannot be asked', async () => {
    const { client, clock, network, status } = await signedInFor(3600, { without: ['refresh', 'getUser'] })
    clock.sleep(8 * HOUR)
    network.wake()
    await drain()
    expect([status(), client.pending.length]).toEqual(['expired', 0])
  })

  it('a sleep during a pause: the renewal is tried at the wake-up', async () => {
    const { client, clock, network } = await signedInFor(3600)
    clock.advance(DUE)
    await drain()
    client.next('refresh').fail(busy())
    await drain()
    clock.sleep(HOUR)
    network.wake()
    await drain()
    expect(client.counts.refresh).toBe(2)
  })

  it('a sleep after which another tab has renewed, but long ago: what it stored is renewed in turn', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const one = openTab({}, browser, clock)
    await one.signIn()
    const two = openTab({}, browser, clock)
    await two.boot()
    two.tab.kill()
    void one.auth.refresh()
    await drain()
    one.client.next('refresh').answer(grant(2))
    await drain()
    one.auth.destroy()
    one.tab.kill()
    const three = openTab({}, browser, clock)
    clock.sleep(8 * HOUR)
    await three.boot()
    three.client.next('refresh').answer(grant(3))
    await drain()
    expect(await three.auth.getAccessToken()).toBe('access-3')
  })

  it('a sleep that two tabs slept, of which the other renewed in between: this one takes that and renews it, as it is old too', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const one = openTab({}, browser, clock)
    await one.signIn()
    const sleeper = openTab({ tabs: { ...one.tab.tabs, open: () => ({ post() {}, close() {} }) } }, browser, clock)
    await sleeper.boot()
    void one.auth.refresh()
    await drain()
    one.client.next('refresh').answer(grant(2))
    await drain()
    one.auth.destroy()
    clock.sleep(8 * HOUR)
    void sleeper.auth.refresh().catch(() => {})
    await drain()
    expect(sleeper.client.spent).toEqual(['refresh-2'])
  })

  it('twenty glances at a page with a good token cost nothing', async () => {
    const { auth, client, clock, network } = await signedInFor(3600)
    let told = 0
    auth.subscribe(() => (told += 1))
    for (let glance = 0; glance < 20; glance += 1) {
      clock.advance(SECOND)
      network.wake()
      await drain()
    }
    expect([told, client.pending.length]).toEqual([0, 0])
  })
})

it('no time leads to an uncaught error [157]', async () => {
  const uncaught = await uncaughtDuring(async () => {
    const { auth, client, clock, network } = await signedInFor(3600)
    for (const jump of [DAY, -DAY, 400 * DAY, -400 * DAY]) {
      clock.jump(jump)
      network.wake()
      clock.advance(MINUTE)
      await drain()
      if (client.has('refresh')) client.next('refresh').answer(grant(client.counts.refresh + 1))
      await drain()
    }
    expect(auth.getState()).toMatchObject({ user: ann })
  })
  expect(uncaught).toEqual([])
})
