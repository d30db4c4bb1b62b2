import { AuthError, type AuthErrorCode } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  browserWithSession,
  createDisk,
  DAY,
  drain,
  DUE,
  grant,
  HOUR,
  MINUTE,
  openTab,
  scriptedClient,
  SECOND,
  watch,
  type Credentials,
  type Options,
  type Tab,
  type User,
} from './support.ts'

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
  offline: 'later again',
  'rate-limited': 'later again',
  'refresh-indeterminate': 'unknown',
  'session-expired': 'the session is over',
  'storage-unavailable': 'unknown',
  superseded: 'unknown',
  timeout: 'unknown',
  unavailable: 'later again',
  unknown: 'unknown',
  'user-mismatch': 'unknown',
  'weak-password': 'unknown',
}
const codes = Object.entries(outcomes) as [AuthErrorCode, string][]

/** A tab whose renewal has been sent. */
async function refreshing(options: Options = {}): Promise<Tab> {
  const tab = openTab(options)
  await tab.signIn()
  tab.clock.advance(DUE)
  await drain()
  return tab
}

const tolerant = () => Object.assign(scriptedClient<User, Credentials>(), { replay: 'tolerated' as const })

describe('an error as the answer to a renewal', () => {
  it.each(codes)('%s: %s', async (code, outcome) => {
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

  it('says that an account is banned', async () => {
    const { auth, client } = await refreshing()
    client.next('refresh').fail('account-banned')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'account-banned' })
  })

  it.each(codes)('%s, where replays are tolerated: asked again, unless the session is over', async (code, outcome) => {
    const { auth, client, clock, status } = await refreshing({ client: tolerant() })
    client.next('refresh').fail(code)
    await drain()
    if (outcome === 'the session is over') return expect(status()).toBe('expired')
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting' })
    clock.advance(2 * MINUTE)
    await drain()
    expect(client.counts.refresh).toBe(2)
  })

  it.each([
    ['TypeError', new TypeError('Failed to fetch')],
    ['a DOMException', new DOMException('x', 'AbortError')],
  ])('%s of a client that knows no AuthError: nobody knows whether it was spent', async (_, error) => {
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
  it('leaves the access token good to its end, and says then why the session is over', async () => {
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

  it('ends the session at once when the access token has ended before: after a long sleep, say', async () => {
    const tab = openTab()
    await tab.signIn()
    tab.clock.sleep(8 * HOUR)
    tab.network.wake()
    await drain()
    tab.client.next('refresh').fail('network')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })

  it('by the time limit of one request counts the same', async () => {
    const { auth, client, clock } = await refreshing({ requestTimeout: 20 * SECOND })
    const { signal } = client.next('refresh')
    clock.advance(20 * SECOND - 1)
    await drain()
    expect(signal.aborted).toBe(false)
    clock.advance(1)
    await drain()
    expect(signal.aborted).toBe(true)
    expect(auth.getState()).toMatchObject({ renewal: 'indeterminate' })
  })

  it('makes refresh() say so, and does not spend the token again', async () => {
    const { auth, client } = await refreshing()
    client.next('refresh').fail('network')
    await drain()
    const again = watch(auth.refresh())
    await drain()
    expect(again.now).toBe('refresh-indeterminate')
    expect(client.spent).toEqual(['refresh-1'])
  })

  it('does not lose the session to a sign-in that is given up', async () => {
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

describe('a server that says when to come back', () => {
  const waits = async (retryAfter: number | undefined, code: AuthErrorCode = 'rate-limited') => {
    const tab = await refreshing()
    tab.client.next('refresh').fail(new AuthError(code, { retryAfter, status: 429 }))
    await drain()
    return tab
  }

  it('is not asked sooner, neither by the timer nor by a person', async () => {
    const { auth, client, clock } = await waits(30)
    expect(auth.getState()).toMatchObject({ renewal: 'waiting', error: { code: 'rate-limited', retryAfter: 30 } })
    const asked = watch(auth.refresh())
    clock.advance(30 * SECOND - 1)
    await drain()
    expect(asked.now).toBe('rate-limited')
    expect(client.counts.refresh).toBe(1)
    clock.advance(2)
    await drain()
    expect(client.counts.refresh).toBe(2)
  })

  it('is asked on time although the clock was put back by a day', async () => {
    const { client, clock } = await waits(30)
    clock.jump(-DAY)
    clock.advance(31 * SECOND)
    await drain()
    expect(client.counts.refresh).toBe(2)
  })

  it.each([Number.NaN, -5, -Infinity])(
    'and says nonsense (%s) is given the usual pause, not none',
    async (retryAfter) => {
      const { client, clock } = await waits(retryAfter)
      expect(client.counts.refresh).toBe(1)
      clock.advance(400)
      await drain()
      expect(client.counts.refresh).toBe(1)
      clock.advance(200)
      await drain()
      expect(client.counts.refresh).toBe(2)
    },
  )

  it.each([Infinity, 1e9, 1e300])(
    'in %s seconds is asked again within ten minutes all the same',
    async (retryAfter) => {
      const { client, clock } = await waits(retryAfter)
      clock.advance(11 * MINUTE)
      await drain()
      expect(client.counts.refresh).toBe(2)
    },
  )

  it('is waited for longer after each failure, up to a minute', async () => {
    const { client, clock } = await waits(undefined, 'unavailable')
    // half of 1, 2, 4, 8, 16, 32, 60, 60 seconds
    for (const pause of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const before = client.counts.refresh
      clock.advance(pause - 1)
      await drain()
      expect(client.counts.refresh).toBe(before)
      clock.advance(1)
      await drain()
      expect(client.counts.refresh).toBe(before + 1)
      client.next('refresh').fail('unavailable')
      await drain()
    }
  })

  it('lets a person try at once where it did not say when', async () => {
    const { auth, client } = await waits(undefined, 'unavailable')
    void auth.refresh()
    await drain()
    expect(client.counts.refresh).toBe(2)
    client.next('refresh').answer(grant(2))
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
  })
})

describe('an answer without what it must hold', () => {
  it.each([
    ['no refresh token', { accessToken: 'access-2', expiresIn: 3600 }],
    ['no access token', { refreshToken: 'refresh-2' }],
    ['an empty refresh token', { accessToken: 'access-2', refreshToken: '' }],
    ['a refresh token in a list', { accessToken: 'access-2', refreshToken: ['refresh-2'] }],
    ['a token with a line break', { accessToken: 'a\r\nX-Evil: 1', refreshToken: 'refresh-2' }],
    ['nothing', {}],
    ['null', null],
    ['undefined', undefined],
    ['a page', '<!doctype html>'],
    ['a list', []],
    ['a number', 7],
  ])('%s: nobody knows whether it was spent', async (_, answer) => {
    const { auth, client } = await refreshing()
    client.next('refresh').answer(answer)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'indeterminate' })
    expect(await auth.getAccessToken()).toBe('access-1')
  })

  it.each([
    ['absent', {}],
    ['undefined', { refreshToken: undefined }],
    ['null', { refreshToken: null }],
  ])('an %s refresh token means the same one goes on, where replays are tolerated', async (_, more) => {
    const client = tolerant()
    const { auth, stored } = await refreshing({ client })
    client.next('refresh').answer({ accessToken: 'access-2', expiresIn: 3600, user: ann, ...more })
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
    expect(await stored()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-1' })
  })

  it.each([
    ['null', null],
    ['an empty text', ''],
    ['a number', 0],
  ])('%s as the user does not take the user off the screen', async (_, user) => {
    const { auth, client } = await refreshing()
    client.next('refresh').answer({ ...grant(2), user })
    await drain()
    expect(auth.getState()).toMatchObject({ user: ann })
  })
})

describe('an answer for somebody else', () => {
  const jwt = (sub: string): string => `h.${btoa(JSON.stringify({ sub }))}.s`

  it('by the user: the session ends for safety, and nobody sees the other one', async () => {
    const { auth, client, stored } = await refreshing()
    const seen: unknown[] = []
    auth.subscribe((state) => void seen.push(state))
    client.next('refresh').answer(grant(2, bob))
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
    expect(JSON.stringify(seen)).not.toContain(bob.name)
    expect(await stored()).not.toHaveProperty('refreshToken')
    expect(client.next('signOut').input).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
  })

  it('by the subject of the token', async () => {
    const tab = openTab()
    await tab.signIn(ann, 1, { accessToken: jwt('u1') })
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer({ ...grant(2, null), accessToken: jwt('u2') })
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
    expect(tab.client.counts.getUser).toBe(0)
  })

  it('by getUser, where neither token nor answer says whom it is for; no request carries that token', async () => {
    const { auth, client, server } = await refreshing()
    client.next('refresh').answer(grant(2, null))
    await drain()
    void auth.fetch('https://api.test/posts')
    await drain()
    client.next('getUser').answer(bob)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch' })
    expect(server.tokens()).toEqual(['access-1'])
  })

  it('is not suspected when getUser fails: the session goes on, guards wait for the server', async () => {
    const { auth, client } = await refreshing()
    client.next('refresh').answer(grant(2, null))
    await drain()
    client.next('getUser').fail('network')
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: false })
    expect(await auth.getAccessToken()).toBe('access-2')
    expect(auth.can('isEditor')).toBe(false)
    client.next('getUser').answer(ann)
    await drain()
    expect(auth.can('isEditor')).toBe(true)
  })
})

describe('while the user is being confirmed', () => {
  it('a renewal that is due goes on', async () => {
    const disk = createDisk()
    const first = openTab({ storage: disk.storage })
    await first.signIn()
    first.auth.destroy()
    const clock = first.clock
    clock.advance(DUE)
    let open = (): void => {}
    const tab = openTab({ storage: disk.storage, clock })
    let reads = 0
    disk.before = (operation) => {
      reads += operation === 'read' ? 1 : 0
      return reads === 2 && operation === 'read' ? new Promise((resolve) => (open = resolve)) : Promise.resolve()
    }
    await tab.boot()
    expect(tab.status()).toBe('refreshing')
    tab.client.next('getUser').answer(ann)
    await drain()
    open()
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
  })

  it('an answer that is older than the token does not spend the new one', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    const question = tab.client.next('getUser')
    expect(question.input).toEqual({ accessToken: 'access-1' })
    void tab.auth.refresh()
    await drain()
    tab.client.next('refresh').answer({ ...grant(2, null), user: undefined })
    await drain()
    while (tab.client.pending.some((call) => call !== question && call.method === 'getUser')) {
      tab.client.pending.find((call) => call !== question && call.method === 'getUser')?.answer(ann)
      await drain()
    }
    question.fail('session-expired')
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
  })

  it('a renewal does not bring the older user back', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    void tab.auth.refresh()
    await drain()
    tab.client.next('getUser').answer({ ...ann, role: 'reader' })
    await drain()
    expect(tab.auth.getState()).toMatchObject({ user: { role: 'reader' } })
    const seen: unknown[] = []
    tab.auth.subscribe(({ user }) => void seen.push(user?.role))
    const payload = btoa(JSON.stringify({ sub: 'u1' }))
    tab.client.next('refresh').answer({ ...grant(2, null), accessToken: `h.${payload}.s` })
    await drain()
    expect(seen).not.toContain('editor')
  })

  it('in a session whose renewal was lost, the word of the server that the token is dead ends it', async () => {
    const browser = await browserWithSession()
    const dead = openTab({}, browser)
    await dead.boot()
    void dead.auth.refresh().catch(() => {})
    await drain()
    dead.tab.kill()
    const tab = openTab({}, browser)
    await tab.boot()
    tab.client.next('getUser').fail('session-expired')
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })
})
