/** Answers that are allowed, rare, and easily taken for something else. */
import { AuthError } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  drain,
  DUE,
  grant,
  HOUR,
  openTab,
  refreshing,
  SECOND,
  settle,
  watch,
  type Tab,
  type User,
} from './support.ts'

const HERE = 'https://api.test/posts'

/** base64url, as tokens have it. */
const encode = (value: unknown): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const jwt = (claims: object, header: object = { alg: 'RS256' }): string => `${encode(header)}.${encode(claims)}.c2ln`

describe('an access token', () => {
  it.each(['opaque', 'a.b', 'a.b.c', '..', 'a.b.c.d.e', '.e30.', 'h.bm90IGpzb24.s', 'h.bnVsbA.s', 'h.WzFd.s'])(
    'an access token that tells nothing (%j) is as good as any: it lives as long as the server says [48]',
    async (accessToken) => {
      const tab = openTab({ without: ['refresh'] })
      await tab.signIn(ann, 1, { accessToken, expiresIn: 600 })
      await tab.auth.fetch(HERE)
      expect(tab.server.tokens()).toEqual([accessToken])
      tab.clock.advance(600 * SECOND - 1)
      expect(tab.status()).toBe('authenticated')
      tab.clock.advance(1)
      expect(tab.status()).toBe('expired')
    },
  )

  it.each([{ alg: 'none' }, { alg: 'HS256', typ: 'JWT' }])(
    'an access token that claims a role (%j) opens no guard, and names no user [49]',
    async (header) => {
      const tab = openTab()
      const claims = { sub: 'u1', role: 'editor', roles: ['editor'], name: 'Root', admin: true }
      await tab.signIn({ ...ann, role: 'reader' }, 1, { accessToken: jwt(claims, header) })
      expect(tab.auth.can('isEditor')).toBe(false)
      expect(tab.auth.getState().user).toEqual({ ...ann, role: 'reader' })
    },
  )

  const hour = 3600
  const times: readonly (readonly [string, object, number])[] = [
    ['no end', { iat: 1_700_000_000 }, hour],
    ['an end in milliseconds', { iat: 1_700_000_000, exp: 1_700_003_600_000 }, hour],
    ['an end in milliseconds and no beginning', { exp: 1_700_003_600_000 }, hour],
    ['an end that is long over', { iat: 1000, exp: 1600 }, 600],
    ['a beginning in the future', { iat: 4_000_000_000, exp: 4_000_000_900 }, 900],
    ['an end before its beginning', { iat: 1600, exp: 1000 }, hour],
  ]
  it.each(times)(
    'an access token that tells %s is believed in the difference of its times, or not at all [50]',
    async (_, claims, seconds) => {
      const tab = openTab({ without: ['refresh'] })
      await tab.signIn(ann, 1, { accessToken: jwt(claims), expiresIn: undefined })
      tab.clock.advance(seconds * SECOND - 1)
      expect(tab.status()).toBe('authenticated')
      tab.clock.advance(1)
      expect(tab.status()).toBe('expired')
    },
  )

  it('an access token that tells another end than the server: the server is believed [50]', async () => {
    const tab = openTab({ without: ['refresh'] })
    await tab.signIn(ann, 1, { accessToken: jwt({ iat: 1000, exp: 1600 }), expiresIn: 1200 })
    tab.clock.advance(1200 * SECOND - 1)
    expect(tab.status()).toBe('authenticated')
    tab.clock.advance(1)
    expect(tab.status()).toBe('expired')
  })

  it.each([
    ['the same', 'Ünal-Ωλ😀', 'Ünal-Ωλ😀', 'authenticated'],
    ['another', 'Ünal-Ωλ😀', 'Ünal-Ωλ😁', 'expired'],
  ])(
    'an access token for %s subject that no Latin-1 can spell is read as what it is [51]',
    async (_, before, after, status) => {
      const tab = openTab()
      await tab.signIn(ann, 1, { accessToken: jwt({ sub: before }) })
      tab.clock.advance(DUE)
      await drain()
      tab.client.next('refresh').answer({ ...grant(2, null), accessToken: jwt({ sub: after }) })
      await drain()
      expect(tab.status()).toBe(status)
    },
  )
})

describe('signing up', () => {
  it.each(['email-taken', 'email-not-verified', 'weak-password', 'invalid-email', 'forbidden'] as const)(
    'a sign-up that ends with %s says so, and leaves no user half signed in [53]',
    async (code) => {
      const tab = openTab()
      const signedUp = watch(tab.auth.signUp(annsPassword))
      await drain()
      tab.client.next('signUp').fail(new AuthError(code, { status: 409 }))
      await drain()
      expect(signedUp.now).toBe(code)
      expect(tab.auth.getState()).toMatchObject({ status: 'anonymous', user: null, error: { code } })
      expect([await tab.stored(), await tab.auth.getAccessToken()]).toEqual([null, null])
    },
  )

  it('a sign-up that is accepted without tokens is no session [53]', async () => {
    const tab = openTab()
    const signedUp = watch(tab.auth.signUp(annsPassword))
    await drain()
    tab.client.next('signUp').answer({ message: 'We have sent you a mail' })
    await drain()
    expect(signedUp.now).toBe('invalid-response')
    expect([tab.status(), await tab.stored()]).toEqual(['anonymous', null])
  })
})

it('a key of the app that was revoked refuses everything: that says so, and the user stays signed in [62]', async () => {
  const tab = openTab()
  await tab.signIn()
  tab.server.decide = () => 401
  const asked = watch(tab.auth.fetch(HERE))
  await drain()
  tab.client.next('refresh').fail(new AuthError('misconfigured', { status: 401 }))
  await drain()
  expect(asked.value?.status).toBe(401)
  expect(tab.auth.getState()).toMatchObject({
    status: 'authenticated',
    user: ann,
    renewal: 'waiting',
    error: { code: 'misconfigured' },
  })
  expect(await tab.stored()).toMatchObject({ refreshToken: 'refresh-1', marked: false })
})

it('a request that changes something is sent again only after a refusal, and once [68]', async () => {
  const tab = openTab()
  await tab.signIn()
  tab.server.decide = () => 401
  const asked = watch(tab.auth.fetch(HERE, { method: 'POST', body: 'pay 10' }))
  await settle()
  tab.client.next('refresh').answer(grant(2))
  await settle()
  expect(asked.value?.status).toBe(401)
  expect(tab.server.arrived.map(({ body, token }) => [body, token])).toEqual([
    ['pay 10', 'access-1'],
    ['pay 10', 'access-2'],
  ])
})

it('an answer that no script may read is handed on as it is: no success, no refusal, no renewal [72]', async () => {
  const opaque = new Response(null)
  Object.defineProperties(opaque, { type: { value: 'opaque' }, status: { value: 0 }, ok: { value: false } })
  const tab = openTab({ fetch: () => Promise.resolve(opaque) })
  await tab.signIn()
  const response = await tab.auth.fetch(HERE, { mode: 'no-cors' })
  expect([response, response.ok, tab.client.counts.refresh]).toEqual([opaque, false, 0])
  expect(tab.status()).toBe('authenticated')
})

describe('a second factor', () => {
  it('a second factor that is tried too often says for how long to wait, and stays where it is [113]', async () => {
    const tab = openTab()
    void tab.auth.signIn(annsPassword).catch(() => {})
    await drain()
    tab.client.next('signIn').answer({ challenge: { kind: 'totp', handle: 1 } })
    await drain()
    for (let tries = 0; tries < 5; tries += 1) {
      void tab.auth.answerChallenge({ code: `${tries}` }).catch(() => {})
      await drain()
      tab.client.next('answerChallenge').fail('invalid-code')
      await drain()
    }
    const tooMany = watch(tab.auth.answerChallenge({ code: '6' }))
    await drain()
    tab.client.next('answerChallenge').fail(new AuthError('rate-limited', { retryAfter: 900, status: 429 }))
    await drain()
    expect(tooMany.error).toMatchObject({ code: 'rate-limited', retryAfter: 900 })
    expect(tab.auth.getState()).toMatchObject({ status: 'challenged', error: { retryAfter: 900 } })
    // nothing is tried on its own
    tab.clock.advance(4 * 60 * SECOND)
    await drain()
    expect(tab.client.counts.answerChallenge).toBe(6)
  })
})

describe('the id and nothing else tells who a user is', () => {
  const renewedAs = async (user: unknown): Promise<Tab> => {
    const tab = await refreshing()
    tab.client.next('refresh').answer({ ...grant(2, null), user })
    await drain()
    return tab
  }

  it.each([
    ['the same name and role under another id', { ...ann, id: 'u9' }],
    ['an id in capitals', { ...ann, id: 'U1' }],
    ['an id with a space', { ...ann, id: 'u1 ' }],
  ])('%s is another user [122]', async (_, user) => {
    const tab = await renewedAs(user)
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch', lastUser: ann })
  })

  it('another name and role under the same id is the same user [122]', async () => {
    const tab = await renewedAs({ id: 'u1', name: 'Anna', role: 'reader' })
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: { name: 'Anna', role: 'reader' } })
  })

  it.each([
    ['null', { ...ann, id: null }],
    ['empty', { ...ann, id: '' }],
    ['absent', { name: 'Ann', role: 'admin' }],
    ['an object', { ...ann, id: { toString: (): string => 'u1' } }],
  ])('an id that is %s is no answer to who it is: getUser is asked [122]', async (_, user) => {
    const tab = await renewedAs(user)
    expect(tab.auth.getState()).toMatchObject({ status: 'refreshing', user: ann })
    expect(tab.client.has('getUser')).toBe(true)
  })

  it('an address that two accounts share does not join two sign-ins [122]', async () => {
    interface Person extends User {
      readonly email: string
    }
    const one: Person = { ...ann, email: 'same@example.test' }
    const tab = openTab()
    await tab.signIn(one)
    tab.clock.advance(HOUR - SECOND)
    await drain()
    const other: Person = { ...one, id: 'u2' }
    tab.client.next('refresh').answer(grant(2, other))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'expired', reason: 'user-mismatch' })
  })
})
