import { AuthError } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
  busy,
  createDisk,
  drain,
  grant,
  HOUR,
  openTab,
  SECOND,
  watch,
} from './support.ts'

async function signedIn() {
  const tab = openTab()
  await tab.signIn()
  return tab
}

describe('signing out', () => {
  it('signing out empties the page at once and the storage in the same turn, before the server has said anything', async () => {
    const { auth, client, stored } = await signedIn()
    const out = watch(auth.signOut())
    expect(auth.getState()).toEqual({ status: 'signingOut', user: null, error: null, persistence: 'stored' })
    expect(await auth.getAccessToken()).toBe(null)
    await drain()
    expect(await stored()).toBe(null)
    expect(out.now).toBe('pending')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    client.next('signOut').answer()
    await drain()
    expect(out.value).toEqual({ revoked: 'yes' })
    expect(auth.getState()).toEqual({
      status: 'signedOut',
      user: null,
      error: null,
      reason: 'signed-out',
      persistence: 'stored',
    })
  })

  const outcomes: readonly (readonly [string, Error, string])[] = [
    ['an expired token', new AuthError('session-expired', { status: 401 }), 'no'],
    ['a refusal', new AuthError('forbidden', { status: 403 }), 'no'],
    ['no connection', new AuthError('offline'), 'no'],
    ['no user signed in', new AuthError('not-authenticated'), 'no'],
    ['a broken connection', new AuthError('network'), 'unknown'],
    ['a broken server', new AuthError('unavailable', { status: 503 }), 'unknown'],
    ['a page', new AuthError('invalid-response', { status: 200 }), 'unknown'],
    ['an error of its own', new TypeError('Failed to fetch'), 'unknown'],
  ]
  it.each(outcomes)(
    'a sign-out to a server that answers with %s says truly what was revoked [105]',
    async (_, error, revoked) => {
      const { auth, client, status } = await signedIn()
      const out = watch(auth.signOut())
      await drain()
      client.next('signOut').fail(error)
      await drain()
      expect([out.value, status()]).toEqual([{ revoked }, 'signedOut'])
    },
  )

  it('a sign-out of a client that cannot tell the server says no', async () => {
    const tab = openTab({ without: ['signOut'] })
    await tab.signIn()
    const out = watch(tab.auth.signOut())
    await drain()
    expect([out.value, tab.status(), await tab.stored()]).toEqual([{ revoked: 'no' }, 'signedOut', null])
  })

  it('a sign-out to a server that hangs is over after five seconds, here at once [104]', async () => {
    const { auth, client, clock, status } = await signedIn()
    const out = watch(auth.signOut())
    await drain()
    const { signal } = client.next('signOut')
    clock.advance(5 * SECOND - 1)
    await drain()
    expect([out.now, status()]).toEqual(['pending', 'signingOut'])
    clock.advance(1)
    await drain()
    expect([out.value, status(), signal.aborted]).toEqual([{ revoked: 'unknown' }, 'signedOut', true])
  })

  it('signing out twice is one request and the same answer', async () => {
    const { auth, client } = await signedIn()
    const twice = [watch(auth.signOut()), watch(auth.signOut())]
    await drain()
    twice.push(watch(auth.signOut()))
    client.next('signOut').answer()
    await drain()
    expect(twice.map(({ value }) => value)).toEqual([{ revoked: 'yes' }, { revoked: 'yes' }, { revoked: 'yes' }])
    expect(client.counts.signOut).toBe(1)
  })

  it('signing out when no user is signed in does nothing and says no', async () => {
    const { auth, client, status } = openTab()
    await auth.requireUser().catch(() => {})
    expect(await auth.signOut()).toEqual({ revoked: 'no' })
    expect([status(), client.pending]).toEqual(['anonymous', []])
  })

  it('signing out again after it is done says no', async () => {
    const { auth, client } = await signedIn()
    void auth.signOut()
    await drain()
    client.next('signOut').answer()
    await drain()
    expect(await auth.signOut()).toEqual({ revoked: 'no' })
  })

  it('signing out needs no renewal first, although the access token has ended [106]', async () => {
    const { auth, client, clock } = await signedIn()
    clock.sleep(2 * HOUR)
    void auth.signOut()
    await drain()
    expect([client.counts.refresh, client.counts.signOut]).toEqual([0, 1])
  })

  it('signing out leaves no error of the session behind', async () => {
    const { auth, client, clock } = await signedIn()
    clock.advance(HOUR - SECOND)
    await drain()
    client.next('refresh').fail(busy())
    await drain()
    expect(auth.getState().error?.code).toBe('unavailable')
    void auth.signOut()
    await drain()
    client.next('signOut').answer()
    await drain()
    auth.dismiss()
    expect(auth.getState()).toEqual({ status: 'anonymous', user: null, error: null, persistence: 'stored' })
  })
})

describe('signing out during', () => {
  it('signing out during a restore forgets what is stored and revokes it', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const out = watch(tab.auth.signOut())
    await drain()
    expect(tab.status()).toBe('signingOut')
    tab.tab.releaseStorage()
    await drain()
    expect(await tab.stored()).toBe(null)
    expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    tab.client.next('signOut').answer()
    await drain()
    expect([out.value, tab.status()]).toEqual([{ revoked: 'yes' }, 'signedOut'])
  })

  it('signing out during a sign-in gives that up, and its late grant is revoked', async () => {
    const { auth, client, status, stored } = openTab()
    const signedInToo = watch(auth.signIn(annsPassword))
    await drain()
    const out = watch(auth.signOut())
    await drain()
    expect([signedInToo.now, out.value, status()]).toEqual(['cancelled', { revoked: 'no' }, 'signedOut'])
    client.next('signIn').answer(grant(1))
    await drain()
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    expect([status(), await stored()]).toEqual(['signedOut', null])
  })

  it('signing out during a sign-in that is being stored leaves nothing of it', async () => {
    const { auth, client, status, stored, tab } = openTab()
    await auth.requireUser().catch(() => {})
    const signedInToo = watch(auth.signIn(annsPassword))
    await drain()
    tab.holdStorage()
    client.next('signIn').answer(grant(1))
    await drain()
    void auth.signOut()
    await drain()
    tab.releaseStorage()
    await drain()
    expect([signedInToo.now, await stored()]).toEqual(['cancelled', null])
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    expect(status()).toBe('signedOut')
  })

  it('signing out during a switch of user ends both sessions', async () => {
    const { auth, client, status, stored } = await signedIn()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    void auth.signOut()
    await drain()
    client.next('signOut').answer()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-7' })
    expect([status(), await stored()]).toEqual(['signedOut', null])
  })

  it('signing out during a challenge forgets it', async () => {
    const { auth, client } = openTab()
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    client.next('signIn').answer({ challenge: { kind: 'totp', handle: 1 } })
    await drain()
    void auth.signOut()
    await drain()
    const answered = watch(auth.answerChallenge({ code: '1' }))
    await drain()
    expect([answered.now, client.counts.answerChallenge]).toEqual(['no-challenge', 0])
  })

  it('signing out during a renewal rejects those who wait for it', async () => {
    const { auth, client } = await signedIn()
    const renewed = watch(auth.refresh())
    await drain()
    void auth.signOut()
    await drain()
    expect(renewed.now).toBe('not-authenticated')
    client.next('refresh').answer(grant(2))
    await drain()
    expect(await auth.getAccessToken()).toBe(null)
  })

  it('signing out takes note of a session that has ended', async () => {
    const { auth, client, stored, status } = await signedIn()
    void auth.refresh().catch(() => {})
    await drain()
    client.next('refresh').fail('session-expired')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', lastUser: ann })
    const out = watch(auth.signOut())
    await drain()
    expect([out.value, status(), await stored()]).toEqual([{ revoked: 'no' }, 'signedOut', null])
  })

  it('signing out over a storage that hangs empties the page at once, and the server is told within five seconds', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    disk.before = () => new Promise(() => {})
    void tab.auth.signOut()
    await drain()
    expect(tab.status()).toBe('signingOut')
    tab.clock.advance(2 * SECOND)
    await drain()
    tab.clock.advance(2 * SECOND)
    await drain()
    expect(tab.client.counts.signOut).toBe(1)
  })
})
