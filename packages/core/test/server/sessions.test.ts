import { expect, test } from 'vitest'
import { ada, browserAt, handlerOf, steppedClock, strictUpstream } from './support.ts'

const HOUR = 3_600_000

test('A sign-in hands the access token to the page and keeps the refresh token in a cookie that no script reads', async () => {
  const { client } = strictUpstream()
  const browser = browserAt(handlerOf(client).handler)
  const { status, body, text } = await browser.call('sign-in', { credentials: ada })
  expect(status).toBe(200)
  expect(body.session).toMatchObject({
    generation: 1,
    user: { id: 'ada', role: 'admin' },
    accessToken: 'canary-access-1',
  })
  expect(text).not.toContain('canary-refresh')
  const [cookie = ''] = browser.setCookies
  expect(cookie).toMatch(
    /^__Host-Http-authchart=1[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  )
  expect(cookie).not.toContain('canary')
})

test('A page that opens finds the session of its browser by one call, which renews nothing', async () => {
  const { client, log } = strictUpstream()
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  await browser.call('sign-in', { credentials: ada })
  log.length = 0
  clock.advance(2 * HOUR)
  const { body } = await browser.call('session')
  expect(body.session).toMatchObject({ generation: 1, age: 2 * HOUR, lifetime: HOUR, renewable: true })
  expect(log).toEqual([])
})

test('A browser without a session is told so', async () => {
  const browser = browserAt(handlerOf(strictUpstream().client).handler)
  expect((await browser.call('session')).body).toEqual({ session: null })
  expect((await browser.call('refresh', { session: 'x', generation: 1 })).status).toBe(401)
})

test('A renewal spends the refresh token once for all tabs that ask at once', async () => {
  const { client, log, replays } = strictUpstream()
  const browser = browserAt(handlerOf(client).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const ask = () => browser.call('refresh', { session: body.session?.id, generation: 1 })
  const answers = await Promise.all([ask(), ask(), ask(), ask(), ask()])
  expect(answers.map((one) => one.body.session?.accessToken)).toEqual(Array(5).fill('canary-access-2'))
  expect(log.filter((call) => call === 'refresh')).toHaveLength(1)
  expect(replays()).toBe(0)
})

test('A page whose answer was lost gets the same tokens with the cookie before, long after', async () => {
  const { client, replays } = strictUpstream()
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const before = new Map(browser.cookies)
  await browser.call('refresh', { session: body.session?.id, generation: 1 })
  // the answer and its cookie never came, and the laptop was shut for a week
  browser.cookies.clear()
  for (const [name, value] of before) browser.cookies.set(name, value)
  clock.advance(7 * 24 * HOUR)
  const found = await browser.call('session')
  expect(found.body.session).toMatchObject({ generation: 2, accessToken: 'canary-access-2' })
  const renewed = await browser.call('refresh', { session: body.session?.id, generation: 2 })
  expect(renewed.body.session).toMatchObject({ generation: 3, accessToken: 'canary-access-3' })
  expect(replays()).toBe(0)
})

test('The cookie before is good for thirty seconds after the browser has shown the new one, and not for longer', async () => {
  const { client, replays } = strictUpstream()
  const clock = steppedClock()
  const { handler } = handlerOf(client, { clock })
  const browser = browserAt(handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const late = browserAt(handler)
  for (const [name, value] of browser.cookies) late.cookies.set(name, value)
  const copied = new Map(late.cookies)
  await browser.call('refresh', { session: body.session?.id, generation: 1 })
  await browser.call('session')
  clock.advance(29_000)
  expect((await late.call('session')).body.session).toMatchObject({ generation: 2 })
  for (const [name, value] of copied) late.cookies.set(name, value)
  clock.advance(2000)
  expect((await late.call('session')).body).toEqual({ session: null })
  for (const [name, value] of copied) late.cookies.set(name, value)
  expect((await late.call('refresh', { session: body.session?.id, generation: 1 })).status).toBe(401)
  expect(replays()).toBe(0)
})

test('A session that the upstream refuses is over, and every later page hears why', async () => {
  const { client, sessions } = strictUpstream()
  const browser = browserAt(handlerOf(client).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  sessions.clear()
  const refused = await browser.call('refresh', { session: body.session?.id, generation: 1 })
  expect([refused.status, refused.body.error?.code]).toEqual([401, 'session-expired'])
  expect((await browser.call('session')).body.ended).toMatchObject({ reason: 'session-expired', user: { id: 'ada' } })
})

test('A sign-out reaches the upstream also when the access token has ended', async () => {
  const { client, log, sessions } = strictUpstream()
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  clock.advance(2 * HOUR)
  expect((await browser.call('sign-out', { session: body.session?.id })).status).toBe(200)
  expect(log.slice(-3)).toEqual(['refresh', 'getUser', 'signOut'])
  expect(sessions.size).toBe(0)
  expect(browser.cookies.size).toBe(0)
})

test('A cookie that was stolen is worth nothing after the sign-out', async () => {
  const { client, replays } = strictUpstream({ signOut: () => Promise.reject(new Error('down')) })
  const { handler } = handlerOf(client)
  const browser = browserAt(handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const thief = browserAt(handler)
  for (const [name, value] of browser.cookies) thief.cookies.set(name, value)
  const stolen = new Map(thief.cookies)
  await browser.call('sign-out', { session: body.session?.id })
  expect((await thief.call('session')).body).toEqual({ session: null })
  for (const [name, value] of stolen) thief.cookies.set(name, value)
  expect((await thief.call('refresh', { session: body.session?.id, generation: 1 })).status).toBe(401)
  for (const [name, value] of stolen) thief.cookies.set(name, value)
  expect((await thief.call('user', { session: body.session?.id })).status).toBe(401)
  expect(replays()).toBe(0)
})

test('A sign-in beside a session leaves that as it is until the page has taken the new one', async () => {
  const { client, log } = strictUpstream()
  const browser = browserAt(handlerOf(client).handler)
  const first = await browser.call('sign-in', { credentials: ada })
  const second = await browser.call('sign-in', { credentials: ada })
  expect(second.body.session?.id).not.toBe(first.body.session?.id)
  // it was given up: the page tells that this session is over
  await browser.call('sign-out', { session: second.body.session?.id })
  expect((await browser.call('session')).body.session?.id).toBe(first.body.session?.id)
  const third = await browser.call('sign-in', { credentials: ada })
  // it was taken: the page tells that the one before is over
  await browser.call('sign-out', { session: first.body.session?.id })
  expect((await browser.call('session')).body.session?.id).toBe(third.body.session?.id)
  expect(log.filter((call) => call === 'signOut')).toHaveLength(2)
})

test('A user that changed is kept for the next page, and another user ends the session', async () => {
  let user = { id: 'ada', role: 'admin' }
  const { client } = strictUpstream({ getUser: async () => user })
  const { handler } = handlerOf(client)
  const browser = browserAt(handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  user = { id: 'ada', role: 'user' }
  expect((await browser.call('user', { session: body.session?.id })).body).toEqual({ user })
  expect(await handler.readSession(browser.requestOf('/'))).toEqual({ user: { id: 'ada', role: 'user' } })
  user = { id: 'eve', role: 'user' }
  const answer = await browser.call('user', { session: body.session?.id })
  expect([answer.status, answer.body.error?.code]).toEqual([401, 'user-mismatch'])
  expect((await browser.call('session')).body.ended).toMatchObject({ reason: 'user-mismatch' })
})

test('A secret that took the place of another opens what the other sealed', async () => {
  const { client } = strictUpstream()
  const browser = browserAt(handlerOf(client).handler)
  await browser.call('sign-in', { credentials: ada })
  const next = 'another secret of at least thirty-two characters'
  const { SECRET: old } = await import('./support.ts')
  const rotated = handlerOf(client, { secrets: [next, old] }).handler
  expect(await rotated.readSession(browser.requestOf('/'))).toMatchObject({ user: { id: 'ada' } })
  const without = handlerOf(client, { secrets: [next] }).handler
  expect(await without.readSession(browser.requestOf('/'))).toBeNull()
})

test('Secrets that are read at the first request, and are too short then, are said to be', async () => {
  const { client } = strictUpstream()
  const { handler } = handlerOf(client, { secrets: () => ['short'] })
  const { status, body } = await browserAt(handler).call('sign-in', { credentials: ada })
  expect([status, body.error?.code]).toEqual([500, 'misconfigured'])
})

test('The context of a Worker, whose method takes no call without it, keeps what goes on when the answer has been sent', async () => {
  class Context {
    readonly #kept: Promise<unknown>[] = []
    waitUntil(promise: Promise<unknown>): void {
      this.#kept.push(promise)
    }
    get kept(): number {
      return this.#kept.length
    }
  }
  const { client } = strictUpstream()
  const { handler } = handlerOf(client)
  const browser = browserAt(handler)
  await browser.call('sign-in', { credentials: ada })
  await browser.call('sign-in', { credentials: ada })
  const context = new Context()
  const headers = { 'content-type': 'application/json', 'x-authchart': '1' }
  const request = browser.requestOf('/auth/session', { method: 'POST', headers, body: '{}' })
  expect((await handler(request, context)).status).toBe(200)
  // the answer itself, and the end of the session that was replaced
  expect(context.kept).toBe(2)
})
