import { AuthError, hasRecentSignIn, hasRole, type AuthState, type AuthStatus } from '@authchart/core'
import { createTestAuth, drain } from '@authchart/core/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ann, bob, HOUR, MINUTE, type User } from './support.ts'

const guards = { isEditor: hasRole('editor'), isAdmin: hasRole('admin'), isFresh: hasRecentSignIn(MINUTE) }

/** What each status says of Ann, as a screen reads it before it renders for the first time. */
const states: Readonly<Record<AuthStatus, AuthState<User>>> = {
  restoring: { status: 'restoring', user: null, error: null, persistence: 'stored' },
  anonymous: { status: 'anonymous', user: null, error: null, persistence: 'stored' },
  authenticating: { status: 'authenticating', user: null, confirmed: false, error: null, persistence: 'stored' },
  challenged: {
    status: 'challenged',
    user: null,
    confirmed: false,
    error: null,
    challenge: { kind: 'totp', verifying: false },
    persistence: 'stored',
  },
  authenticated: {
    status: 'authenticated',
    user: ann,
    confirmed: true,
    error: null,
    renewal: 'idle',
    persistence: 'stored',
  },
  refreshing: {
    status: 'refreshing',
    user: ann,
    confirmed: true,
    error: null,
    renewal: 'refreshing',
    persistence: 'stored',
  },
  expired: {
    status: 'expired',
    user: null,
    error: null,
    reason: 'session-expired',
    lastUser: ann,
    persistence: 'stored',
  },
  signingOut: { status: 'signingOut', user: null, error: null, persistence: 'stored' },
  signedOut: { status: 'signedOut', user: null, error: null, reason: 'signed-out', persistence: 'stored' },
}
const statuses = Object.keys(states) as AuthStatus[]
const signedIn: readonly AuthStatus[] = ['authenticated', 'refreshing']

afterEach(() => void vi.restoreAllMocks())

describe.each(statuses)('an auth that begins as %s', (status) => {
  test(`is ${status} at once, and stays so until something happens [W6]`, async () => {
    const auth = createTestAuth({ status, user: ann, guards })
    const first = auth.getState()
    const heard: AuthState[] = []
    auth.subscribe((state) => heard.push(state))
    expect(first).toEqual(states[status])
    await drain()
    expect(auth.getState()).toBe(first)
    expect(heard).toEqual([])
  })

  test(`opens its guards at once if ${status} is signed in [W6]`, () => {
    const auth = createTestAuth({ status, user: ann, guards })
    expect(auth.can('isEditor')).toBe(signedIn.includes(status))
    expect(auth.can('isAdmin')).toBe(false)
  })

  test(`leaves no timer of the platform behind when it was ${status} [W6]`, async () => {
    const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')]
    const auth = createTestAuth({ status, user: ann, guards })
    await drain()
    auth.destroy()
    await auth.world.answer()
    for (const timer of timers) expect(timer).not.toHaveBeenCalled()
    expect(auth.world.clock.pending).toBe(0)
  })
})

test('what an auth waits for comes with the answer of server and storage [W6]', async () => {
  const ends: Partial<Record<AuthStatus, AuthStatus>> = {}
  for (const status of statuses) {
    const auth = createTestAuth({ status, user: ann })
    await auth.world.answer()
    ends[status] = auth.getState().status
  }
  expect(ends).toEqual({
    restoring: 'authenticated',
    anonymous: 'anonymous',
    authenticating: 'authenticated',
    challenged: 'challenged',
    authenticated: 'authenticated',
    refreshing: 'authenticated',
    expired: 'expired',
    signingOut: 'signedOut',
    signedOut: 'signedOut',
  })
})

/** What a page of the app's own server heard. */
function createApi() {
  const tokens: (string | null)[] = []
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    tokens.push(new Headers(init?.headers).get('authorization'))
    return new Response('ok')
  }
  return { tokens, options: { fetch, allowedOrigins: ['https://api.test'] } }
}

test('a sign-in that is given while a test auth restores takes the place of what is found [W6]', async () => {
  const auth = createTestAuth({ status: 'restoring', user: ann })
  const signedIn = auth.signIn({})
  await drain()
  expect(auth.getState().status).toBe('restoring')
  await auth.world.answer()
  await expect(signedIn).resolves.toEqual(ann)
})

test('a test auth that restores without a user finds nothing, and a sign-out there ends what is stored [W6]', async () => {
  const nobody = createTestAuth({ status: 'restoring' })
  await nobody.world.answer()
  expect(nobody.getState().status).toBe('anonymous')

  const auth = createTestAuth({ status: 'restoring', user: ann })
  const signedOut = auth.signOut()
  await auth.world.answer()
  await expect(signedOut).resolves.toEqual({ revoked: 'yes' })
  expect(auth.getState().status).toBe('signedOut')
})

test('a request of a test auth goes out as the user of its status [W6]', async () => {
  const sent: Partial<Record<AuthStatus, readonly (string | null)[]>> = {}
  for (const status of statuses) {
    const { tokens, options } = createApi()
    const auth = createTestAuth({ status, user: ann, ...options })
    auth.fetch('https://api.test/posts').catch(() => {})
    await drain()
    sent[status] = tokens
  }
  expect(sent).toEqual({
    restoring: [],
    anonymous: [null],
    authenticating: [null],
    challenged: [null],
    authenticated: ['Bearer access-1'],
    refreshing: ['Bearer access-1'],
    expired: [],
    signingOut: [null],
    signedOut: [null],
  })
})

test('a form signs in and signs up with a test auth, and is refused where the server knows no user [W6]', async () => {
  const auth = createTestAuth({ status: 'anonymous', user: ann })
  await expect(auth.signIn({ email: 'ann@example.test', password: 'correct horse' })).resolves.toEqual(ann)
  await expect(auth.signUp({ email: 'ann@example.test' })).resolves.toEqual(ann)

  const nobody = createTestAuth({ status: 'anonymous' })
  await expect(nobody.signIn({})).rejects.toMatchObject({ code: 'invalid-credentials' })
  expect(nobody.getState()).toMatchObject({ status: 'anonymous', error: { code: 'invalid-credentials' } })
})

test('a sign-in under way fails, or is given up, as the test says [W6]', async () => {
  const failed = createTestAuth({ status: 'authenticating', user: ann })
  await failed.world.fail('signIn', 'invalid-credentials')
  expect(failed.getState()).toMatchObject({ status: 'anonymous', error: { code: 'invalid-credentials' } })

  const cancelled = createTestAuth({ status: 'authenticating', user: ann })
  cancelled.cancel()
  await cancelled.world.answer()
  expect(cancelled.getState()).toEqual(states.anonymous)
})

test('a code answers the challenge of a test auth; a wrong one may be given again [W6]', async () => {
  const auth = createTestAuth({ status: 'challenged', user: ann, kind: 'sms' })
  expect(auth.getState()).toMatchObject({ challenge: { kind: 'sms' } })
  await auth.world.fail('answerChallenge', 'invalid-code')
  await expect(auth.answerChallenge({ code: '000000' })).rejects.toMatchObject({ code: 'invalid-code' })
  expect(auth.getState()).toMatchObject({ status: 'challenged', error: { code: 'invalid-code' } })
  await expect(auth.answerChallenge({ code: '123456' })).resolves.toEqual(ann)
  expect(auth.getState()).toEqual(states.authenticated)
})

test('the challenge of a test auth lapses after five minutes, and a new sign-in is asked for a code again [W6]', async () => {
  const auth = createTestAuth({ status: 'challenged', user: ann })
  await auth.world.advance(5 * MINUTE)
  expect(auth.getState()).toMatchObject({ status: 'anonymous', error: { code: 'challenge-expired' } })
  await expect(auth.signIn({})).rejects.toMatchObject({ code: 'challenge-required' })
})

test('a signed-in test auth signs out, renews and answers its guards [W6]', async () => {
  const auth = createTestAuth({ user: ann, guards })
  await expect(auth.requireUser({ guard: 'isEditor' })).resolves.toEqual(ann)
  await auth.refresh()
  await expect(auth.getAccessToken()).resolves.toBe('access-2')
  await expect(auth.reloadUser()).resolves.toEqual(ann)
  await expect(auth.signOut()).resolves.toEqual({ revoked: 'yes' })
  await drain()
  expect(auth.getState()).toEqual(states.signedOut)
})

test('the renewal of a refreshing test auth comes, is put off, is lost or is refused [W6]', async () => {
  const ends: unknown[] = []
  for (const error of [new AuthError('unavailable', { status: 503 }), 'network', 'session-expired'] as const) {
    const auth = createTestAuth({ status: 'refreshing', user: ann })
    await auth.world.fail('refresh', error)
    const state = auth.getState()
    ends.push('renewal' in state ? state.renewal : state.status)
  }
  expect(ends).toEqual(['waiting', 'indeterminate', 'expired'])

  const auth = createTestAuth({ status: 'refreshing', user: ann })
  const renewed = auth.refresh()
  await auth.world.answer('refresh')
  await renewed
  expect(auth.getState()).toEqual(states.authenticated)
  await expect(auth.getAccessToken()).resolves.toBe('access-2')
})

test('a sign-out under way ends by itself when the server stays silent [W6]', async () => {
  const auth = createTestAuth({ status: 'signingOut', user: ann })
  await auth.world.advance(5000)
  expect(auth.getState()).toEqual(states.signedOut)
})

test('an ended session is dismissed or signed in again, and says why it ended [W6]', async () => {
  for (const status of ['expired', 'signedOut'] as const) {
    const auth = createTestAuth({ status, user: ann })
    auth.dismiss()
    expect(auth.getState()).toEqual(states.anonymous)
    await expect(auth.signIn({})).resolves.toEqual(ann)
  }
  const { options } = createApi()
  const banned = createTestAuth({ status: 'expired', user: ann, reason: 'account-banned', ...options })
  expect(banned.getState()).toMatchObject({ reason: 'account-banned' })
  await expect(banned.fetch('https://api.test/posts')).rejects.toMatchObject({ code: 'session-expired' })
  await expect(banned.signOut()).resolves.toEqual({ revoked: 'no' })
})

test('other tabs sign the user out and another user in, and the server goes on with that one [W6]', async () => {
  const auth = createTestAuth({ user: ann, guards })
  await auth.world.signInElsewhere(bob)
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: bob, confirmed: true })
  await auth.refresh()
  expect(auth.getState().user).toEqual(bob)
  expect(auth.can('isEditor')).toBe(false)

  await auth.world.signOutElsewhere()
  expect(auth.getState()).toMatchObject({ status: 'signedOut', reason: 'signed-out-elsewhere' })
})

test('another tab signs out while this one waits for its renewal [W6]', async () => {
  const auth = createTestAuth({ status: 'refreshing', user: ann })
  await auth.world.signOutElsewhere()
  expect(auth.getState()).toMatchObject({ status: 'signedOut', reason: 'signed-out-elsewhere' })
})

test('the server ends the session, and the test auth expires with it [W6]', async () => {
  for (const status of ['authenticated', 'refreshing'] as const) {
    const auth = createTestAuth({ status, user: ann })
    await auth.world.endSession()
    expect(auth.getState()).toEqual(states.expired)
  }
})

test('another tab finds the session ended, and the test auth hears of it [W6]', async () => {
  const auth = createTestAuth({ user: ann })
  await auth.world.endSessionElsewhere()
  expect(auth.getState()).toEqual(states.expired)
})

test('the server asks a sign-in that waits for a second factor, and for one more [W6]', async () => {
  const auth = createTestAuth({ status: 'authenticating', user: ann })
  await auth.world.challenge('sms')
  expect(auth.getState()).toMatchObject({ status: 'challenged', challenge: { kind: 'sms' } })
  await auth.world.challenge()
  await expect(auth.answerChallenge({ code: '123456' })).rejects.toMatchObject({ code: 'challenge-required' })
  await expect(auth.answerChallenge({ code: '123456' })).resolves.toEqual(ann)
})

test('a sign-in needs a network, and comes through when there is one again [W6]', async () => {
  const auth = createTestAuth({ status: 'anonymous', user: ann })
  await auth.world.goOffline()
  await expect(auth.signIn({})).rejects.toMatchObject({ code: 'network' })
  await auth.world.goOnline()
  await expect(auth.signIn({})).resolves.toEqual(ann)
})

test('time passes for a test auth: tokens are renewed when they are due, and a step-up guard closes [W6]', async () => {
  const auth = createTestAuth({ user: ann, guards })
  const generations: number[] = []
  auth.onToken((generation) => generations.push(generation))
  expect(auth.can('isFresh')).toBe(true)
  await auth.world.advance(MINUTE)
  expect(auth.can('isFresh')).toBe(false)
  // each after 33 minutes
  await auth.world.advance(2 * HOUR)
  expect(generations).toEqual([2, 3, 4])
  expect(auth.getState()).toEqual(states.authenticated)
})

test('the server of a test auth holds single calls, until it is told to answer [W6]', async () => {
  const auth = createTestAuth({ user: ann })
  auth.world.hold('signOut')
  const signedOut = auth.signOut()
  await drain()
  expect(auth.getState().status).toBe('signingOut')
  await auth.world.answer('signOut')
  await expect(signedOut).resolves.toEqual({ revoked: 'yes' })
})

test('a test auth asks the server of the test what it was told to [W6]', async () => {
  const promoted: User = { ...ann, role: 'admin' }
  const auth = createTestAuth({
    user: ann,
    guards,
    client: { getUser: async () => promoted, signOut: () => Promise.reject(new AuthError('network')) },
  })
  await auth.reloadUser()
  expect(auth.can('isAdmin')).toBe(true)
  await expect(auth.signOut()).resolves.toEqual({ revoked: 'unknown' })
})

test('a user whom nothing names is refused, unless the client says who it is [W6]', () => {
  const named = { email: 'ann@example.test' }
  expect(() => createTestAuth({ user: named })).toThrow(expect.objectContaining({ code: 'invalid-response' }))
  const auth = createTestAuth({ user: named, client: { userId: ({ email }) => email } })
  expect(auth.getState().user).toEqual(named)
})
