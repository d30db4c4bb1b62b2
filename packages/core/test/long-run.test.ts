/** What only shows after a while, or when many do the same at once. */
import { AuthError } from '@authchart/core'
import type { FakeClock } from '@authchart/core/testing'
import { describe, expect, inject, it } from 'vitest'
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
  watchAll,
} from './support.ts'

const HERE = 'https://api.test/posts'

describe('many sessions that began together', () => {
  it('many sessions that began together are renewed at different times: between the half and six tenths of their life [30, 83]', async () => {
    const firsts: number[] = []
    for (const chance of [0, 0.25, 0.4, 0.75, 0.999]) {
      const tab = openTab({ random: () => chance })
      await tab.signIn()
      let minutes = 0
      while (tab.client.counts.refresh === 0 && minutes < 60) {
        minutes += 1
        tab.clock.advance(MINUTE)
        await drain()
      }
      firsts.push(minutes)
    }
    expect(firsts).toEqual([30, 32, 33, 35, 36])
  })

  it('many sessions that began together and whose server was away come back at different times [30]', async () => {
    const pauses: number[] = []
    for (const chance of [0.1, 0.5, 0.9]) {
      const tab = openTab({ random: () => chance })
      await tab.signIn()
      void tab.auth.refresh().catch(() => {})
      await drain()
      for (let failures = 0; failures < 4; failures += 1) {
        tab.client.next('refresh').fail(busy())
        await drain()
        let waited = 0
        while (!tab.client.has('refresh') && waited < 60) {
          waited += 0.1
          tab.clock.advance(100)
          await drain()
        }
        if (failures === 3) pauses.push(Math.round(waited * 10) / 10)
      }
    }
    // the fourth pause is between four seconds and eight
    expect(pauses).toEqual([4.4, 6, 7.6])
  })
})

describe('offline when the app is opened', () => {
  it('the session is there offline, unconfirmed; nothing is asked, and nothing is lost [55]', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.network.goOffline()
    await tab.boot()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: false })
    expect(tab.auth.can('isEditor')).toBe(false)
    tab.clock.advance(20 * MINUTE)
    await drain()
    expect(tab.client.pending).toEqual([])
    expect(await tab.stored()).toMatchObject({ refreshToken: 'refresh-1', marked: false })
    tab.network.goOnline()
    await drain()
    tab.client.next('getUser').answer(ann)
    await drain()
    expect([tab.auth.getState(), tab.auth.can('isEditor')]).toMatchObject([{ confirmed: true }, true])
  })

  it('a session is still held long after the access token has ended offline, and renewed once when the connection is back [55]', async () => {
    const clock = fakeClock()
    const browser = await browserWithSession(ann, clock)
    clock.sleep(2 * DAY)
    const tab = openTab({}, browser, clock)
    tab.network.goOffline()
    await tab.boot()
    clock.advance(3 * HOUR)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'waiting' })
    expect(tab.client.pending).toEqual([])
    tab.network.goOnline()
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
  })

  it('requests that need a new token are told offline at once: none is kept for later [162]', async () => {
    const clock = fakeClock()
    const browser = await browserWithSession(ann, clock)
    clock.sleep(2 * HOUR)
    const tab = openTab({}, browser, clock)
    tab.network.goOffline()
    await tab.boot()
    const all = watchAll(Array.from({ length: 1000 }, () => tab.auth.fetch(HERE, { method: 'POST', body: 'x' })))
    await drain()
    await drain()
    expect(new Set(all.map(({ now }) => now))).toEqual(new Set(['offline']))
    tab.network.goOnline()
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.server.arrived).toEqual([])
  })
})

describe('a server that asked to be left alone', () => {
  it('a server that asked to be left alone is not asked any more after the user signed out, and no timer is left [58]', async () => {
    const tab = openTab()
    await tab.signIn()
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').fail(new AuthError('rate-limited', { retryAfter: 30, status: 429 }))
    await drain()
    void tab.auth.signOut()
    await drain()
    tab.client.next('signOut').answer()
    await drain()
    expect(tab.clock.pending).toBe(0)
    tab.clock.advance(HOUR)
    await drain()
    expect(tab.client.counts.refresh).toBe(1)
  })
})

describe('a page in the background', () => {
  /** Timers as a hidden page has them: once a minute, all together. */
  const throttled = (clock: ReturnType<typeof fakeClock>): FakeClock => ({
    ...clock,
    now: clock.now,
    monotonic: clock.monotonic,
    setTimeout: (callback, milliseconds) => {
      const due = clock.monotonic() + milliseconds
      return clock.setTimeout(callback, Math.ceil(due / MINUTE) * MINUTE - clock.monotonic())
    },
  })

  it('a page in the background whose timers come once a minute is renewed late, but before the token ends [80]', async () => {
    const clock = fakeClock()
    const tab = openTab({ clock: throttled(clock) as never })
    await tab.signIn(ann, 1, { expiresIn: 300 })
    for (let n = 2; n < 12; n += 1) {
      let seconds = 0
      while (!tab.client.has('refresh') && seconds < 300) {
        clock.advance(SECOND)
        seconds += 1
        await drain()
        await tab.auth.fetch(HERE)
      }
      // due after 165 seconds, at the latest a minute later
      expect(seconds).toBeGreaterThanOrEqual(165)
      expect(seconds).toBeLessThanOrEqual(225)
      tab.client.next('refresh').answer(grant(n, ann, 300))
      await drain()
    }
    expect(tab.client.spent).toEqual(Array.from({ length: 10 }, (_, n) => `refresh-${n + 1}`))
  })

  it('a page in the background whose timers do not come at all is judged when it is used [80]', async () => {
    const tab = openTab()
    await tab.signIn()
    tab.clock.sleep(2 * HOUR)
    const token = tab.auth.getAccessToken()
    const asked = tab.auth.fetch(HERE)
    await drain()
    expect(tab.server.arrived).toEqual([])
    tab.client.next('refresh').answer(grant(2))
    expect(await token).toBe('access-2')
    await asked
    expect(tab.server.tokens()).toEqual(['access-2'])
    expect(tab.client.spent).toEqual(['refresh-1'])
  })
})

it('the end of the refresh token itself is found out by one request, and is the end [85]', async () => {
  const tab = openTab()
  await tab.signIn()
  tab.clock.sleep(8 * DAY)
  tab.network.wake()
  await drain()
  tab.client.next('refresh').fail(new AuthError('session-expired', { status: 401 }))
  await drain()
  expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired', lastUser: ann })
  tab.clock.advance(DAY)
  tab.network.wake()
  await drain()
  expect(tab.client.spent).toEqual(['refresh-1'])
  expect(tab.client.pending).toEqual([])
})

describe('nothing grows', () => {
  const renewals = inject('suite') === 'whole' ? 10_000 : 1000
  it(`nothing grows over ${renewals} renewals: timers, listeners and stored keys stay as many as they were [160, I3]`, async () => {
    const tab = openTab()
    await tab.signIn()
    const before = [tab.clock.pending, tab.network.listeners, tab.browser.keys().length]
    for (let n = 2; n < renewals + 2; n += 1) {
      tab.clock.advance(DUE)
      await drain()
      tab.client.next('refresh').answer(grant(n))
      await drain()
    }
    expect(tab.client.spent.length).toBe(renewals)
    expect(new Set(tab.client.spent).size).toBe(renewals)
    expect([tab.clock.pending, tab.network.listeners, tab.browser.keys().length]).toEqual(before)
    expect(tab.client.pending).toEqual([])
  })

  const signIns = inject('suite') === 'whole' ? 1000 : 100
  it(`nothing grows over ${signIns} sign-ins and sign-outs in one page [160]`, async () => {
    const tab = openTab({}, fakeBrowser())
    const after: number[][] = []
    for (let n = 1; n <= signIns; n += 1) {
      await tab.signIn(ann, n)
      void tab.auth.signOut()
      await drain()
      tab.client.next('signOut').answer()
      await drain()
      if (n === 1 || n === signIns) after.push([tab.clock.pending, tab.network.listeners, tab.client.pending.length])
    }
    expect(after[1]).toEqual(after[0])
    expect(await tab.stored()).toBe(null)
  })
})
