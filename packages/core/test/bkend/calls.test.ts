/** What an app's own requests to bkend bring with them, and what a 401 to one of them means. */
import { createAuth } from '@authchart/core'
import { describe, expect, test } from 'vitest'
import { bkend, type BkendOptions } from '../../src/exports/bkend.ts'
import { fakeClock, fakeNetwork, settle } from '../support.ts'
import { html, json, password, raw, refusal, tokens } from './fake-bkend.ts'

const user = { id: 'u1', email: 'ada@example.com', name: 'Ada', role: 'user' }

interface Sent {
  readonly url: string
  readonly headers: Headers
  readonly body: unknown
}

/** A signed-in app. `answer` is for its own requests, from the first; sign-in and renewals go well. */
async function signedIn(
  answer: (count: number) => Response,
  options: Partial<BkendOptions> = {},
  more: { readonly allowedOrigins?: readonly string[] } = {},
) {
  let renewals = 0
  const sent: Sent[] = []
  const client = bkend({
    publishableKey: 'pk_test',
    ...options,
    fetch: async (input) => {
      const { pathname } = new URL(input as string)
      if (pathname.endsWith('/me')) return json(200, user)
      if (!pathname.endsWith('/refresh')) return json(200, tokens)
      renewals += 1
      return json(200, { ...tokens, accessToken: `access-${1 + renewals}`, refreshToken: `refresh-${2 + renewals}` })
    },
  })
  const auth = createAuth({
    client,
    clock: fakeClock(),
    network: fakeNetwork(),
    random: () => 0.5,
    onWarning: () => {},
    fetch: async (input, init) => {
      sent.push({ url: String(input), headers: new Headers(init?.headers), body: init?.body })
      return answer(sent.length)
    },
    ...more,
  })
  await auth.signIn(password)
  await settle()
  return { auth, client, sent, renewals: () => renewals, origin: client.origin }
}

/** How often a request that is answered so is sent, and how often the token is renewed for it. */
async function countsOf(answer: () => Response): Promise<readonly [sent: number, renewals: number]> {
  const { auth, sent, renewals, origin } = await signedIn((count) => (count === 1 ? answer() : json(200, {})))
  await auth.fetch(`${origin}/v1/data/posts`, { method: 'POST', body: '{}' })
  await settle()
  return [sent.length, renewals()]
}

const once = [1, 0]
const twice = [2, 1]

describe('a 401 whose code says that the token is over', () => {
  test.each([
    'auth/access-token-expired',
    'auth/token-expired',
    'auth/invalid-token',
    'auth/invalid-access-token',
    'auth/invalid-token-format',
    'auth/unauthorized',
    'auth/session-expired',
    'auth/session-not-found',
    'TOKEN_EXPIRED',
    'INVALID_TOKEN',
    'UNAUTHORIZED',
  ])('auth.fetch renews and sends again after a 401 with %s [E1a]', async (code) => {
    expect(await countsOf(() => refusal(401, code))).toEqual(twice)
    // the code outranks what the headers say
    expect(await countsOf(() => refusal(401, code, { 'WWW-Authenticate': 'Basic realm="posts"' }))).toEqual(twice)
  })

  test('the app sees the answer to the second try [E1a]', async () => {
    const { auth, sent, origin } = await signedIn((count) =>
      count === 1 ? refusal(401, 'auth/access-token-expired') : json(200, { id: 'post_1' }),
    )
    const response = await auth.fetch(`${origin}/v1/data/posts`, { method: 'POST', body: '{}' })
    expect(await response.json()).toEqual({ id: 'post_1' })
    expect(sent.map(({ headers, body }) => [headers.get('authorization'), body])).toEqual([
      ['Bearer access-1', '{}'],
      ['Bearer access-2', '{}'],
    ])
  })
})

describe('a 401 whose code is about something else', () => {
  test.each([
    'auth/invalid-password',
    'auth/invalid-credentials',
    'auth/invalid-mfa-code',
    'auth/invalid-oauth-code',
    'auth/verification-token-expired',
    'auth/missing-authorization-header',
    'auth/invalid-refresh-token',
    'auth/mfa-required',
    'auth/user-not-found',
    'auth/account-banned',
    'user/forbidden',
    'TOKEN_REVOKED',
    'INVALID_PASSWORD',
  ])('auth.fetch sends once and renews nothing after a 401 with %s [E1a]', async (code) => {
    expect(await countsOf(() => refusal(401, code))).toEqual(once)
    expect(await countsOf(() => refusal(401, code, { 'WWW-Authenticate': 'Bearer' }))).toEqual(once)
    expect(await countsOf(() => json(401, { success: false, error: { code, message: 'text' } }))).toEqual(once)
  })

  test('the app can read a 401 that auth.fetch has read [E1a]', async () => {
    const { auth, origin } = await signedIn(() => refusal(401, 'auth/invalid-password'))
    const response = await auth.fetch(`${origin}/v1/auth/password/change`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      error: { code: 'auth/invalid-password', message: 'in the words of the server' },
    })
  })

  test('auth.fetch sends once after a 401 about something else behind a redirect [E1a]', async () => {
    const redirected = (): Response => {
      const response = refusal(401, 'auth/invalid-password')
      Object.defineProperty(response, 'redirected', { value: true })
      response.clone = redirected
      return response
    }
    expect(await countsOf(redirected)).toEqual(once)
  })
})

describe('a 401 without a known code', () => {
  const bodies: [name: string, body: (headers: Record<string, string>) => Response][] = [
    ['a new code', (headers) => refusal(401, 'auth/some-future-code', headers)],
    ['a message', (headers) => json(401, { message: 'no' }, headers)],
    ['the words of the status', (headers) => json(401, { error: 'Unauthorized', message: 'Unauthorized' }, headers)],
    ['an OAuth error', (headers) => json(401, { error: 'invalid_token' }, headers)],
    ['no body', (headers) => raw(401, null, headers)],
    ['half a body', (headers) => raw(401, '{"error":{"code":"auth/invalid-passw', headers)],
    ['a page', (headers) => html(401, headers)],
    [
      'a code in a text',
      (headers) => raw(401, '{"error":{"code":"auth/invalid-password"}}', { ...headers, 'Content-Type': 'text/plain' }),
    ],
    ['a body that is too large', (headers) => raw(401, JSON.stringify({ error: 'x'.repeat(65_536) }), headers)],
  ]

  test.each(bodies)(
    'a 401 with %s refuses the token if it asks for a Bearer token or for nothing [E1b]',
    async (_, body) => {
      expect(await countsOf(() => body({}))).toEqual(twice)
      expect(await countsOf(() => body({ 'WWW-Authenticate': 'Bearer error="invalid_token"' }))).toEqual(twice)
      expect(await countsOf(() => body({ 'WWW-Authenticate': 'Basic realm="a", bearer' }))).toEqual(twice)
    },
  )

  test.each(bodies)('auth.fetch sends once after a 401 with %s that asks for something else [E1b]', async (_, body) => {
    for (const challenge of [
      'Basic realm="admin"',
      'DPoP algs="ES256"',
      'ApiKey',
      'Bearer error="insufficient_scope"',
      'Bearer error="insufficient_user_authentication", max_age="5"',
    ]) {
      expect(await countsOf(() => body({ 'WWW-Authenticate': challenge })), challenge).toEqual(once)
    }
  })
})

test('an answer with another status is not looked at beyond that', () => {
  const { isRefused } = bkend({ publishableKey: 'pk_test' })
  for (const status of [200, 204, 304, 400, 403, 404, 419, 429, 500]) {
    const touched: string[] = []
    const response = new Proxy({} as Response, {
      get: (_, name) => (touched.push(String(name)), name === 'status' ? status : undefined),
    })
    expect(isRefused(response), `${status}`).toBe(false)
    expect(touched, `${status}`).toEqual(['status'])
  }
})

test('a refusal whose body was read already goes by its headers', async () => {
  const { isRefused } = bkend({ publishableKey: 'pk_test' })
  const read = refusal(401, 'auth/invalid-password')
  await read.text()
  expect(await isRefused(read)).toBe(true)
  const locked = refusal(401, 'auth/invalid-password', { 'WWW-Authenticate': 'Basic' })
  locked.body?.getReader()
  expect(await isRefused(locked)).toBe(false)
})

describe('what bkend wants on every call', () => {
  test('auth.fetch brings the publishable key [E2a, W2]', async () => {
    const { auth, sent, origin } = await signedIn(() => json(200, []))
    await auth.fetch(`${origin}/v1/data/posts`)
    expect(Object.fromEntries(sent[0]!.headers)).toEqual({ authorization: 'Bearer access-1', 'x-api-key': 'pk_test' })
  })

  test('auth.fetch brings the project and its environment in the early dialect [E2b]', async () => {
    const { auth, sent, origin } = await signedIn(() => json(200, []), { dialect: 'early', environment: 'dev' })
    await auth.fetch(`${origin}/v1/data/posts`)
    expect(Object.fromEntries(sent[0]!.headers)).toEqual({
      authorization: 'Bearer access-1',
      'x-environment': 'dev',
      'x-project-id': 'pk_test',
    })
  })

  test('auth.fetch brings the key to bkend only, and never in place of a header of the app [E2a]', async () => {
    const other = 'https://files.example'
    const { auth, sent, origin } = await signedIn(
      () => json(200, []),
      {},
      {
        allowedOrigins: ['https://api-client.bkend.ai', other],
      },
    )
    await auth.fetch(`${other}/photo`)
    await auth.fetch('https://elsewhere.example/photo')
    await auth.fetch(`${origin}/v1/data/posts`, { headers: { 'x-api-key': 'pk_own' } })
    expect(sent.map(({ headers }) => headers.get('x-api-key'))).toEqual([null, null, 'pk_own'])
  })
})
