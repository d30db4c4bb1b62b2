import { expect, test } from 'vitest'
import { ada, is, renewInTwoTabs, strictUpstream, until, world } from './page.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('A reload finds the user by one call, and the server confirms them by another', async () => {
  const { open, calls } = world()
  await open().signIn(ada)
  calls.length = 0
  const page = open()
  await until(page, (state) => state.status === 'authenticated' && state.confirmed)
  expect(calls).toEqual(['session', 'user'])
  expect(page.can('isAdmin')).toBe(true)
})

test('A renewal that is due spends the refresh token once for two tabs, and both go on with the new one', async () => {
  const { open, clock, upstream } = world()
  await renewInTwoTabs(open, clock, upstream.log)
})

test('A sign-out in one tab signs the other out, and the next page too', async () => {
  const { open, upstream, browser } = world()
  const one = open()
  await one.signIn(ada)
  const other = open()
  await until(other, is('authenticated'))
  expect(await one.signOut()).toEqual({ revoked: 'yes' })
  await until(other, is('signedOut'))
  expect(upstream.sessions.size).toBe(0)
  expect(browser.cookies.size).toBe(0)
  await until(open(), is('anonymous'))
})

test('A sign-out without a connection does not come back after a reload, and is made good there', async () => {
  const { open, line, upstream, browser } = world()
  const page = open()
  await page.signIn(ada)
  line.isDown = true
  expect(await page.signOut()).toEqual({ revoked: 'unknown' })
  expect(browser.cookies.size).toBe(1)
  line.isDown = false
  const next = open()
  await until(next, is('anonymous'))
  await expect.poll(() => upstream.sessions.size).toBe(0)
  expect(browser.cookies.size).toBe(0)
})

test('A renewal whose answer is lost is asked for again, and brings what the first one brought', async () => {
  const { open, clock, line, upstream } = world()
  const page = open()
  await page.signIn(ada)
  clock.advance(40 * MINUTE)
  line.losesAnswers = true
  await page.refresh().catch(() => {})
  line.losesAnswers = false
  clock.advance(10_000)
  await until(page, (state) => state.status === 'authenticated' && state.renewal === 'idle')
  expect(await page.getAccessToken()).toBe('canary-access-2')
  expect(upstream.replays()).toBe(0)
})

test('A page that died in the middle of a renewal leaves the next page signed in', async () => {
  const { open, clock, line, upstream } = world()
  const page = open()
  await page.signIn(ada)
  clock.advance(2 * HOUR)
  line.losesAnswers = true
  await page.refresh().catch(() => {})
  page.destroy()
  line.losesAnswers = false
  clock.advance(HOUR)
  const next = open()
  await until(next, (state) => state.status === 'authenticated' && state.confirmed)
  expect(upstream.replays()).toBe(0)
})

test('A session that the upstream ended is expired in every tab and after a reload, with its user', async () => {
  const { open, clock, upstream, browser } = world()
  const one = open()
  await one.signIn(ada)
  const other = open()
  await until(other, is('authenticated'))
  upstream.sessions.clear()
  clock.advance(40 * MINUTE)
  await one.refresh().catch(() => {})
  expect(one.getState()).toMatchObject({ status: 'expired', reason: 'session-expired' })
  await until(other, is('expired'))
  const next = open()
  expect(await until(next, is('expired'))).toMatchObject({ lastUser: { id: 'ada' } })
  next.dismiss()
  await until(next, is('anonymous'))
  await expect.poll(() => browser.cookies.size).toBe(0)
  await until(open(), is('anonymous'))
})

test('A page that finds nothing where its session was is signed out', async () => {
  const { open, browser, clock } = world()
  const page = open()
  await page.signIn(ada)
  browser.cookies.clear()
  clock.advance(40 * MINUTE)
  await page.refresh().catch(() => {})
  expect(page.getState().status).toBe('signedOut')
})

test('A page that has lost its connection stays signed in for as long as that lasts', async () => {
  const { open, clock, line } = world()
  const page = open()
  await page.signIn(ada)
  line.isDown = true
  clock.advance(3 * HOUR)
  await until(page, (state) => state.status === 'authenticated' && state.renewal === 'waiting')
  clock.advance(24 * HOUR)
  const away = await until(page, (state) => state.status === 'authenticated' && state.renewal === 'waiting')
  // the session is where it was, and the next page will find it
  expect(away.persistence).toBe('stored')
  line.isDown = false
  clock.advance(10 * MINUTE)
  await until(page, (state) => state.status === 'authenticated' && state.renewal === 'idle')
})

test('A sign-in that is cancelled leaves the user signed in who was', async () => {
  let release = (): void => {}
  const upstream = strictUpstream()
  const { signIn } = upstream.client
  let count = 0
  const slow = {
    ...upstream,
    client: {
      ...upstream.client,
      signIn: async (...args: Parameters<typeof signIn>) => {
        count += 1
        if (count === 2) await new Promise<void>((resolve) => (release = resolve))
        return signIn(...args)
      },
    },
  }
  const { open, browser } = world(slow)
  const page = open()
  await page.signIn(ada)
  const id = (await browser.call('session')).body.session?.id
  const second = page.signIn({ ...ada, email: 'second@example.com' })
  await expect.poll(() => count).toBe(2)
  page.cancel()
  await expect(second).rejects.toMatchObject({ code: 'cancelled' })
  release()
  await expect.poll(() => upstream.log.filter((call) => call === 'signOut').length).toBe(1)
  expect((await browser.call('session')).body.session?.id).toBe(id)
  const next = open()
  expect(await until(next, is('authenticated'))).toMatchObject({ user: { id: 'ada' } })
})

test('No secret is in anything that the page can see but the access token that it needs', async () => {
  const { open, browser, words } = world()
  await open().signIn(ada)
  const seen = JSON.stringify([...words, ...browser.cookies])
  expect(seen).not.toContain('canary')
})

test('A renewal whose answer the handler itself has lost is not asked for again: the session lasts as long as its access token', async () => {
  const upstream = strictUpstream()
  const lossy = { ...upstream, client: { ...upstream.client, refresh: () => Promise.reject(new Error('reset')) } }
  const { open, clock, calls } = world(lossy)
  const page = open()
  await page.signIn(ada)
  clock.advance(40 * MINUTE)
  await until(page, (state) => state.status === 'authenticated' && state.renewal === 'indeterminate')
  calls.length = 0
  clock.advance(10 * MINUTE)
  expect(calls).not.toContain('refresh')
  clock.advance(20 * MINUTE)
  expect(await until(page, is('expired'))).toMatchObject({ reason: 'refresh-indeterminate' })
})
