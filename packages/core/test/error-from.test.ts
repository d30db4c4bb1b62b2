import { authErrorFrom, AuthError, createAuth, type AuthClient, type AuthErrorCode } from '@authchart/core'
import { describe, expect, test } from 'vitest'
import { fakeClock, fakeNetwork, settle, watch } from './support.ts'

const answer = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers })

describe('the error for an answer', () => {
  test.each<[status: number, code: AuthErrorCode]>([
    [400, 'invalid-request'],
    [401, 'session-expired'],
    [402, 'invalid-request'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [408, 'timeout'],
    [409, 'invalid-request'],
    [410, 'invalid-request'],
    [418, 'invalid-request'],
    [422, 'invalid-request'],
    [429, 'rate-limited'],
    [499, 'invalid-request'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
    [599, 'unavailable'],
    [200, 'invalid-response'],
    [204, 'invalid-response'],
    [304, 'invalid-response'],
  ])('the error for an answer with the status %i has the code %s, and the status', (status, code) => {
    const error = authErrorFrom(answer(status))
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({ code, status, retryAfter: undefined })
  })

  test.each([401, 403, 429, 500, 503])(
    'the error for an answer with the status %i tells how long to wait',
    (status) => {
      expect(authErrorFrom(answer(status, { 'Retry-After': '7' })).retryAfter).toBe(7)
      expect(authErrorFrom(answer(status, { 'Retry-After': 'soon' })).retryAfter).toBeUndefined()
      const date = { 'Retry-After': 'Wed, 21 Oct 2026 07:28:42 GMT', Date: 'Wed, 21 Oct 2026 07:28:00 GMT' }
      expect(authErrorFrom(answer(status, date)).retryAfter).toBe(42)
    },
  )

  test('the error for an answer shows nothing of its body and headers', async () => {
    const error = authErrorFrom(new Response('CANARY', { status: 401, headers: { 'Retry-After': 'CANARY' } }))
    expect(JSON.stringify([error, error.message, error.cause, error.serverCode])).not.toContain('CANARY')
  })
})

describe('a client of one’s own, made with it', () => {
  const user = { id: 'u1' }
  const grant = { accessToken: 'access-1', refreshToken: 'refresh-1', expiresIn: 3600, user }

  /** Signed in; the server answers the first renewal so, and a later one with new tokens. */
  async function renewedWith(first: Response) {
    let renewals = 0
    const client: AuthClient<typeof user, string> = {
      signIn: async () => grant,
      async refresh() {
        renewals += 1
        if (renewals === 1) throw authErrorFrom(first)
        return { ...grant, accessToken: 'access-2', refreshToken: 'refresh-2' }
      },
    }
    const auth = createAuth({ client, clock: fakeClock(), network: fakeNetwork() })
    await auth.signIn('password')
    const renewed = watch(auth.refresh())
    await settle()
    return { auth, renewed, renewals: () => renewals }
  }

  test('a client made with authErrorFrom does not show a refresh token again that a failing server may have taken', async () => {
    for (const status of [500, 502, 504]) {
      const { auth, renewed, renewals } = await renewedWith(answer(status))
      expect(renewed.now, `${status}`).toBe('refresh-indeterminate')
      await expect(auth.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
      expect(renewals(), `${status}`).toBe(1)
    }
  })

  test('a client made with authErrorFrom tries again after an answer that processed nothing', async () => {
    for (const status of [429, 503]) {
      const { auth, renewals } = await renewedWith(answer(status, { 'Retry-After': '0' }))
      await auth.refresh()
      expect(renewals(), `${status}`).toBe(2)
    }
  })

  test('a client made with authErrorFrom ends a session that the server refuses to renew', async () => {
    const { auth } = await renewedWith(answer(401))
    expect(auth.getState().status).toBe('expired')
  })
})
