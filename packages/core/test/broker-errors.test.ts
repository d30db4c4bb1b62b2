import { type AuthErrorCode } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import { ann, drain, DUE, HOUR, MINUTE, openTab, refreshing, SECOND, tolerantClient, watch } from './support.ts'

/** What a renewal comes to, by the code of the client's error: written from the classifier's promise, not its code. */
const outcomes: Readonly<Record<AuthErrorCode, 'the session is over' | 'later again' | 'unknown'>> = {
  'account-banned': 'the session is over',
  'account-locked': 'later again',
  'already-done': 'unknown',
  cancelled: 'unknown',
  'challenge-expired': 'unknown',
  'challenge-required': 'unknown',
  destroyed: 'unknown',
  'email-not-verified': 'unknown',
  'email-taken': 'unknown',
  forbidden: 'unknown',
  'identity-changed': 'unknown',
  'in-progress': 'unknown',
  'invalid-code': 'unknown',
  'invalid-credentials': 'the session is over',
  'invalid-email': 'unknown',
  'invalid-request': 'unknown',
  'invalid-response': 'unknown',
  'link-expired': 'unknown',
  misconfigured: 'later again',
  network: 'unknown',
  'no-challenge': 'unknown',
  'not-authenticated': 'unknown',
  'not-found': 'the session is over',
  'not-supported': 'later again',
  offline: 'unknown',
  'rate-limited': 'later again',
  'refresh-indeterminate': 'unknown',
  'session-expired': 'the session is over',
  'storage-unavailable': 'unknown',
  superseded: 'unknown',
  timeout: 'unknown',
  unavailable: 'unknown',
  unknown: 'unknown',
  'user-mismatch': 'unknown',
  'weak-password': 'unknown',
}
const codes = Object.entries(outcomes) as [AuthErrorCode, string][]

describe('an error as the answer to a renewal', () => {
  it.each(codes)('the code %s as the answer to a renewal: %s [57, 60]', async (code, outcome) => {
    const { auth, client, clock, stored } = await refreshing()
    client.next('refresh').fail(code)
    await drain()
    const state = auth.getState()
    if (outcome === 'the session is over') {
      expect(state).toMatchObject({ status: 'expired', user: null, lastUser: ann })
      expect(await stored()).not.toHaveProperty('refreshToken')
      expect(await stored()).not.toHaveProperty('accessToken')
      return
    }
    expect(state).toMatchObject({
      status: 'authenticated',
      user: ann,
      renewal: outcome === 'unknown' ? 'indeterminate' : 'waiting',
    })
    expect(await auth.getAccessToken()).toBe('access-1')
    expect(await stored()).toMatchObject({ refreshToken: 'refresh-1', marked: outcome === 'unknown' })
    clock.advance(2 * MINUTE)
    await drain()
    expect(client.spent).toEqual(outcome === 'unknown' ? ['refresh-1'] : ['refresh-1', 'refresh-1'])
  })

  it('an error as the answer to a renewal says that an account is banned [60, 116]', async () => {
    const { auth, client } = await refreshing()
    client.next('refresh').fail('account-banned')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'account-banned' })
  })

  it('the client that says that the answer is lost for good is not asked again, also where replays are tolerated', async () => {
    const { auth, client, clock } = await refreshing({ client: tolerantClient() })
    client.next('refresh').fail('refresh-indeterminate')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
    clock.advance(2 * MINUTE)
    await drain()
    expect(client.counts.refresh).toBe(1)
  })

  it.each(codes.filter(([code]) => code !== 'refresh-indeterminate'))(
    'the code %s as the answer to a renewal, where replays are tolerated: asked again, unless the session is over',
    async (code, outcome) => {
      const { auth, client, clock, status } = await refreshing({ client: tolerantClient() })
      client.next('refresh').fail(code)
      await drain()
      if (outcome === 'the session is over') return expect(status()).toBe('expired')
      expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting' })
      clock.advance(2 * SECOND)
      await drain()
      expect(client.counts.refresh).toBe(2)
    },
  )

  it.each([
    ['TypeError', new TypeError('Failed to fetch')],
    ['a DOMException', new DOMException('x', 'AbortError')],
  ])('%s of a client that knows no AuthError leaves open whether the token was spent [56]', async (_, error) => {
    const { auth, client } = await refreshing()
    client.next('refresh').fail(error as Error)
    await drain()
    expect(auth.getState()).toMatchObject({
      status: 'authenticated',
      renewal: 'indeterminate',
      error: { code: 'refresh-indeterminate' },
    })
  })
})

describe('an answer that is lost', () => {
  it('an answer that is lost leaves the access token good to its end, and says then why the session is over [18]', async () => {
    const { auth, client, clock } = await refreshing()
    client.next('refresh').fail('network')
    await drain()
    clock.advance(HOUR - DUE - SECOND)
    await drain()
    expect(await auth.getAccessToken()).toBe('access-1')
    clock.advance(SECOND)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate', lastUser: ann })
    expect(client.spent).toEqual(['refresh-1'])
  })

  it('an answer that is lost ends the session at once when the access token has ended before: after a long sleep, say', async () => {
    const tab = openTab()
    await tab.signIn()
    tab.clock.sleep(8 * HOUR)
    tab.network.wake()
    await drain()
    tab.client.next('refresh').fail('network')
    await drain()
    // a sleep and a clock that was put forward look the same: the server knows
    tab.client.next('getUser').fail('session-expired')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })

  it('an answer that is lost by the time limit of one request counts the same [19]', async () => {
    const { auth, client, clock } = await refreshing({ requestTimeout: 20 * SECOND })
    const { signal } = client.next('refresh')
    clock.advance(20 * SECOND - 1)
    await drain()
    expect(signal.aborted).toBe(false)
    clock.advance(1)
    await drain()
    // nothing aborts a spend: its answer may be on the way
    expect(signal.aborted).toBe(false)
    expect(auth.getState()).toMatchObject({ renewal: 'indeterminate' })
  })

  it('an answer that is lost makes refresh() say so, and does not spend the token again [18]', async () => {
    const { auth, client } = await refreshing()
    client.next('refresh').fail('network')
    await drain()
    const again = watch(auth.refresh())
    await drain()
    expect(again.now).toBe('refresh-indeterminate')
    expect(client.spent).toEqual(['refresh-1'])
  })

  it('an answer that is lost does not lose the session to a sign-in that is given up', async () => {
    const { auth, client } = await refreshing()
    client.next('refresh').fail('network')
    await drain()
    void auth.signIn({ email: 'x', password: 'y' }).catch(() => {})
    auth.cancel()
    await drain()
    expect(auth.getState()).toMatchObject({ user: ann })
    expect(client.spent).toEqual(['refresh-1'])
  })
})
