/** The session goes on while a user signs in: a form or a second factor stops nothing that the session needs. */
import { describe, expect, it } from 'vitest'
import { hasRecentSignIn } from '@authchart/core'
import { internalsOf } from '../src/internals.ts'
import { phases, statusIn } from './states.ts'
import {
  ann,
  annsPassword,
  bob,
  busy,
  drain,
  grant,
  HOUR,
  MINUTE,
  openTab,
  SECOND,
  watch,
  type Options,
  type Tab,
} from './support.ts'

const eachPhase = Object.entries(phases)

async function annAnd(reach: (tab: Tab) => Promise<void>, options: Options = {}, expiresIn = 3600): Promise<Tab> {
  const tab = openTab({ requestTimeout: 10 * HOUR, ...options })
  await tab.signIn(ann, 1, { expiresIn })
  await reach(tab)
  return tab
}

/** Less than a challenge lasts, and more than half the life of such a token. */
const SHORT = 240

describe.each(eachPhase)('while a sign-in %s', (phase, reach) => {
  it('a renewal that comes due is made, and the form stays [S2a, S2e]', async () => {
    const tab = await annAnd(reach, {}, SHORT)
    tab.clock.advance(180 * SECOND)
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: statusIn(phase), user: ann, error: null })
    expect(await tab.auth.getAccessToken()).toBe('access-2')
  })

  it('a request whose token has ended is renewed and sent as the user who is signed in [S2b]', async () => {
    const tab = await annAnd(reach)
    tab.clock.sleep(61 * MINUTE)
    const asked = watch(tab.auth.fetch('https://api.test/save', { method: 'POST', body: 'draft' }))
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect([asked.now, tab.server.tokens()]).toEqual(['resolved', ['access-2']])
  })

  it('a request that is answered 401 is renewed and sent again [S2c]', async () => {
    const tab = await annAnd(reach)
    tab.server.decide = ({ token }) => (token === 'access-1' ? 401 : 200)
    const asked = watch(tab.auth.fetch('https://api.test/mine'))
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect([asked.value?.status, tab.server.tokens()]).toEqual([200, ['access-1', 'access-2']])
  })

  it('refresh() renews [S2b]', async () => {
    const tab = await annAnd(reach)
    const refreshed = watch(tab.auth.refresh())
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect([refreshed.now, tab.status()]).toEqual(['resolved', statusIn(phase)])
  })

  it('a renewal that is put off is tried again, and shows no error in the form [S2a]', async () => {
    const tab = await annAnd(reach, {}, SHORT)
    tab.clock.advance(180 * SECOND)
    await drain()
    tab.client.next('refresh').fail(busy())
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: statusIn(phase), user: ann, error: null })
    tab.clock.advance(30 * SECOND)
    await drain()
    expect(tab.client.counts.refresh).toBe(2)
  })

  it('the end of a token that nothing renews ends the session, and the form stays [S2a]', async () => {
    const tab = await annAnd(reach, { without: ['refresh'] }, SHORT)
    tab.clock.advance(SHORT * SECOND)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: statusIn(phase), user: null })
    expect((await watchNow(tab.auth.fetch('https://api.test/mine'))).now).toBe('session-expired')
    tab.auth.cancel()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'access-token-expired', lastUser: ann })
  })

  it('a refused renewal ends the session, and the form stays [S2a]', async () => {
    const tab = await annAnd(reach)
    void tab.auth.refresh().catch(() => {})
    await drain()
    tab.client.next('refresh').fail('session-expired')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: statusIn(phase), user: null })
    tab.auth.cancel()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired', lastUser: ann })
  })

  it('a page from the back-forward cache closes its guards until the server has answered [J2c]', async () => {
    const tab = await annAnd(reach)
    expect(tab.auth.can('isEditor')).toBe(true)
    tab.network.wake(true)
    expect(tab.auth.can('isEditor')).toBe(false)
    await drain()
    expect(tab.auth.can('isEditor')).toBe(false)
    tab.client.next('getUser').answer(ann)
    await drain()
    expect(tab.auth.can('isEditor')).toBe(true)
  })

  it('a guard closes by itself when the sign-in gets too old for it [S2a]', async () => {
    const seen: boolean[] = []
    const recent = hasRecentSignIn(2 * MINUTE)
    const tab = await annAnd(reach, { guards: { isEditor: recent, owns: recent } as never })
    tab.auth.subscribe(() => void seen.push(tab.auth.can('isEditor')))
    expect(tab.auth.can('isEditor')).toBe(true)
    tab.clock.advance(2 * MINUTE)
    await drain()
    expect([tab.auth.can('isEditor'), seen]).toEqual([false, [false]])
  })

  it('a sign-in in another tab is shown, and the form stays [S2a]', async () => {
    const tab = await annAnd(reach)
    const other = openTab({}, tab.browser, tab.clock)
    await other.boot()
    await other.signIn(bob, 7)
    expect(tab.auth.getState()).toMatchObject({ status: statusIn(phase), user: bob, confirmed: false })
    tab.auth.cancel()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
  })

  it('a sign-out in another tab is shown, and the form stays [S2a]', async () => {
    const tab = await annAnd(reach)
    const other = openTab({}, tab.browser, tab.clock)
    await other.boot()
    void other.auth.signOut()
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: statusIn(phase), user: null })
    expect((await watchNow(tab.auth.getAccessToken())).value).toBe(null)
    tab.auth.cancel()
    expect(tab.auth.getState()).toMatchObject({ status: 'signedOut', reason: 'signed-out-elsewhere', error: null })
  })

  it('signOut() gives up both, and what is granted all the same is revoked [S2a]', async () => {
    const tab = await annAnd(reach)
    const method = phase === 'is submitted' ? 'signIn' : 'answerChallenge'
    const isAsked = tab.client.has(method)
    const out = watch(tab.auth.signOut())
    await drain()
    expect(tab.status()).toBe('signingOut')
    tab.client.next('signOut').answer()
    if (isAsked) tab.client.next(method).answer(grant(7, bob))
    await drain()
    expect([out.value, tab.status(), await tab.stored()]).toEqual([{ revoked: 'yes' }, 'signedOut', null])
    if (isAsked) expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-7' })
  })

  it('a session that ends before the grant does not stop it [S2a]', async () => {
    const tab = await annAnd(phases['is submitted'] as typeof reach)
    void internalsOf(tab.auth).endSession('credentials-changed')
    await drain()
    tab.client.next('signIn').answer(grant(7, bob))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: bob, error: null })
  })
})

it('a sign-in that is granted in the moment in which another tab signs in: both tabs end with one user [S2e]', async () => {
  const tab = await annAnd(phases['is submitted'] as (tab: Tab) => Promise<void>)
  const other = openTab({}, tab.browser, tab.clock)
  await other.boot()
  const theirs = watch(other.auth.signIn(annsPassword))
  await drain()
  tab.client.next('signIn').answer(grant(7, bob))
  other.client.next('signIn').answer(grant(8, ann))
  await drain()
  expect([theirs.now, tab.status(), other.status()]).toEqual(['resolved', 'authenticated', 'authenticated'])
  expect(tab.auth.getState().user).toEqual(other.auth.getState().user)
  expect(await tab.auth.getAccessToken()).toBe(await other.auth.getAccessToken())
})

async function watchNow<T>(promise: Promise<T>) {
  const seen = watch(promise)
  await drain()
  return seen
}
