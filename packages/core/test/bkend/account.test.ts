import { createAuth } from '@authchart/core'
import { drain, fakeBrowser, fakeClock, fakeNetwork } from '@authchart/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { AuthError } from '../../src/errors.ts'
import { bkend, bkendAccount, type BkendAccount } from '../../src/exports/bkend.ts'
import { fieldsOf } from '../jwt.ts'
import { settle, watch } from '../support.ts'
import { errorOf, json, refusal } from './fake-bkend.ts'

const url = 'https://bkend.example'
const user = { id: 'u1', email: 'ada@example.com', name: 'Ada', role: 'user' }

interface Asked {
  readonly path: string
  readonly body: Record<string, unknown>
  readonly answer: (response: Response) => void
  readonly fail: (error: Error) => void
}

/** A signed-in user of a server that answers renewals and switches by hand, and the rest at once. */
async function signedIn(more: { readonly fetch?: typeof globalThis.fetch } = {}) {
  const asked: Asked[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    const path = new URL(input as string).pathname
    const body = JSON.parse((init?.body as string | undefined) ?? '{}') as Record<string, unknown>
    if (path.endsWith('/me')) return Promise.resolve(json(200, user))
    if (path.endsWith('/signin')) {
      return Promise.resolve(json(200, { accessToken: 'access-1', refreshToken: 'refresh-1', expiresIn: 3600 }))
    }
    return new Promise((answer, fail) => asked.push({ path, body, answer, fail }))
  }
  const clock = fakeClock()
  const { storage, tabs } = fakeBrowser().openTab()
  const client = bkend({ url, publishableKey: 'pk_test', fetch })
  const auth = createAuth({ client, clock, storage, tabs, network: fakeNetwork(), ...more })
  await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
  return { auth, asked, clock, account: bkendAccount(auth) }
}

const pair = (n: number): Response =>
  json(200, { accessToken: `access-${n}`, refreshToken: `refresh-${n}`, expiresIn: 3600 })

const turns = async (): Promise<void> => {
  for (let n = 0; n < 10; n += 1) await drain()
}

describe('what spends the refresh token stands in one queue, whatever it is for', () => {
  test('a switch of organisation during a renewal waits for it, and goes on from its tokens [17, 118]', async () => {
    const { auth, asked, account } = await signedIn()
    void auth.refresh()
    await turns()
    const switched = account.organization.switch('org_second')
    await turns()
    expect(asked.map(({ path }) => path)).toEqual(['/v1/auth/refresh'])
    asked[0]?.answer(pair(2))
    await turns()
    expect(asked.map(({ path }) => path)).toEqual(['/v1/auth/refresh', '/v1/auth/switch-organization'])
    asked[1]?.answer(pair(3))
    await switched
    expect(await auth.getAccessToken()).toBe('access-3')
    void auth.refresh()
    await turns()
    expect(asked[2]?.body).toEqual({ refreshToken: 'refresh-3' })
  })

  test('a renewal during a switch of organisation waits for it, and has nothing left to do [17, 118]', async () => {
    const { auth, asked, account } = await signedIn()
    const switched = account.organization.switch('org_second')
    await turns()
    const renewed = auth.refresh()
    await turns()
    expect(asked.map(({ path }) => path)).toEqual(['/v1/auth/switch-organization'])
    asked[0]?.answer(pair(2))
    await Promise.all([switched, renewed])
    await turns()
    expect(asked).toHaveLength(1)
    expect(await auth.getAccessToken()).toBe('access-2')
  })

  test('a switch whose answer was lost may have spent the token: it is not shown again [17, 118]', async () => {
    const { auth, asked, account } = await signedIn()
    const switched = watch(account.organization.switch('org_second'))
    await turns()
    asked[0]?.fail(new TypeError('Failed to fetch'))
    await turns()
    expect(switched.now).toBe('network')
    await expect(auth.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
    await turns()
    expect(asked).toHaveLength(1)
    expect(await auth.getAccessToken()).toBe('access-1')
  })
})

test('a fetch that an app wraps to try again does so for its own requests, never for a renewal [21]', async () => {
  let own = 0
  const stubborn: typeof globalThis.fetch = async () => {
    own += 1
    return own % 3 === 0 ? new Response('at last') : stubborn('')
  }
  const { auth, asked } = await signedIn({ fetch: stubborn })
  expect(await (await auth.fetch(`${url}/posts`)).text()).toBe('at last')
  const renewed = watch(auth.refresh())
  await turns()
  asked[0]?.fail(new TypeError('Failed to fetch'))
  await turns()
  expect(renewed.now).toBe('refresh-indeterminate')
  expect([own, asked.length]).toEqual([3, 1])
})

/** A signed-in user of a server that answers everything at once; what the account asks for is written down. */
async function atOnce(accessToken = 'access-1', answer: () => Response = () => json(200, { message: 'done' })) {
  const asked: string[] = []
  const client = bkend({
    url,
    publishableKey: 'pk_test',
    fetch: async (input, init) => {
      const { pathname, search } = new URL(input as string)
      if (pathname.endsWith('/me')) return json(200, user)
      if (pathname.endsWith('/signin')) return json(200, { accessToken, refreshToken: 'refresh-1', expiresIn: 3600 })
      asked.push(`${init?.method} ${pathname}${search} ${(init?.body as string | null) ?? ''}`.trim())
      return answer()
    },
  })
  const auth = createAuth({ client, clock: fakeClock(), network: fakeNetwork() })
  await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
  await settle()
  return { auth, asked, account: bkendAccount(auth) }
}

describe('ending a session', () => {
  const statusAfter = async (claims: object | string, id: string): Promise<string> => {
    const { auth, asked, account } = await atOnce(typeof claims === 'string' ? claims : fieldsOf(claims))
    await account.sessions.end(id)
    await settle()
    expect(asked).toEqual([`DELETE /v1/auth/sessions/${encodeURIComponent(id)}`])
    return auth.getState().status
  }

  test.each<[name: string, claims: object, id: string]>([
    ['stands in another claim', { sub: '7', sid: '12', org: '3' }, '3'],
    ['is the number of the user', { sub: '7', sid: '12' }, '7'],
    ['is the number of the token', { sub: '7', sid: '12', jti: '3' }, '3'],
    ['is the number of the token, and no claim names the session', { sub: '7', jti: '3' }, '3'],
    ['stands deep in a claim', { sid: '12', app: { sid: '3', sessions: ['3'] } }, '3'],
    ['stands in a list of sessions', { sid: ['12', '3'] }, '3'],
    ['is a part of the own one', { sid: '123' }, '12'],
    ['is the name of a claim', { sid: '12' }, 'sid'],
    ['looks like nothing', { sub: '7' }, 'undefined'],
    ['looks like null', { sid: null }, 'null'],
  ])('sessions.end leaves the user signed in if the id %s [K18]', async (_, claims, id) => {
    expect(await statusAfter(claims, id)).toBe('authenticated')
  })

  test.each<[name: string, claims: object, id: string]>([
    ['sid', { sub: '7', sid: '12' }, '12'],
    ['session_id', { sub: '7', session_id: '12' }, '12'],
    ['sessionId', { sub: '7', sessionId: '12' }, '12'],
    ['sid, as a number', { sub: '7', sid: 12 }, '12'],
    ['sid, with letters that JSON writes in another way', { sid: 'a/ü' }, 'a/ü'],
  ])('sessions.end signs out here if the token names the session by %s [K18]', async (_, claims, id) => {
    // as JSON may write it
    const payload = JSON.stringify(claims).replaceAll('/', '\\/').replaceAll('ü', '\\u00fc')
    expect(await statusAfter(`h.${btoa(payload).replaceAll('=', '')}.s`, id)).toBe('expired')
  })

  test.each(['opaque', 'a.b.c', `h.${btoa('"12"')}.s`, `h.${btoa('12')}.s`])(
    'sessions.end leaves it to the next renewal if the token says nothing: %s [K18]',
    async (token) => {
      expect(await statusAfter(token, '12')).toBe('authenticated')
    },
  )
})

describe('an argument that is missing or of the wrong type is an invalid request, and nothing is sent', () => {
  /** The methods that take an object, with an argument that is good, and those of its fields that may be left out. */
  const methods: Readonly<
    Record<string, readonly [call: (account: BkendAccount) => unknown, good: object, optional?: readonly string[]]>
  > = {
    'password.change': [({ password }) => password.change, { currentPassword: 'a', newPassword: 'b' }],
    'password.confirmReset': [
      ({ password }) => password.confirmReset,
      { email: 'ada@example.com', token: 't', newPassword: 'b' },
    ],
    'mfa.enable': [({ mfa }) => mfa.enable, { password: 'a' }],
    'mfa.confirm': [({ mfa }) => mfa.confirm, { code: '123456' }],
    'mfa.disable': [({ mfa }) => mfa.disable, { password: 'a', code: '123456' }, ['code']],
    'email.sendVerification': [
      ({ email }) => email.sendVerification,
      { email: 'ada@example.com', callbackUrl: 'https://app.example' },
      ['callbackUrl'],
    ],
    'email.verify': [({ email }) => email.verify, { email: 'ada@example.com', token: 't' }],
    'email.resend': [
      ({ email }) => email.resend,
      { email: 'ada@example.com', callbackUrl: 'https://app.example' },
      ['callbackUrl'],
    ],
    'magicLink.send': [
      ({ magicLink }) => magicLink.send,
      { email: 'ada@example.com', callbackUrl: 'https://app.example' },
    ],
  }
  const noText: readonly unknown[] = [5, true, {}, [], ['a'], () => 'a', Symbol('a'), 1n]
  const nothing: readonly unknown[] = [undefined, null]

  const throwing = Object.defineProperty({}, 'email', {
    get() {
      throw new TypeError('not yet')
    },
  })

  async function refusedOf(method: unknown, argument: unknown): Promise<string> {
    // not even a throw: a rejection
    const error = await errorOf((method as (argument: unknown) => Promise<unknown>)(argument))
    expect(error).toBeInstanceOf(AuthError)
    return error.code
  }

  test.each(Object.entries(methods))(
    '%s refuses an argument that is missing or no text [K23]',
    async (_, [methodOf, good, optional = []]) => {
      const { account, asked } = await atOnce()
      const method = methodOf(account)
      for (const argument of [...nothing, ...noText, '', 'ada@example.com', {}, throwing]) {
        expect(await refusedOf(method, argument)).toBe('invalid-request')
      }
      for (const field of Object.keys(good)) {
        const wrong = optional.includes(field) ? noText : [...nothing, ...noText, '']
        for (const value of wrong) expect(await refusedOf(method, { ...good, [field]: value })).toBe('invalid-request')
      }
      expect(asked).toEqual([])
    },
  )

  test.each<[name: string, methodOf: (account: BkendAccount) => unknown]>([
    ['sessions.end', ({ sessions }) => sessions.end],
    ['password.requestReset', ({ password }) => password.requestReset],
    ['organization.switch', ({ organization }) => organization.switch],
  ])('%s refuses an argument that is missing or no text [K23]', async (_, methodOf) => {
    const { account, asked } = await atOnce()
    for (const argument of [...nothing, ...noText, '']) {
      expect(await refusedOf(methodOf(account), argument)).toBe('invalid-request')
    }
    expect(asked).toEqual([])
  })

  test('sessions.list refuses what is no number of a page [K23]', async () => {
    const { account, asked } = await atOnce('access-1', () => json(200, []))
    for (const value of ['2', 0, -1, 1.5, NaN, Infinity, {}, [], true]) {
      expect(await refusedOf(account.sessions.list, { page: value })).toBe('invalid-request')
      expect(await refusedOf(account.sessions.list, { page: 1, limit: value })).toBe('invalid-request')
    }
    expect(asked).toEqual([])
    await account.sessions.list()
    await account.sessions.list({ page: undefined, limit: undefined })
    await account.sessions.list({ page: 2, limit: 10 })
    expect(asked).toEqual(['GET /v1/auth/sessions', 'GET /v1/auth/sessions', 'GET /v1/auth/sessions?page=2&limit=10'])
  })

  test('a field that may be left out is left out, and a field of something else is not sent [K23]', async () => {
    const { account, asked } = await atOnce('access-1', () => json(200, { secret: 'JBSW' }))
    const form = { password: 'a', code: undefined, email: 'ada@example.com', callbackUrl: null, newPassword: 'b' }
    await account.mfa.disable(form)
    await account.email.resend(form as never)
    await account.mfa.enable(form)
    expect(asked).toEqual([
      'POST /v1/auth/mfa/disable {"password":"a"}',
      'POST /v1/auth/email/verify/resend {"email":"ada@example.com"}',
      'POST /v1/auth/mfa/enable {"password":"a"}',
    ])
  })

  test('sessions.end refuses an id that would lead to another path [K23]', async () => {
    const { account, asked } = await atOnce()
    for (const id of ['.', '..', '...', '\ud800']) {
      expect(await refusedOf(account.sessions.end, id)).toBe('invalid-request')
    }
    expect(asked).toEqual([])
  })
})

test('a wrong password or code is told at once: one request, no renewal', async () => {
  for (const [code, ours] of [
    ['auth/invalid-password', 'invalid-credentials'],
    ['auth/invalid-mfa-code', 'invalid-code'],
  ] as const) {
    const { account, asked } = await atOnce('access-1', () => refusal(401, code))
    expect((await errorOf(account.mfa.disable({ password: 'a', code: '000000' }))).code).toBe(ours)
    expect(asked).toHaveLength(1)
  }
})

test('the account knows a client that another copy of this package made', async () => {
  vi.resetModules()
  const other = await import('../../src/exports/bkend.ts')
  expect(other.bkend).not.toBe(bkend)
  const asked: string[] = []
  const client = other.bkend({
    url,
    publishableKey: 'pk_test',
    fetch: async (input) => {
      asked.push(new URL(input as string).pathname)
      return refusal(400, 'auth/invalid-email-format')
    },
  })
  // a copy of the client, too
  const auth = createAuth({ client: { ...client }, clock: fakeClock(), network: fakeNetwork() })
  expect((await errorOf(bkendAccount(auth).password.requestReset('ada'))).code).toBe('invalid-email')
  expect(asked).toEqual(['/v1/auth/password/reset/request'])
})

test('the account of a client that bkend did not make is refused when it is made', () => {
  const auth = createAuth({ client: { signIn: async () => ({}) }, clock: fakeClock(), network: fakeNetwork() })
  expect(() => bkendAccount(auth)).toThrow(expect.objectContaining({ code: 'misconfigured' }))
})
