import { AuthError } from '@authchart/core'
import { expect, test } from 'vitest'
import { ada, browserAt, handlerOf, steppedClock, strictUpstream } from './support.ts'

const HOUR = 3_600_000

test('A connection that was idle is tried by a request that loses nothing, and once more, before a token is sent on it', async () => {
  const asked: string[] = []
  const upstream = strictUpstream()
  const { refresh } = upstream.client
  const { client } = {
    client: {
      ...upstream.client,
      async ping() {
        asked.push('ping')
        if (asked.length === 1) throw new AuthError('network')
      },
      refresh: async (...args: Parameters<NonNullable<typeof refresh>>) => {
        asked.push('refresh')
        return refresh!(...args)
      },
    },
  }
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  clock.advance(HOUR)
  expect((await browser.call('refresh', { session: body.session?.id, generation: 1 })).status).toBe(200)
  expect(asked).toEqual(['ping', 'ping', 'refresh'])
  await browser.call('refresh', { session: body.session?.id, generation: 2 })
  expect(asked).toEqual(['ping', 'ping', 'refresh', 'refresh'])
})

test('An upstream that is out of reach is shown no token, and the session goes on when it is back', async () => {
  let isDown = false
  const { client, log } = strictUpstream({
    ping: async () => {
      if (isDown) throw new AuthError('network')
    },
  })
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  clock.advance(HOUR)
  isDown = true
  const ask = () => browser.call('refresh', { session: body.session?.id, generation: 1 })
  const refused = await ask()
  expect([refused.status, refused.body.error?.code]).toEqual([503, 'unavailable'])
  expect(log).not.toContain('refresh')
  isDown = false
  expect((await ask()).body.session).toMatchObject({ generation: 2 })
})

test('A token whose answer is lost for good is sent no second time: the session lasts as long as its access token', async () => {
  let count = 0
  const { client } = strictUpstream({
    refresh: async () => {
      count += 1
      throw new AuthError('network')
    },
  })
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const ask = () => browser.call('refresh', { session: body.session?.id, generation: 1 })
  for (const { status, body: answer } of [await ask(), await ask()])
    expect([status, answer.error?.code]).toEqual([502, 'refresh-indeterminate'])
  expect(count).toBe(1)
  expect((await browser.call('session')).body.session).toMatchObject({ generation: 1 })
  clock.advance(HOUR)
  expect((await ask()).status).toBe(401)
  expect((await browser.call('session')).body.ended).toMatchObject({ reason: 'refresh-indeterminate' })
  expect(count).toBe(1)
})

test('An upstream that takes a token again is asked again for the answer that was lost', async () => {
  let isLost = true
  const upstream = strictUpstream()
  const { refresh } = upstream.client
  const client = {
    ...upstream.client,
    replay: { toleratedFor: 60 },
    refresh: async (...args: Parameters<NonNullable<typeof refresh>>) => {
      if (isLost) throw new AuthError('network')
      return refresh!(...args)
    },
  }
  const browser = browserAt(handlerOf(client).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const ask = () => browser.call('refresh', { session: body.session?.id, generation: 1 })
  expect((await ask()).body.error?.code).toBe('network')
  isLost = false
  expect((await ask()).body.session).toMatchObject({ generation: 2 })
})

test('An upstream that takes a token again is not shown it after the time because it was too busy at the second try', async () => {
  const failures = [new AuthError('network'), new AuthError('rate-limited', { status: 429 })]
  const upstream = strictUpstream()
  const sent: string[] = []
  const client = {
    ...upstream.client,
    replay: { toleratedFor: 60 },
    async refresh({ refreshToken }: { readonly refreshToken: string }) {
      sent.push(refreshToken)
      throw failures.shift() ?? new AuthError('network')
    },
  }
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  const ask = async () => (await browser.call('refresh', { session: body.session?.id, generation: 1 })).body.error?.code
  expect([await ask(), await ask()]).toEqual(['network', 'rate-limited'])
  clock.advance(61_000)
  expect(await ask()).toBe('refresh-indeterminate')
  expect(sent).toHaveLength(2)
})

test('New tokens that are for another user end the session, and that of the other user at the upstream', async () => {
  let user = { id: 'ada', role: 'admin' }
  const signedOut: unknown[] = []
  const { client } = strictUpstream({
    getUser: async () => user,
    signOut: async ({ accessToken }) => void signedOut.push(accessToken),
  })
  const browser = browserAt(handlerOf(client).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  user = { id: 'eve', role: 'admin' }
  const answer = await browser.call('refresh', { session: body.session?.id, generation: 1 })
  expect([answer.status, answer.body.error?.code]).toEqual([401, 'user-mismatch'])
  expect(signedOut).toEqual(['canary-access-2'])
  expect((await browser.call('session')).body.ended).toMatchObject({ reason: 'user-mismatch', user: { id: 'ada' } })
})
