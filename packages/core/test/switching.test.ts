/** Sign-ins that begin while a session is held. */
import { describe, expect, it } from 'vitest'
import { isAuthenticated } from '@authchart/core'
import { internalsOf } from '../src/internals.ts'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  createDisk,
  drain,
  DUE,
  grant,
  MINUTE,
  openTab,
  watch,
  type User,
} from './support.ts'

describe('switching the user', () => {
  it('switching the user keeps the old session until the new one is granted, then revokes the old one once', async () => {
    const { auth, client, server, signIn } = openTab()
    await signIn()
    const switched = watch(auth.signIn(bobsPassword))
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticating', user: ann, confirmed: true })
    await auth.fetch('https://api.test/mine')
    expect(server.tokens()).toEqual(['access-1'])
    client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(switched.value).toEqual(bob)
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    client.next('signOut').answer()
    await drain()
    expect(client.counts.signOut).toBe(1)
    expect(await auth.getAccessToken()).toBe('access-7')
  })

  it('switching the user takes nothing off the screen before it is granted: the user and what they may do stay', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    const before = auth.getState().user
    const seen: unknown[] = []
    auth.subscribe((state) => {
      seen.push([state.status, state.user === before, isAuthenticated<User>(state), auth.can('isEditor')])
    })
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    client.next('signIn').fail('invalid-credentials')
    await drain()
    void auth.signIn(bobsPassword)
    await drain()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(seen).toEqual([
      ['authenticating', true, true, true],
      ['authenticated', true, true, true],
      ['authenticating', true, true, true],
      ['authenticated', false, true, false],
    ])
  })

  it('switching the user shows no user any more once the old session has ended meanwhile', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    void internalsOf(auth).endSession('credentials-changed')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticating', user: null, confirmed: false })
    expect(auth.can('isEditor')).toBe(false)
    client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', lastUser: ann })
  })

  it('switching the user goes back to the old session when it fails, and says why', async () => {
    const { auth, client, signIn, stored } = openTab()
    await signIn()
    const switched = watch(auth.signIn(bobsPassword))
    await drain()
    client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(switched.now).toBe('invalid-credentials')
    expect(auth.getState()).toMatchObject({
      status: 'authenticated',
      user: ann,
      error: { code: 'invalid-credentials' },
    })
    expect(await auth.getAccessToken()).toBe('access-1')
    expect(await stored()).toMatchObject({ refreshToken: 'refresh-1' })
    expect(client.counts.signOut).toBe(0)
  })

  it('a switch that is given up while the new user is asked for: the new session is revoked, the old one stays as it was', async () => {
    const { auth, client, signIn, stored } = openTab()
    await signIn()
    const before = await stored()
    const switched = watch(auth.signIn(bobsPassword))
    await drain()
    client.next('signIn').answer(grant(7, null))
    await drain()
    auth.cancel()
    client.next('getUser').answer(bob)
    await drain()
    expect(switched.now).toBe('cancelled')
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-7' })
    expect(await stored()).toEqual(before)
  })

  it('a switch that is given up while it is being stored: the old session is stored again', async () => {
    const { auth, client, signIn, stored, tab } = openTab()
    await signIn()
    const switched = watch(auth.signIn(bobsPassword))
    await drain()
    tab.holdStorage()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    auth.cancel()
    await drain()
    tab.releaseStorage()
    await drain()
    expect(switched.now).toBe('cancelled')
    expect(await stored()).toMatchObject({ user: ann, refreshToken: 'refresh-1' })
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-7' })
  })

  it('a switch that is given up while the storage fails: the record of the old session is not removed', async () => {
    const disk = createDisk()
    const { auth, client, signIn } = openTab({ storage: disk.storage })
    await signIn()
    const before = disk.record
    let fail = (_error: DOMException): void => {}
    disk.before = () => new Promise((_, reject) => (fail = reject))
    const switched = watch(auth.signIn(bobsPassword))
    await drain()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    auth.cancel()
    disk.before = () => Promise.resolve()
    fail(new DOMException('Internal error opening backing store', 'UnknownError'))
    await drain()
    expect(switched.now).toBe('cancelled')
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
    expect(disk.record).toEqual(before)
  })

  it('a switch that is given up during a renewal: that renewal is not repeated, and its session not revoked', async () => {
    const { auth, client, clock, signIn } = openTab()
    await signIn()
    clock.advance(DUE)
    await drain()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    client.next('signIn').answer(grant(7, null))
    await drain()
    auth.cancel()
    client.next('getUser').answer(bob)
    await drain()
    client.next('signOut').answer()
    client.next('refresh').answer(grant(2))
    await drain()
    clock.advance(5 * MINUTE)
    await drain()
    expect(client.spent).toEqual(['refresh-1'])
    expect(client.counts.signOut).toBe(1)
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
    expect(await auth.getAccessToken()).toBe('access-2')
  })

  it('a switch that is given up while it is being stored, during a renewal: the token is not shown twice', async () => {
    const { auth, client, clock, signIn, tab } = openTab()
    await signIn()
    clock.advance(DUE)
    await drain()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    tab.holdStorage()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    auth.cancel()
    await drain()
    tab.releaseStorage()
    await drain()
    client.next('signOut').answer()
    client.next('refresh').answer(grant(2))
    await drain()
    clock.advance(5 * MINUTE)
    await drain()
    expect(client.spent).toEqual(['refresh-1'])
  })

  it('a switch that is given up after another tab renewed: the older tokens are not put over the newer ones', async () => {
    const disk = createDisk()
    const one = openTab({ storage: disk.storage })
    await one.signIn()
    const two = openTab({ storage: disk.storage, clock: one.clock })
    await two.boot()
    void one.auth.signIn(bobsPassword).catch(() => {})
    await drain()
    one.client.next('signIn').answer(grant(7, null))
    await drain()
    void two.auth.refresh()
    await drain()
    two.client.next('refresh').answer(grant(2))
    await drain()
    one.auth.cancel()
    one.client.next('getUser').answer(bob)
    await drain()
    expect(disk.record).toMatchObject({ generation: 2, refreshToken: 'refresh-2' })
  })

  it('a switch that is overtaken by another one: each session but the last is revoked', async () => {
    const { auth, client } = openTab()
    const first = watch(auth.signIn({ email: 'ann@example.test', password: 'one' }))
    await drain()
    const second = watch(auth.signIn(bobsPassword))
    await drain()
    expect(first.now).toBe('superseded')
    const [one, two] = client.pending
    two?.answer(grant(7, bob))
    await drain()
    expect(second.value).toEqual(bob)
    one?.answer(grant(1, ann))
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    expect(client.counts.signOut).toBe(1)
  })
})

describe('a request of one user', () => {
  it('a request that waited for the renewal of its user does not go out when another tab switched the user [110]', async () => {
    const one = openTab()
    await one.signIn()
    const two = openTab({}, one.browser, one.clock)
    await two.boot()
    one.clock.sleep(2 * 60 * MINUTE)
    const asked = watch(one.auth.fetch('https://api.test/mine', { method: 'POST', body: 'of Ann' }))
    await drain()
    await two.signIn(bob, 7)
    one.client.next('refresh').fail('session-expired')
    await drain()
    expect(asked.now).toBe('identity-changed')
    expect(one.server.arrived).toEqual([])
  })

  it('a request of one user whose token has ended is not sent as the user who is signing in', async () => {
    const { auth, client, clock, server, signIn } = openTab()
    await signIn(ann, 1)
    void auth.signIn(bobsPassword)
    await drain()
    clock.sleep(61 * MINUTE)
    const asked = watch(auth.fetch('https://api.test/mine', { method: 'POST', body: 'of Ann' }))
    await drain()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(asked.now).toBe('identity-changed')
    expect(server.arrived).toEqual([])
  })

  it('a request of one user that waits for a sign-in which comes to nothing goes out as the user who stayed', async () => {
    const { auth, client, clock, server, signIn } = openTab()
    await signIn()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    clock.sleep(61 * MINUTE)
    const asked = watch(auth.fetch('https://api.test/mine'))
    await drain()
    client.next('signIn').fail('invalid-credentials')
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.now).toBe('resolved')
    expect(server.tokens()).toEqual(['access-2'])
  })

  it('a request of one user that waits for a renewal goes on waiting while a user tries to sign in', async () => {
    const { auth, client, clock, server, signIn } = openTab()
    await signIn()
    clock.sleep(61 * MINUTE)
    const asked = watch(auth.fetch('https://api.test/mine'))
    await drain()
    void auth.signIn(bobsPassword).catch(() => {})
    await drain()
    auth.cancel()
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.now).toBe('resolved')
    expect(server.tokens()).toEqual(['access-2'])
  })

  it('a request of one user is not sent again as another user after a 401', async () => {
    const { auth, server, signIn } = openTab()
    await signIn()
    server.decide = () => null
    const asked = watch(auth.fetch('https://api.test/mine'))
    await drain()
    await signIn(bob, 7)
    server.answer(401)
    await drain()
    expect(asked.value?.status).toBe(401)
    expect(server.tokens()).toEqual(['access-1'])
  })
})
