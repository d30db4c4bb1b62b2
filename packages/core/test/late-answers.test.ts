import { AuthError } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  busy,
  drain,
  DUE,
  grant,
  HOUR,
  openTab,
  refreshing,
  SECOND,
  tolerantClient,
  type Tab,
} from './support.ts'

describe('an auth that is destroyed before the server has answered', () => {
  async function asked(isChallenged: boolean): Promise<Tab> {
    const tab = openTab()
    void tab.auth.signIn(annsPassword).catch(() => {})
    await drain()
    if (!isChallenged) return tab
    tab.client.next('signIn').answer({ challenge: { kind: 'totp', handle: 1 } })
    await drain()
    void tab.auth.answerChallenge({ code: '123456' }).catch(() => {})
    await drain()
    return tab
  }

  it.each([
    ['a sign-in', 'signIn', false],
    ['a code', 'answerChallenge', true],
  ] as const)(
    'an auth that is destroyed before the server has answered revokes the session that it is granted late for %s [J4b, J4c]',
    async (_, method, isChallenged) => {
      const tab = await asked(isChallenged)
      const call = tab.client.next(method)
      tab.auth.destroy()
      await drain()
      call.answer(grant(1))
      await drain()
      expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
      expect(await tab.stored()).toBe(null)
    },
  )

  it('an auth that is destroyed before the server has answered lets the request go on, for an aborted one may have begun a session that nothing could revoke [J4b]', async () => {
    const tab = await asked(false)
    const { signal } = tab.client.next('signIn')
    tab.auth.destroy()
    await drain()
    expect(signal.aborted).toBe(false)
  })

  it('an auth that is destroyed before the server has answered revokes once a session whose user was being asked for [J4b]', async () => {
    const tab = await asked(false)
    tab.client.next('signIn').answer(grant(1, null))
    await drain()
    tab.auth.destroy()
    await drain()
    tab.clock.advance(60 * SECOND)
    await drain()
    expect(tab.client.counts.signOut).toBe(1)
  })
})

describe('a renewal that is answered after its time limit', () => {
  async function late(options = {}): Promise<Tab> {
    const tab = await refreshing(options)
    tab.clock.advance(31 * SECOND)
    await drain()
    return tab
  }

  it('a renewal that is answered after its time limit is taken up where its mark is still there: the session goes on [J3a]', async () => {
    const tab = await late()
    expect(tab.auth.getState()).toMatchObject({ renewal: 'indeterminate' })
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null, user: ann })
    expect(await tab.stored()).toMatchObject({ refreshToken: 'refresh-2', marked: false })
    tab.clock.advance(DUE)
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('a renewal that is answered after its time limit is taken up although the machine slept and the timer fired first [J3b, M4a]', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.clock.sleep(HOUR / 4)
    tab.clock.advance(30 * SECOND)
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-2')
  })

  it.each(['signed out', 'signed in anew'])(
    'a renewal that is answered after its time limit is revoked where the user has %s meanwhile [J3a]',
    async (how) => {
      const tab = await late()
      const call = tab.client.next('refresh')
      if (how === 'signed out') void tab.auth.signOut()
      else await tab.signIn(bob, 7)
      await drain()
      while (tab.client.has('signOut')) tab.client.next('signOut').answer()
      call.answer(grant(2))
      await drain()
      expect(tab.client.next('signOut').input).toMatchObject({ refreshToken: 'refresh-2' })
      expect(tab.auth.getState().user).toEqual(how === 'signed out' ? null : bob)
    },
  )

  it('a renewal that is answered after its time limit is revoked where the session has ended with its token meanwhile [J3a]', async () => {
    const tab = await late()
    tab.clock.advance(HOUR)
    await drain()
    expect(tab.status()).toBe('expired')
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.client.next('signOut').input).toMatchObject({ refreshToken: 'refresh-2' })
    expect(tab.auth.getState().user).toBe(null)
  })

  it('a renewal that is answered after its time limit ends nothing where the token was shown again, as the server tolerates, and the session has gone on [J3a]', async () => {
    const tab = await late({ client: Object.assign(tolerantClient(), { replay: { toleratedFor: 120 } }) })
    const call = tab.client.next('refresh')
    tab.clock.advance(SECOND)
    await drain()
    tab.client.pending.find((other) => other.method === 'refresh' && other !== call)?.answer(grant(3))
    await drain()
    call.answer(grant(2))
    await drain()
    expect([tab.client.has('signOut'), await tab.auth.getAccessToken()]).toEqual([false, 'access-3'])
  })

  it('a renewal that is answered after its time limit is stored for the next page where the auth was destroyed meanwhile [J3a]', async () => {
    const tab = await late()
    tab.auth.destroy()
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(await tab.stored()).toMatchObject({ refreshToken: 'refresh-2', marked: false })
  })

  it.each([
    ['session-expired', 401],
    ['account-banned', 403],
  ] as const)(
    'a renewal that is answered after its time limit by a definite no (%s) ends the session at once, with that reason [J3a]',
    async (code, status) => {
      const tab = await late()
      tab.client.next('refresh').fail(new AuthError(code, { status }))
      await drain()
      expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: code })
      expect(await tab.stored()).toMatchObject({ ended: code })
    },
  )

  it('a renewal that is answered after its time limit by a server that did not process it has spent nothing: the token is sent once more [J3a]', async () => {
    const tab = await late()
    tab.client.next('refresh').fail(busy())
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1', 'refresh-1'])
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
    expect(await tab.stored()).toMatchObject({ refreshToken: 'refresh-2', marked: false })
  })

  it('a renewal that is answered after its time limit by a server that wants to be left alone is not tried again before that is over [J3a]', async () => {
    const tab = await late()
    tab.client.next('refresh').fail(new AuthError('rate-limited', { status: 429, retryAfter: 60 }))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ renewal: 'waiting' })
    await tab.clock.pass(59 * SECOND)
    expect(tab.client.spent).toEqual(['refresh-1'])
    await tab.clock.pass(2 * SECOND)
    expect(tab.client.spent).toEqual(['refresh-1', 'refresh-1'])
  })

  it('a renewal that is answered after its time limit by a no ends no session of a user who signed in meanwhile [J3a]', async () => {
    const tab = await late()
    const call = tab.client.next('refresh')
    await tab.signIn(bob, 7)
    call.fail(new AuthError('session-expired', { status: 401 }))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(await tab.stored()).toMatchObject({ refreshToken: 'refresh-7', marked: false })
  })
})
