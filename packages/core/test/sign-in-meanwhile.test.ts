import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
  createDisk,
  drain,
  grant,
  HOUR,
  openTab,
  SECOND,
  watch,
} from './support.ts'

describe('a sign-in that is given up', () => {
  it('a sign-in that is given up does not sign in when its answer comes late: that session is revoked [109]', async () => {
    const { auth, client, status, stored } = openTab()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    auth.cancel()
    await drain()
    expect([signedIn.now, status()]).toEqual(['cancelled', 'anonymous'])
    client.next('signIn').answer(grant(1))
    await drain()
    expect(status()).toBe('anonymous')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    expect(await stored()).toBe(null)
  })

  it('a sign-in that is given up while it waits for the restore is never sent', async () => {
    const { auth, client, status, tab } = openTab()
    tab.holdStorage()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    auth.cancel()
    tab.releaseStorage()
    await drain()
    expect([signedIn.now, status(), client.counts.signIn]).toEqual(['cancelled', 'anonymous', 0])
  })

  it('a sign-in that is given up and begun again at once has its first grant revoked, and the second signs in', async () => {
    const { auth, client } = openTab()
    void auth.signIn(annsPassword).catch(() => {})
    await drain()
    const late = client.next('signIn')
    auth.cancel()
    const again = watch(auth.signIn(annsPassword))
    await drain()
    late.answer(grant(1))
    await drain()
    expect(again.now).toBe('pending')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
    client.next('signIn').answer(grant(2))
    await drain()
    expect(again.value).toEqual(ann)
    expect(await auth.getAccessToken()).toBe('access-2')
  })
})

describe('signing in while', () => {
  it('signing in while the session is being restored waits for that, then switches', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const signedIn = watch(tab.auth.signIn(bobsPassword))
    await drain()
    expect([tab.status(), tab.client.counts.signIn]).toEqual(['restoring', 0])
    tab.tab.releaseStorage()
    await drain()
    tab.client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(signedIn.value).toEqual(bob)
    expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
  })

  it('a sign-in while the session is being restored that fails leaves the restored session', async () => {
    const tab = openTab({}, await browserWithSession())
    const signedIn = watch(tab.auth.signIn(bobsPassword))
    await drain()
    tab.client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(signedIn.now).toBe('invalid-credentials')
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  })

  it('a sign-in while a sign-out is under way wins, and the late end of the sign-out undoes nothing [107]', async () => {
    const { auth, client, signIn, stored, tab } = openTab()
    await signIn()
    tab.holdStorage()
    const out = watch(auth.signOut())
    const signedIn = watch(auth.signIn(bobsPassword))
    await drain()
    client.next('signIn').answer(grant(7, bob))
    await drain()
    tab.releaseStorage()
    await drain()
    client.next('signOut').answer()
    await drain()
    expect([out.value, signedIn.value]).toEqual([{ revoked: 'yes' }, bob])
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(await stored()).toMatchObject({ user: bob, refreshToken: 'refresh-7' })
  })

  it('a sign-in while the session is over begins a new one, and remembers the old one when it fails', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    client.next('refresh').fail('session-expired')
    await drain()
    const signedIn = watch(auth.signIn(annsPassword))
    await drain()
    client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(signedIn.now).toBe('invalid-credentials')
    expect(auth.getState()).toMatchObject({
      status: 'expired',
      reason: 'session-expired',
      lastUser: ann,
      error: { code: 'invalid-credentials' },
    })
  })

  it('a switch that fails says so, where the old session ended meanwhile', async () => {
    const { auth, client, signIn } = openTab()
    await signIn()
    void auth.refresh().catch(() => {})
    await drain()
    const switched = watch(auth.signIn(bobsPassword))
    await drain()
    client.next('refresh').fail('session-expired')
    await drain()
    client.next('signIn').fail('network')
    await drain()
    expect(switched.now).toBe('network')
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired', lastUser: ann })
  })
})

it('a sign-in inside a listener, after another command, is not reported as given up', async () => {
  const { auth, client, signIn, status } = openTab()
  await signIn()
  let again: ReturnType<typeof watch> | undefined
  auth.subscribe((state) => {
    if (state.status !== 'signedOut') return
    auth.dismiss()
    again = watch(auth.signIn(bobsPassword))
  })
  void auth.signOut()
  await drain()
  client.next('signOut').answer()
  await drain()
  client.next('signIn').answer(grant(7, bob))
  await drain()
  expect(status()).toBe('authenticated')
  expect(again?.value).toEqual(bob)
})

it('a session that was planted in the storage is gone after a sign-in [92]', async () => {
  const disk = createDisk()
  const evil = openTab({ storage: disk.storage })
  await evil.signIn(bob, 66)
  evil.auth.destroy()
  const tab = openTab({ storage: disk.storage, clock: evil.clock })
  await tab.boot()
  await tab.signIn(ann, 1)
  tab.clock.advance(HOUR / 2 + 4 * 60 * SECOND)
  await drain()
  expect(tab.client.spent).toEqual(['refresh-1'])
  expect(JSON.stringify(disk.record)).not.toContain('-66')
})
