import { AuthError } from '@authchart/core'
import { expect, test } from 'vitest'
import { ada, browserAt, handlerOf, steppedClock, strictUpstream } from './support.ts'

/** A browser that has renewed, and another place that has its cookie of before, too late for it to be good for anything. */
async function withOldCookie() {
  const upstream = strictUpstream()
  const clock = steppedClock()
  const { handler } = handlerOf(upstream.client, { clock })
  const browser = browserAt(handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const session = body.session?.id
  const elsewhere = browserAt(handler)
  for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
  await browser.call('refresh', { session, generation: 1 })
  await browser.call('session')
  clock.advance(31_000)
  return { ...upstream, browser, elsewhere, session }
}

test.each(['refresh', 'session', 'user', 'sign-out'])(
  'An old cookie that comes with "%s" ends nothing but itself',
  async (operation) => {
    const { browser, elsewhere, session, log, replays, sessions } = await withOldCookie()
    log.length = 0
    const answer = await elsewhere.call(operation, { session, generation: 1 })
    expect(answer.body.session ?? null).toBeNull()
    expect(log).toEqual([])
    expect((await browser.call('session')).body.session).toMatchObject({ generation: 2 })
    const renewed = await browser.call('refresh', { session, generation: 2 })
    expect(renewed.body.session).toMatchObject({ generation: 3 })
    expect([replays(), sessions.size]).toEqual([0, 1])
  },
)

/** Two requests of one browser that are under way at once: the second leaves before the answer of the first has come. */
async function twoAtOnce(options: Parameters<typeof strictUpstream>[0] = {}) {
  const upstream = strictUpstream(options)
  const { handler } = handlerOf(upstream.client)
  const browser = browserAt(handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const before = browserAt(handler)
  for (const [name, value] of browser.cookies) before.cookies.set(name, value)
  return { upstream, browser, before, session: body.session!.id }
}

test('A request that was under way when the session ended brings the same word of that', async () => {
  const { upstream, browser, before, session } = await twoAtOnce()
  upstream.sessions.clear()
  expect((await browser.call('user', { session })).status).toBe(401)
  const late = await before.call('session')
  expect(late.body.ended).toMatchObject({ id: session, reason: 'session-expired', user: { id: 'ada' } })
  browser.keep(late.response)
  expect((await browser.call('session')).body.ended).toMatchObject({ id: session, reason: 'session-expired' })
})

test.each(['session-expired', 'account-banned', 'invalid-credentials'] as const)(
  'Two renewals at once that the upstream refuses with "%s" both say that the session is over',
  async (code) => {
    const { upstream, browser, before, session } = await twoAtOnce({
      refresh: () => Promise.reject(new AuthError(code, { status: 401 })),
    })
    const both = [browser, before].map((page) => page.call('refresh', { session, generation: 1 }))
    const reason = code === 'account-banned' ? code : 'session-expired'
    expect((await Promise.all(both)).map(({ body }) => body.error?.code)).toEqual([reason, reason])
    for (const page of [browser, before]) expect((await page.call('session')).body.ended).toMatchObject({ reason })
    expect(upstream.log).not.toContain('signOut')
  },
)

test('A renewal that was under way at a sign-out leaves no word that would speak of an end', async () => {
  const { browser, before, session } = await twoAtOnce()
  await browser.call('sign-out', { session })
  const late = await before.call('refresh', { session, generation: 1 })
  expect(late.status).toBe(401)
  browser.keep(late.response)
  expect((await browser.call('session')).body).toEqual({ session: null })
})

test.each(['refresh', 'user', 'session', 'sign-out'])(
  'The answer of "%s" for the session before comes after the next sign-in was taken, and takes nothing of it away',
  async (operation) => {
    const { browser, before, session } = await twoAtOnce()
    const late = await before.call(operation, { session, generation: 1 })
    const { body } = await browser.call('sign-in', { credentials: ada })
    await browser.call('session')
    browser.keep(late.response)
    expect((await browser.call('session')).body.session?.id).toBe(body.session?.id)
    expect((await browser.call('refresh', { session: body.session?.id, generation: 1 })).status).toBe(200)
  },
)

test('A sign-out wins over a renewal that is under way', async () => {
  let answer = (): void => {}
  const upstream = strictUpstream()
  const refresh = upstream.client.refresh!
  const client = {
    ...upstream.client,
    refresh: async (...args: Parameters<typeof refresh>) => {
      const grant = await refresh(...args)
      await new Promise<void>((resolve) => (answer = resolve))
      return grant
    },
  }
  const { handler } = handlerOf(client)
  const browser = browserAt(handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const other = browserAt(handler)
  for (const [name, value] of browser.cookies) other.cookies.set(name, value)
  const renewal = other.call('refresh', { session: body.session?.id, generation: 1 })
  await expect.poll(() => upstream.log.filter((call) => call === 'refresh').length).toBe(1)
  const leaving = browser.call('sign-out', { session: body.session?.id })
  answer()
  await Promise.all([renewal, leaving])
  expect((await other.call('session')).body).toEqual({ session: null })
  expect((await other.call('refresh', { session: body.session?.id, generation: 2 })).status).toBe(401)
})
