import { AuthError, type AuthClient } from '@authchart/core'
import { expect, test } from 'vitest'
import { ada, browserAt, handlerOf, steppedClock, strictUpstream, type Password, type User } from './support.ts'

function withSecondFactor() {
  const upstream = strictUpstream()
  const { signIn } = upstream.client
  const client: AuthClient<User, Password> = {
    ...upstream.client,
    signIn: async (credentials) => ({ challenge: { kind: 'totp', handle: credentials, expiresIn: 120 } }),
    async answerChallenge({ handle, code }, call) {
      if (code !== '123456') throw new AuthError('invalid-code', { status: 401 })
      return signIn(handle as Password, call)
    },
  }
  return { ...upstream, client }
}

test('A second factor is asked for without the password ever reaching the page again in the clear', async () => {
  const browser = browserAt(handlerOf(withSecondFactor().client).handler)
  const asked = await browser.call('sign-in', { credentials: ada })
  expect(asked.body.challenge).toMatchObject({ kind: 'totp' })
  expect(asked.text).not.toContain('canary')
  const handle = asked.body.challenge?.handle
  const wrong = await browser.call('challenge', { handle, code: '000000' })
  expect([wrong.status, wrong.body.error?.code]).toEqual([401, 'invalid-code'])
  const { body } = await browser.call('challenge', { handle, code: '123456' })
  expect(body.session?.user).toEqual({ id: 'ada', role: 'admin' })
})

test('A second factor that comes too late is refused', async () => {
  const clock = steppedClock()
  const browser = browserAt(handlerOf(withSecondFactor().client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  clock.advance(120_000)
  const late = await browser.call('challenge', { handle: body.challenge?.handle, code: '123456' })
  expect([late.status, late.body.error?.code]).toEqual([401, 'challenge-expired'])
})

test('A second factor whose time cannot be read may be answered for five minutes', async () => {
  const upstream = withSecondFactor()
  const client = {
    ...upstream.client,
    signIn: async (handle: Password) => ({
      challenge: { kind: 'totp', handle, expiresIn: 'soon' as unknown as number },
    }),
  }
  const clock = steppedClock()
  const browser = browserAt(handlerOf(client, { clock }).handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  clock.advance(299_000)
  const answered = await browser.call('challenge', { handle: body.challenge?.handle, code: '123456' })
  expect(answered.status).toBe(200)
})

test('What is no challenge of this handler is none', async () => {
  const browser = browserAt(handlerOf(withSecondFactor().client).handler)
  await browser.call('sign-in', { credentials: ada })
  for (const handle of [undefined, null, 'x', {}, browser.cookies.values().next().value])
    expect((await browser.call('challenge', { handle, code: '123456' })).body.error?.code).toBe('challenge-expired')
})

test('A sign-in that nobody waits for any more is revoked', async () => {
  const { client, sessions } = strictUpstream()
  const { handler } = handlerOf(client)
  const page = new AbortController()
  const browser = browserAt(handler)
  const request = browser.requestOf('/auth/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-authchart': '1' },
    body: JSON.stringify({ credentials: ada }),
    signal: page.signal,
  })
  const answer = handler(request)
  page.abort()
  const response = await answer
  expect(response.headers.getSetCookie()).toEqual([])
  await expect.poll(() => sessions.size).toBe(0)
})
