/** Sign-ins with no session, those that wait for the restore, and the errors that they leave. */
import { describe, expect, it } from 'vitest'
import { phases } from './states.ts'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSession,
  browserWithSpend,
  busy,
  drain,
  DUE,
  grant,
  openTab,
  watch,
} from './support.ts'

describe('a sign-in with no session', () => {
  it.each(Object.entries(phases))(
    'a sign-in with no session that %s is ended by signOut() [D2b]',
    async (phase, reach) => {
      const tab = openTab()
      await tab.boot()
      await reach(tab)
      const method = phase === 'is submitted' ? 'signIn' : 'answerChallenge'
      const isAsked = tab.client.has(method)
      const out = watch(tab.auth.signOut())
      await drain()
      expect([out.value, tab.status()]).toEqual([{ revoked: 'no' }, 'signedOut'])
      if (isAsked) tab.client.next(method).answer(grant(7, bob))
      await drain()
      expect([tab.status(), await tab.stored()]).toEqual(['signedOut', null])
      if (isAsked) expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-7' })
    },
  )

  it('a sign-in that begins after a sign-out and fails leaves the status signedOut, and says why', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.signOut()
    await drain()
    tab.client.next('signOut').answer()
    await drain()
    void tab.auth.signIn(annsPassword).catch(() => {})
    await drain()
    tab.client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(tab.auth.getState()).toMatchObject({
      status: 'signedOut',
      reason: 'signed-out',
      error: { code: 'invalid-credentials' },
    })
    tab.auth.dismiss()
    expect(tab.auth.getState()).toMatchObject({ status: 'anonymous', error: null })
  })

  it('a sign-in that begins during a sign-out joins signOut() to the one under way, and is given up', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.signOut()
    const signedIn = watch(tab.auth.signIn(bobsPassword))
    await drain()
    const out = watch(tab.auth.signOut())
    await drain()
    expect([signedIn.now, out.now, tab.status()]).toEqual(['cancelled', 'pending', 'signingOut'])
    tab.client.next('signOut').answer()
    await drain()
    expect([out.value, tab.status()]).toEqual([{ revoked: 'yes' }, 'signedOut'])
  })
})

describe('a sign-in that waits for the restore', () => {
  it('a sign-in that waits for the restore is given up by cancel(), and the next one waits again', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const first = watch(tab.auth.signIn(annsPassword))
    await drain()
    tab.auth.cancel()
    const second = watch(tab.auth.signIn(bobsPassword))
    await drain()
    expect([first.now, second.now, tab.status(), tab.client.counts.signIn]).toEqual([
      'cancelled',
      'pending',
      'restoring',
      0,
    ])
    tab.tab.releaseStorage()
    await drain()
    tab.client.next('signIn').answer(grant(7, bob))
    await drain()
    expect([second.value, tab.auth.getState().user]).toEqual([bob, bob])
  })

  it('a sign-in that waits for the restore leaves an unknown spend unknown: the token is not sent again [S2a]', async () => {
    const browser = await browserWithSpend()
    const tab = openTab({}, browser)
    void tab.auth.signIn(bobsPassword).catch(() => {})
    await drain()
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'indeterminate' })
    expect(tab.client.spent).toEqual([])
  })
})

describe('each region has an error of its own', () => {
  it('a failed switch says why, until the next renewal', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.signIn(bobsPassword).catch(() => {})
    await drain()
    tab.client.next('signIn').fail('invalid-credentials')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', error: { code: 'invalid-credentials' } })
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', error: null })
  })

  it('a renewal during a second factor leaves the word about a wrong code', async () => {
    const tab = openTab()
    await tab.signIn()
    await phases['has its code checked']?.(tab)
    tab.client.next('answerChallenge').fail('invalid-code')
    await drain()
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'challenged', error: { code: 'invalid-code' } })
  })

  it('cancel() takes away the word about the sign-in, and leaves that about the renewal', async () => {
    const tab = openTab()
    await tab.signIn()
    await phases['has its code checked']?.(tab)
    tab.client.next('answerChallenge').fail('invalid-code')
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.client.next('refresh').fail(busy())
    await drain()
    tab.auth.cancel()
    expect(tab.auth.getState()).toMatchObject({
      status: 'authenticated',
      renewal: 'waiting',
      error: { code: 'unavailable' },
    })
  })

  it('a granted sign-in leaves no error of either', async () => {
    const tab = openTab()
    await tab.signIn()
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.client.next('refresh').fail(busy())
    await phases['has its code checked']?.(tab)
    tab.client.next('answerChallenge').fail('invalid-code')
    await drain()
    void tab.auth.answerChallenge({ code: '654321' })
    await drain()
    tab.client.next('answerChallenge').answer(grant(7, bob))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: bob, renewal: 'idle', error: null })
  })
})
