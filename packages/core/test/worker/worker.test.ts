import { AuthError } from '@authchart/core'
import { afterEach, expect, test, vi } from 'vitest'
import { strictUpstream } from '../server/support.ts'
import { renewInTwoTabs } from '../cookie/page.ts'
import { ada, drainPorts, is, slowRefresh, until, world, type Page } from './page.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
let current: ReturnType<typeof world> | undefined

function set(...args: Parameters<typeof world>) {
  current = world(...args)
  return current
}

afterEach(() => {
  current?.close()
  vi.unstubAllGlobals()
})

/** A page in the middle of the renewal of a session whose access token has ended. */
async function renewing({ open, clock }: ReturnType<typeof world>, begun: Promise<void>): Promise<Page> {
  const page = open()
  await page.auth.signIn(ada)
  clock.advance(2 * HOUR)
  void page.auth.refresh().catch(() => {})
  await begun
  return page
}

test('A reload finds the session, and nothing that a page hears has a refresh token in it', async () => {
  const { open, told, clock, record, upstream } = set()
  const one = open()
  await one.auth.signIn(ada)
  expect(one.auth.capabilities().custody).toBe('worker')
  clock.advance(40 * MINUTE)
  await one.auth.refresh()
  one.kill()
  const { auth } = open()
  await until(auth, (state) => state.status === 'authenticated' && state.confirmed)
  expect(await auth.getAccessToken()).toBe('canary-access-2')
  expect(await record()).toMatchObject({ accessToken: 'canary-access-2', refreshToken: 'canary-refresh-2' })
  expect(JSON.stringify(told)).toContain('canary-access-2')
  expect(JSON.stringify(told)).not.toContain('canary-refresh')
  expect(upstream.replays()).toBe(0)
})

test('A renewal that is due spends the refresh token once for two tabs, and both go on with the new one', async () => {
  const { open, clock, upstream } = set()
  await renewInTwoTabs(() => open().auth, clock, upstream.log)
})

test('A page that dies in the middle of a renewal leaves the next page signed in with what came of it', async () => {
  const { upstream, begun, go } = slowRefresh()
  const browser = set(upstream)
  const one = await renewing(browser, begun)
  const { open } = browser
  one.kill()
  const { auth } = open()
  const there = until(auth, (state) => state.status === 'authenticated' && state.renewal === 'idle')
  go()
  await there
  expect(await auth.getAccessToken()).toBe('canary-access-2')
  expect([upstream.log.filter((call) => call === 'refresh').length, upstream.replays()]).toEqual([1, 0])
})

test('A page that dies after its mark and before its token left loses nothing: the mark that lasts is the worker’s', async () => {
  const { open, clock, record, browser, upstream } = set()
  const one = open()
  await one.auth.signIn(ada)
  clock.advance(2 * HOUR)
  const before = await record()
  void one.auth.refresh().catch(() => {})
  await expect.poll(async () => (await record())?.['revision'] !== before?.['revision']).toBe(true)
  one.kill()
  const { auth } = open()
  await until(auth, (state) => state.status === 'authenticated' && state.renewal === 'idle')
  expect(upstream.replays()).toBe(0)
  expect(browser.keys()).toEqual(['authchart:https://api.example'])
})

test('A worker that is stopped in the middle of a renewal leaves word that the token may be spent', async () => {
  const { upstream, begun, go } = slowRefresh()
  const browser = set(upstream)
  const one = await renewing(browser, begun)
  const { open, stopWorker, record } = browser
  stopWorker()
  one.kill()
  go()
  expect(await record()).toMatchObject({ marked: true, refreshToken: 'canary-refresh-1' })
  const { auth } = open()
  expect(await until(auth, is('expired'))).toMatchObject({ reason: 'refresh-indeterminate' })
  expect(upstream.replays()).toBe(0)
})

test('A token whose answer is lost while another page waits for it is not sent again by that page', async () => {
  const { upstream, begun, go } = slowRefresh()
  const refresh = upstream.client.refresh
  upstream.client.refresh = (...args) => refresh(...args).then(() => Promise.reject(new TypeError('fetch failed')))
  const browser = set(upstream)
  const one = await renewing(browser, begun)
  const { open } = browser
  one.kill()
  const { auth } = open()
  const expired = until(auth, is('expired'))
  // it has read the record, and means to renew it
  await until(auth, is('refreshing'))
  await drainPorts()
  go()
  expect(await expired).toMatchObject({ reason: 'refresh-indeterminate' })
  expect(upstream.log.filter((call) => call === 'refresh')).toHaveLength(1)
  expect(upstream.replays()).toBe(0)
})

test('A worker that was stopped while nothing happened goes on: it renews, and signs out with the token', async () => {
  const signedOut: unknown[] = []
  const base = strictUpstream()
  const upstream = {
    ...base,
    client: {
      ...base.client,
      signOut: (...args: Parameters<NonNullable<typeof base.client.signOut>>) => {
        signedOut.push(args[0].refreshToken)
        return base.client.signOut!(...args)
      },
    },
  }
  const { open, clock, stopWorker, record } = set(upstream)
  const { auth } = open()
  await auth.signIn(ada)
  stopWorker()
  clock.advance(40 * MINUTE)
  await auth.refresh()
  expect(await record()).toMatchObject({ generation: 2, refreshToken: 'canary-refresh-2' })
  stopWorker()
  expect(await auth.signOut()).toEqual({ revoked: 'yes' })
  expect(signedOut).toEqual(['canary-refresh-2'])
  expect([await record(), base.sessions.size]).toEqual([null, 0])
})

test.each([
  ['a refusal', () => new AuthError('session-expired', { status: 401 }), 'session-expired'],
  ['a ban', () => new AuthError('account-banned', { status: 403 }), 'account-banned'],
] as const)('%s that comes when the page is gone is found by the next', async (_, error, reason) => {
  const { upstream, begun, go } = slowRefresh()
  const refresh = upstream.client.refresh
  upstream.client.refresh = (...args) => refresh(...args).then(() => Promise.reject(error()))
  const browser = set(upstream)
  const one = await renewing(browser, begun)
  const { open } = browser
  one.kill()
  go()
  expect(await until(open().auth, is('expired'))).toMatchObject({ reason, lastUser: { id: 'ada' } })
})

test('A server that did nothing when the page is gone leaves the token as good as before', async () => {
  const upstream = strictUpstream()
  const refresh = upstream.client.refresh!
  let isAsked = false
  let fail = (): void => {}
  upstream.client.refresh = async (...args) => {
    if (isAsked) return refresh(...args)
    isAsked = true
    await new Promise<void>((resolve) => (fail = resolve))
    throw new AuthError('unavailable', { status: 503 })
  }
  const { open, clock, record } = set(upstream)
  const one = open()
  await one.auth.signIn(ada)
  clock.advance(2 * HOUR)
  void one.auth.refresh().catch(() => {})
  await expect.poll(() => isAsked).toBe(true)
  expect(await record()).toMatchObject({ marked: true })
  one.kill()
  fail()
  await expect.poll(async () => (await record())?.['marked']).toBe(false)
  await until(open().auth, is('authenticated'))
  await expect.poll(record).toMatchObject({ generation: 2, refreshToken: 'canary-refresh-2' })
})

test('A sign-out in the middle of a renewal wins, and what comes of it is revoked', async () => {
  const { upstream, begun, go } = slowRefresh()
  const { open, clock, record } = set(upstream)
  const one = open()
  await one.auth.signIn(ada)
  clock.advance(40 * MINUTE)
  void one.auth.refresh().catch(() => {})
  await begun
  await one.auth.signOut()
  expect(await record()).toBeNull()
  go()
  one.kill()
  await expect.poll(() => upstream.sessions.size).toBe(0)
  expect(await record()).toBeNull()
  await until(open().auth, is('anonymous'))
})

test('A sign-in in another tab in the middle of a renewal takes its place, and what comes of that is revoked', async () => {
  const { upstream, begun, go } = slowRefresh()
  const { open, clock, record } = set(upstream)
  const [one, other] = [open(), open()]
  await one.auth.signIn(ada)
  await until(other.auth, is('authenticated'))
  clock.advance(40 * MINUTE)
  void one.auth.refresh().catch(() => {})
  await begun
  await other.auth.signIn(ada)
  const stored = await record()
  go()
  await until(one.auth, (state) => state.status === 'authenticated' && state.renewal === 'idle')
  await expect.poll(() => upstream.sessions.size).toBe(1)
  expect(await record()).toMatchObject({ id: stored?.['id'] })
})

test('A sign-in that is cancelled leaves the user signed in who was', async () => {
  const base = strictUpstream()
  let go = (): void => {}
  let isSlow = false
  const signIn = base.client.signIn
  base.client.signIn = async (...args) => {
    const grant = await signIn.call(base.client, ...args)
    if (isSlow) await new Promise<void>((resolve) => (go = resolve))
    return grant
  }
  const { open, record } = set(base)
  const { auth } = open()
  await auth.signIn(ada)
  const before = await record()
  isSlow = true
  const late = auth.signIn({ ...ada, email: 'ada+2@example.com' })
  await expect.poll(() => base.sessions.size).toBe(2)
  auth.cancel()
  await expect(late).rejects.toMatchObject({ code: 'cancelled' })
  go()
  await expect.poll(() => base.sessions.size).toBe(1)
  expect(await record()).toMatchObject({ id: before?.['id'] })
  expect(auth.getState()).toMatchObject({ status: 'authenticated' })
})

test('Without a worker the page does it all, says so, and the two read the record of each other', async () => {
  const without = set(strictUpstream(), { hasWorker: false })
  const one = without.open()
  await one.auth.signIn(ada)
  expect(one.auth.capabilities().custody).toBe('page')
  without.clock.advance(40 * MINUTE)
  await one.auth.refresh()
  expect(await without.record()).toMatchObject({ generation: 2, refreshToken: 'canary-refresh-2' })
  expect(without.told).toEqual([])
})

test('A failed sign-in says why, as without a worker', async () => {
  const { open } = set()
  const wrong = open().auth.signIn({ ...ada, password: 'wrong' })
  await expect(wrong).rejects.toMatchObject({ name: 'AuthError', code: 'invalid-credentials', status: 401 })
})

test('A worker of another client in its place is none: the page does it all itself', async () => {
  const { open, told, upstream, replaceWorker } = set()
  replaceWorker({ ...upstream.client, origin: 'https://other.example' })
  const one = open()
  await one.auth.signIn(ada)
  expect(one.auth.capabilities().custody).toBe('page')
  expect(told).toMatchObject([{ error: { code: 'misconfigured' } }])
})
