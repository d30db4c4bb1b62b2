import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  browserWithSession,
  browserWithSpend,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  HOUR,
  MINUTE,
  openTab,
  SECOND,
  tolerantClient,
  watch,
} from './support.ts'

describe('a renewal', () => {
  it('a renewal is one request, however many ask for it', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    const asked = Array.from({ length: 20 }, () => watch(auth.refresh()))
    await drain()
    expect(client.counts.refresh).toBe(1)
    client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.map(({ now }) => now)).toEqual(Array.from({ length: 20 }, () => 'resolved'))
    expect(client.spent).toEqual(['refresh-1'])
    expect(await auth.getAccessToken()).toBe('access-2')
  })

  it('a renewal begins by itself when 55 % of the life is over, and again with the next token', async () => {
    const { auth, client, clock, signIn } = openTab()
    await signIn()
    clock.advance(DUE - 2 * SECOND)
    await drain()
    expect(client.counts.refresh).toBe(0)
    clock.advance(2 * SECOND)
    await drain()
    expect(auth.getState().status).toBe('refreshing')
    client.next('refresh').answer(grant(2))
    await drain()
    clock.advance(DUE)
    await drain()
    client.next('refresh').answer(grant(3))
    await drain()
    expect(client.spent).toEqual(['refresh-1', 'refresh-2'])
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', user: ann })
  })

  it('a renewal is marked on disk before the request leaves, and unmarked with its answer', async () => {
    const disk = createDisk()
    const { auth, client, signIn } = openTab({ storage: disk.storage })
    await signIn()
    let open = (): void => {}
    disk.before = (operation) =>
      operation === 'write' ? new Promise((resolve) => (open = resolve)) : Promise.resolve()
    void auth.refresh()
    await drain()
    expect(client.counts.refresh).toBe(0)
    disk.before = () => Promise.resolve()
    open()
    await drain()
    expect(client.counts.refresh).toBe(1)
    expect(disk.record).toMatchObject({ marked: true, generation: 1, refreshToken: 'refresh-1' })
    client.next('refresh').answer(grant(2))
    await drain()
    expect(disk.record).toMatchObject({ marked: false, generation: 2, refreshToken: 'refresh-2' })
  })

  it('a renewal is not told before the new tokens are on disk [4]', async () => {
    const disk = createDisk()
    const { auth, client, signIn } = openTab({ storage: disk.storage })
    await signIn()
    const asked = watch(auth.refresh())
    await drain()
    let open = (): void => {}
    disk.before = () => new Promise((resolve) => (open = resolve))
    client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.now).toBe('pending')
    expect(auth.getState().status).toBe('refreshing')
    expect(await auth.getAccessToken()).toBe('access-1')
    disk.before = () => Promise.resolve()
    open()
    await drain()
    expect(asked.now).toBe('resolved')
    expect(await auth.getAccessToken()).toBe('access-2')
  })

  it('a renewal takes what another tab renewed meanwhile instead of spending [2, 3]', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const one = openTab({}, browser, clock)
    await one.signIn()
    const two = openTab({}, browser, clock)
    await two.boot()
    void one.auth.refresh()
    await drain()
    const asked = watch(two.auth.refresh())
    await drain()
    expect(two.client.counts.refresh).toBe(0)
    one.client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.now).toBe('resolved')
    expect(two.client.counts.refresh).toBe(0)
    expect(await two.auth.getAccessToken()).toBe('access-2')
  })

  it('a renewal is one request for five tabs that come due together [2]', async () => {
    const browser = await browserWithSession()
    const clock = fakeClock()
    const tabs = Array.from({ length: 5 }, () => openTab({}, browser, clock))
    for (const tab of tabs) await tab.boot()
    clock.advance(DUE)
    await drain()
    const busy = tabs.filter(({ client }) => client.counts.refresh > 0)
    expect(busy).toHaveLength(1)
    busy[0]?.client.next('refresh').answer(grant(2))
    await drain()
    expect(tabs.flatMap(({ client }) => client.spent)).toEqual(['refresh-1'])
    expect(await Promise.all(tabs.map(({ auth }) => auth.getAccessToken()))).toEqual(Array(5).fill('access-2'))
  })

  it('a renewal of a tab that died is not repeated by the next one [5, 6, 82]', async () => {
    const browser = await browserWithSpend()
    const next = openTab({}, browser)
    await next.boot()
    expect(next.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
    next.clock.advance(HOUR)
    await drain()
    expect(next.client.spent).toEqual([])
    expect(next.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate', lastUser: ann })
  })

  it('a renewal of a dead tab is repeated where the server tolerates it', async () => {
    const browser = await browserWithSpend()
    const next = openTab({ client: tolerantClient() }, browser)
    await next.boot()
    void next.auth.refresh()
    await drain()
    next.client.next('refresh').answer(grant(2))
    await drain()
    expect(await next.auth.getAccessToken()).toBe('access-2')
  })

  it('a renewal does not leave while the browser says it is offline, and leaves once when it is back [56]', async () => {
    const { auth, client, clock, network, signIn } = openTab()
    await signIn()
    network.goOffline()
    clock.advance(DUE)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting', error: { code: 'offline' } })
    clock.advance(5 * MINUTE)
    network.wake()
    await drain()
    expect(client.counts.refresh).toBe(0)
    network.goOnline()
    await drain()
    expect(client.counts.refresh).toBe(1)
  })
})

describe('an answer that comes too late', () => {
  it('an answer that comes too late after a sign-out only revokes its session [102]', async () => {
    const { auth, client, signIn, stored } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    void auth.signOut()
    await drain()
    client.next('signOut').answer()
    await drain()
    client.next('refresh').answer(grant(2, ann))
    await drain()
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
    expect(auth.getState()).toMatchObject({ status: 'signedOut', user: null })
    expect(await auth.getAccessToken()).toBe(null)
    expect(await stored()).toBe(null)
  })

  it('an answer that comes too late after another user signed in only revokes its session [103]', async () => {
    const { auth, client, signIn, stored } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    await signIn(bob, 7)
    client.next('signOut').answer()
    await drain()
    client.next('refresh').answer(grant(2, ann))
    await drain()
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-2' })
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(await auth.getAccessToken()).toBe('access-7')
    expect(await stored()).toMatchObject({ user: bob, refreshToken: 'refresh-7', marked: false })
  })

  it('a refusal that comes too late, of the session of a user who was switched away from, ends nothing', async () => {
    const { auth, client, signIn, stored } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    await signIn(bob, 7)
    client.next('refresh').fail('session-expired')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: bob, error: null })
    expect(await stored()).toMatchObject({ user: bob })
  })

  it('a renewal is not aborted: leaving its state neither stops nor repeats the spend [22]', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    const spend = client.next('refresh')
    const other = watch(auth.signIn({ email: 'x', password: 'y' }))
    await drain()
    expect(spend.signal.aborted).toBe(false)
    auth.cancel()
    await drain()
    expect(other.now).toBe('cancelled')
    expect(client.spent).toEqual(['refresh-1'])
    spend.answer(grant(2))
    await drain()
    expect(client.spent).toEqual(['refresh-1'])
    expect(await auth.getAccessToken()).toBe('access-2')
    expect(client.counts.signOut).toBe(0)
  })
})

describe('the guard against loops', () => {
  it('the guard against loops lets six renewals a minute through that were not due, and the next one ten seconds later [30]', async () => {
    const { auth, client, clock, signIn } = openTab()
    await signIn()
    for (let n = 2; n <= 7; n += 1) {
      const asked = watch(auth.refresh())
      await drain()
      client.next('refresh').answer(grant(n))
      await drain()
      expect(asked.now).toBe('resolved')
    }
    const seventh = watch(auth.refresh())
    await drain()
    expect(seventh.now).toBe('rate-limited')
    expect(client.counts.refresh).toBe(6)
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting' })
    clock.advance(MINUTE)
    await drain()
    expect(client.counts.refresh).toBe(7)
  })

  it('the guard against loops does not slow down tokens that live for ten seconds [31]', async () => {
    const { client, clock, signIn } = openTab()
    await signIn(ann, 1, { expiresIn: 10 })
    for (let n = 2; n <= 21; n += 1) {
      clock.advance(6 * SECOND)
      await drain()
      client.next('refresh').answer(grant(n, ann, 10))
      await drain()
    }
    expect(client.counts.refresh).toBe(20)
  })
})
