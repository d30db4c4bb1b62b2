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
