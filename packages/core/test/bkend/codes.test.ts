import { describe, expect, test } from 'vitest'
import { bkend, type BkendCredentials } from '../../src/exports/bkend.ts'
import type { AuthErrorCode } from '../../src/errors.ts'
import { AuthError } from '../../src/errors.ts'
import { isAccessExpiry, toRefusal } from '../../src/bkend/classify.ts'
import { call, errorOf, fakeBkend, json, password, refusal } from './fake-bkend.ts'

type Row = [code: string, statuses: number[], signIn: AuthErrorCode | 'a challenge', refresh: AuthErrorCode]

/** What every code of bkend means to a sign-in and to a renewal, by hand. */
const table: Row[] = [
  ['auth/invalid-credentials', [401, 400], 'invalid-credentials', 'invalid-credentials'],
  ['auth/email-already-exists', [409, 400], 'email-taken', 'email-taken'],
  ['auth/email-not-verified', [403, 400], 'email-not-verified', 'email-not-verified'],
  ['auth/account-banned', [403, 400], 'account-banned', 'account-banned'],
  ['auth/account-locked', [429, 403], 'account-locked', 'account-locked'],
  ['auth/too-many-requests', [429, 400], 'rate-limited', 'rate-limited'],
  ['auth/too-many-login-attempts', [429, 400], 'rate-limited', 'rate-limited'],
  ['auth/too-many-code-requests', [429, 400], 'rate-limited', 'rate-limited'],
  ['auth/rate-limit', [429, 400], 'rate-limited', 'rate-limited'],
  ['auth/invalid-email', [400], 'invalid-email', 'invalid-email'],
  ['auth/invalid-email-format', [400], 'invalid-email', 'invalid-email'],
  ['auth/invalid-password-format', [400], 'weak-password', 'weak-password'],
  ['auth/weak-password', [400], 'weak-password', 'weak-password'],
  ['auth/same-as-previous-password', [400], 'weak-password', 'weak-password'],
  ['auth/invalid-password', [401, 400], 'invalid-credentials', 'invalid-credentials'],
  ['auth/mfa-required', [403, 400, 401], 'a challenge', 'challenge-required'],
  ['auth/invalid-mfa-code', [401, 400], 'invalid-code', 'invalid-code'],
  ['auth/mfa-already-enabled', [409, 400], 'already-done', 'already-done'],
  ['auth/mfa-not-enabled', [400], 'invalid-request', 'invalid-request'],
  ['auth/unauthorized', [401], 'invalid-credentials', 'session-expired'],
  ['auth/token-expired', [401, 400], 'invalid-credentials', 'session-expired'],
  ['auth/access-token-expired', [401], 'invalid-credentials', 'session-expired'],
  ['auth/invalid-token', [401, 400], 'invalid-credentials', 'session-expired'],
  ['auth/invalid-access-token', [401], 'invalid-credentials', 'session-expired'],
  ['auth/invalid-token-format', [401, 400], 'invalid-credentials', 'session-expired'],
  ['auth/missing-authorization-header', [401], 'misconfigured', 'misconfigured'],
  ['auth/invalid-refresh-token', [401, 400], 'session-expired', 'session-expired'],
  ['auth/session-expired', [401], 'session-expired', 'session-expired'],
  ['auth/session-not-found', [404, 401], 'invalid-credentials', 'session-expired'],
  ['auth/user-not-found', [404, 401], 'invalid-credentials', 'session-expired'],
  ['auth/account-not-found', [404, 401], 'invalid-credentials', 'session-expired'],
  ['auth/magiclink-disabled', [400], 'misconfigured', 'misconfigured'],
  ['auth/verification-token-not-found', [404, 400], 'link-expired', 'link-expired'],
  ['auth/verification-token-expired', [401, 400], 'link-expired', 'link-expired'],
  ['auth/already-verified', [400], 'already-done', 'already-done'],
  ['auth/unsupported-provider', [400], 'misconfigured', 'misconfigured'],
  ['auth/oauth-not-configured', [400], 'misconfigured', 'misconfigured'],
  ['auth/invalid-oauth-code', [401, 400], 'link-expired', 'link-expired'],
  ['auth/oauth-callback-failed', [500, 400], 'unknown', 'unknown'],
  ['auth/account-exists-different-provider', [409], 'email-taken', 'email-taken'],
  ['auth/account-already-linked', [409], 'already-done', 'already-done'],
  ['auth/last-auth-method', [400], 'forbidden', 'forbidden'],
  ['auth/invitation-expired', [400, 410], 'link-expired', 'link-expired'],
  ['user/forbidden', [403, 400], 'forbidden', 'forbidden'],
  // the gateway's own codes: in a call without an access token they can only mean the API key
  ['TOKEN_EXPIRED', [401], 'misconfigured', 'misconfigured'],
  ['INVALID_TOKEN', [401], 'misconfigured', 'misconfigured'],
  ['UNAUTHORIZED', [401], 'misconfigured', 'misconfigured'],
  ['TOKEN_REVOKED', [401], 'misconfigured', 'misconfigured'],
  ['EMAIL_ALREADY_EXISTS', [409], 'email-taken', 'email-taken'],
]

const cases = table.flatMap(([code, statuses, signIn, refresh]) =>
  statuses.map((status) => ({ code, status, signIn, refresh })),
)

const signInWith = (response: Response, credentials: BkendCredentials = password) =>
  errorOf(fakeBkend(response).client.signIn(credentials, call))
const refreshWith = (response: Response) =>
  errorOf(fakeBkend(response).client.refresh({ refreshToken: 'refresh-1' }, call))
const getUserWith = (response: Response) =>
  errorOf(fakeBkend(response).client.getUser({ accessToken: 'access-1' }, call))
const signOutWith = (response: Response) =>
  errorOf(fakeBkend(response).client.signOut({ accessToken: 'access-1', refreshToken: null }, call))

describe('a code says what happened', () => {
  test.each(cases)('$code ($status) to a sign-in: $signIn [53]', async ({ code, status, signIn }) => {
    if (signIn === 'a challenge') {
      const { client } = fakeBkend(refusal(status, code))
      expect(await client.signIn(password, call)).toHaveProperty('challenge.kind', 'totp')
      return
    }
    expect(await signInWith(refusal(status, code))).toMatchObject({ code: signIn, status, serverCode: code })
  })

  test.each(cases)('$code ($status) to a renewal: $refresh [60, 62]', async ({ code, status, refresh }) => {
    expect(await refreshWith(refusal(status, code))).toMatchObject({ code: refresh, status, serverCode: code })
  })

  test('a refused token is the link to a user who redeems one, or a social code', async () => {
    expect((await signInWith(refusal(401, 'auth/invalid-token'), { token: 'from-the-mail' })).code).toBe('link-expired')
    expect((await signInWith(refusal(401, 'auth/token-expired'), { token: 'from-the-mail' })).code).toBe('link-expired')
    const social = { provider: 'google', code: 'from-google' } as const
    expect((await signInWith(refusal(400, 'auth/invalid-oauth-code'), social)).code).toBe('link-expired')
    expect((await signInWith(refusal(404, 'auth/user-not-found'), social)).code).toBe('not-found')
  })

  test('a refused token and a missing user are the end of the access token to a question for the user', async () => {
    for (const [status, code] of [
      [401, 'auth/token-expired'],
      [401, 'TOKEN_EXPIRED'],
      [401, 'INVALID_TOKEN'],
      [401, 'auth/unauthorized'],
      [404, 'auth/user-not-found'],
      [404, 'auth/session-not-found'],
    ] as const) {
      expect((await getUserWith(refusal(status, code))).code, code).toBe('session-expired')
    }
    expect((await getUserWith(refusal(401, 'TOKEN_REVOKED'))).code).toBe('misconfigured')
    expect((await getUserWith(refusal(403, 'auth/account-banned'))).code).toBe('account-banned')
  })

  test('to a sign-out, a refused access token means that it was not heard', async () => {
    expect((await signOutWith(refusal(401, 'auth/token-expired'))).code).toBe('not-authenticated')
    expect((await signOutWith(refusal(401, 'TOKEN_EXPIRED'))).code).toBe('not-authenticated')
    expect((await signOutWith(refusal(404, 'auth/session-not-found'))).code).toBe('not-found')
  })

  test('only what a new access token can cure counts as the end of one [61]', () => {
    const expiry = [
      'auth/token-expired',
      'auth/access-token-expired',
      'auth/invalid-access-token',
      'auth/invalid-token',
      'auth/unauthorized',
      'TOKEN_EXPIRED',
      'INVALID_TOKEN',
    ]
    const other = [
      'auth/invalid-password',
      'auth/invalid-credentials',
      'auth/invalid-mfa-code',
      'auth/verification-token-expired',
      'auth/session-expired',
      'auth/some-future-code',
      'TOKEN_REVOKED',
      '',
    ]
    const asked = (code: string) => toRefusal('account', { status: 401, code, retryAfter: undefined })
    expect(expiry.filter((code) => !isAccessExpiry(asked(code)))).toEqual([])
    expect(other.filter((code) => isAccessExpiry(asked(code)))).toEqual([])
    expect(isAccessExpiry(new AuthError('not-authenticated'))).toBe(false)
    expect(isAccessExpiry(new TypeError('auth/token-expired'))).toBe(false)
  })
})

describe('an unknown code is judged by its status', () => {
  const byStatus: [status: number, signIn: AuthErrorCode, refresh: AuthErrorCode][] = [
    [400, 'invalid-request', 'invalid-request'],
    [401, 'invalid-credentials', 'session-expired'],
    [403, 'forbidden', 'forbidden'],
    // a route that is missing says nothing of the session
    [404, 'not-found', 'unknown'],
    [408, 'timeout', 'timeout'],
    [409, 'invalid-request', 'invalid-request'],
    [422, 'invalid-request', 'invalid-request'],
    [429, 'rate-limited', 'rate-limited'],
    [500, 'unknown', 'unknown'],
    [502, 'unknown', 'unknown'],
    [503, 'unavailable', 'unavailable'],
    [504, 'timeout', 'timeout'],
    [521, 'unknown', 'unknown'],
  ]

  test.each(byStatus)('%i: %s to a sign-in, %s to a renewal [57]', async (status, signIn, refresh) => {
    const bodies = [
      { error: { code: 'auth/some-future-code', message: 'text' } },
      { success: false, error: { code: 'SOME_FUTURE_CODE', message: 'text' } },
      { statusCode: status, error: 'Some Words', message: 'text' },
      { statusCode: status, error: 'Some Words', message: ['one', 'two'] },
      { error: { message: 'text' } },
      { message: 'text' },
    ]
    for (const body of bodies) {
      expect((await signInWith(json(status, body))).code, JSON.stringify(body)).toBe(signIn)
      expect((await refreshWith(json(status, body))).code, JSON.stringify(body)).toBe(refresh)
    }
  })

  test('the words of a status are no code', async () => {
    const body = { statusCode: 401, error: 'Unauthorized', message: 'Unauthorized' }
    expect(await refreshWith(json(401, body))).toMatchObject({ code: 'session-expired', serverCode: undefined })
    expect((await signInWith(json(401, body))).code).toBe('invalid-credentials')
  })

  test('an unknown code is handed on if it looks like one of bkend’s, and kept back if it might be an echo of what was sent', async () => {
    expect((await signInWith(refusal(400, 'auth/some-future-code'))).serverCode).toBe('auth/some-future-code')
    for (const code of [
      'correct horse',
      'CORRECT_HORSE',
      'refresh-1',
      'auth/refresh-1',
      'eyJhbGciOi.J9',
      '__proto__',
    ]) {
      expect((await signInWith(refusal(400, code))).serverCode, code).toBeUndefined()
    }
  })

  test('names that every object has are no codes', async () => {
    for (const code of ['constructor', 'toString', '__proto__', 'auth/constructor', 'auth/to-string']) {
      expect((await refreshWith(refusal(418, code))).code, code).toBe('invalid-request')
    }
  })
})

describe('the code is found in every shape of error', () => {
  const shapes: [name: string, body: unknown][] = [
    ['{ error: { code, message } }', { error: { code: 'auth/invalid-refresh-token', message: 'text' } }],
    [
      '{ success: false, error: { code, message } }',
      { success: false, error: { code: 'auth/invalid-refresh-token', message: 'text' } },
    ],
    ['{ statusCode, error, message }', { statusCode: 403, error: 'INVALID_REFRESH_TOKEN', message: 'text' }],
    ['without a message', { error: { code: 'auth/invalid-refresh-token' } }],
    ['without the prefix', { error: { code: 'invalid-refresh-token', message: 'text' } }],
  ]
  test.each(shapes)('%s', async (_, body) => {
    expect((await refreshWith(json(403, body))).code).toBe('session-expired')
  })

  test('the code is found when it comes with 200, too', async () => {
    const body = { success: false, error: { code: 'auth/invalid-refresh-token', message: 'text' } }
    expect((await refreshWith(json(200, body))).code).toBe('session-expired')
    expect((await refreshWith(json(200, { success: false, message: 'text' }))).code).toBe('unknown')
  })
})

test('every error is an AuthError', async () => {
  expect(await signInWith(refusal(500, 'x'))).toBeInstanceOf(AuthError)
  expect(() => bkend({ publishableKey: '' })).toThrow(AuthError)
})
