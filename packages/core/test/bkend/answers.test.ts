import { describe, expect, test } from 'vitest'
import { readBackupCodes, readEnrolment, readSessions } from '../../src/bkend/account-answers.ts'
import { AuthError } from '../../src/errors.ts'
import { call, errorOf, fakeBkend, json, password, raw, tokens } from './fake-bkend.ts'

const signIn = (body: unknown) => fakeBkend(json(200, body)).client.signIn(password, call)
const refresh = (body: unknown) => fakeBkend(json(200, body)).client.refresh({ refreshToken: 'refresh-1' }, call)
const getUser = (body: unknown) => fakeBkend(json(200, body)).client.getUser({ accessToken: 'access-1' }, call)

describe('tokens', () => {
  const read = { accessToken: 'access-1', refreshToken: 'refresh-2', expiresIn: 3600 }

  test('tokens are read bare and wrapped, in camel case and in snake case', async () => {
    const snake = { access_token: 'access-1', refresh_token: 'refresh-2', token_type: 'bearer', expires_in: 3600 }
    expect(await refresh(tokens)).toEqual(read)
    expect(await refresh({ success: true, data: tokens })).toEqual(read)
    expect(await refresh(snake)).toEqual(read)
    expect(await refresh({ success: true, data: snake })).toEqual(read)
    expect(await refresh({ ...tokens, is_new_user: true, extra: { deep: [1, 2] } })).toEqual(read)
  })

  test('tokens are unwrapped once and no further', async () => {
    const twice = { success: true, data: { success: true, data: tokens } }
    expect((await errorOf(refresh(twice))).code).toBe('invalid-response')
    expect((await errorOf(refresh({ data: tokens }))).code).toBe('invalid-response')
    expect((await errorOf(refresh({ success: 'true', data: tokens }))).code).toBe('invalid-response')
  })

  test('tokens may come without a type and without a lifetime; the lifetime is handed on as it came [37]', async () => {
    expect(await refresh({ accessToken: 'a', refreshToken: 'b' })).toEqual({ accessToken: 'a', refreshToken: 'b' })
    expect(await refresh({ ...tokens, expiresIn: '3600' })).toMatchObject({ expiresIn: '3600' })
    expect(await refresh({ ...tokens, expiresIn: -1 })).toMatchObject({ expiresIn: -1 })
  })

  test.each([
    ['no access token', { refreshToken: 'b' }],
    ['an empty access token', { ...tokens, accessToken: '' }],
    ['an access token that is no string', { ...tokens, accessToken: ['a'] }],
    ['a line break in a token', { ...tokens, accessToken: 'a\r\nX-Evil: 1' }],
    ['a space in a token', { ...tokens, accessToken: 'a b' }],
    ['a control character in a token', { ...tokens, refreshToken: 'b\u0000' }],
    ['a token that is not ASCII', { ...tokens, refreshToken: 'bü' }],
    ['a token of another type', { ...tokens, tokenType: 'DPoP' }],
    ['a type that is no string', { ...tokens, tokenType: ['Bearer'] }],
    ['a type that traps its reader', { ...tokens, tokenType: { toString: 1 } }],
    ['no refresh token', { accessToken: 'a' }],
    ['null for a refresh token', { ...tokens, refreshToken: null }],
    ['an empty refresh token', { ...tokens, refreshToken: '' }],
    ['a refresh token that is no string', { ...tokens, refreshToken: ['b'] }],
    ['the refresh token that was just spent', { ...tokens, refreshToken: 'refresh-1' }],
    ['an empty object', {}],
    ['a list', [tokens]],
    ['null', null],
    ['a string', 'access-1'],
    ['a number', 1],
  ])('%s in the answer to a renewal: its outcome is unknown [33, 34, 39, 46, 47]', async (_, body) => {
    const error = await errorOf(refresh(body))
    expect(error).toBeInstanceOf(AuthError)
    expect(error.code).toBe('invalid-response')
  })

  test('a sign-in may come without a refresh token, but not with a broken one', async () => {
    expect(await signIn({ accessToken: 'a' })).toEqual({ accessToken: 'a' })
    expect(await signIn({ accessToken: 'a', refreshToken: null })).toEqual({ accessToken: 'a' })
    expect((await errorOf(signIn({ accessToken: 'a', refreshToken: '' }))).code).toBe('invalid-response')
    expect((await errorOf(signIn({ message: 'check your mail' }))).code).toBe('invalid-response')
  })

  test('a user who came along is taken if whole; else the server is asked', async () => {
    expect(await signIn({ ...tokens, user: { id: 'u1', role: 'admin' } })).toHaveProperty('user.role', 'admin')
    expect(await signIn({ ...tokens, user: { id: 'u1' } })).toEqual(read)
    expect(await signIn({ ...tokens, user: { role: 'admin' } })).toEqual(read)
    expect(await signIn({ ...tokens, user: 'u1' })).toEqual(read)
  })
})

describe('tokens in an envelope', () => {
  const user = { id: 'u1', role: 'user' }
  const snake = { access_token: 'access-1', refresh_token: 'refresh-2', token_type: 'bearer', expires_in: 3600 }
  const read = { accessToken: 'access-1', refreshToken: 'refresh-2', expiresIn: 3600 }
  const readUser = expect.objectContaining(user) as unknown

  test.each<[name: string, body: object]>([
    ['{ user, tokens }', { user, tokens }],
    ['{ user, session }', { user, session: tokens }],
    ['{ user, session } in snake case', { user, session: snake }],
    ['{ user, tokens } in snake case', { user, tokens: snake }],
    ['{ session: { user } }', { session: { ...tokens, user } }],
    ['{ tokens: { user } }', { tokens: { ...tokens, user } }],
    ['half a user beside a whole one', { user: { id: 'u1' }, session: { ...tokens, user } }],
    [
      'a lifetime beside them',
      { user, expiresIn: 3600, tokens: { accessToken: 'access-1', refreshToken: 'refresh-2' } },
    ],
    ['a session without tokens beside them', { ...tokens, user, session: { id: 's1', expiresIn: 604_800 } }],
    ['a session that is a text', { ...tokens, user, session: 's1', tokens: null }],
    ['a session without tokens beside an envelope', { user, session: { id: 's1', expiresIn: 604_800 }, tokens }],
    ['others at the top too', { ...tokens, user, tokens: { accessToken: 'a', refreshToken: 'b', expiresIn: 1 } }],
    ['half of them at the top too', { accessToken: 'access-0', expiresIn: 1, user, session: tokens }],
    ['nulls at the top too', { accessToken: null, refreshToken: null, expiresIn: null, user, session: tokens }],
    ['half of them in another envelope', { user, tokens: { accessToken: 'access-0' }, session: tokens }],
  ])('tokens are read from %s [E3]', async (_, body) => {
    expect(await signIn(body)).toEqual({ ...read, user: readUser })
    expect(await signIn({ success: true, data: body })).toEqual({ ...read, user: readUser })
    expect(await refresh(body)).toEqual({ ...read, user: readUser })
    expect(await refresh({ success: true, data: body })).toEqual({ ...read, user: readUser })
  })

  test('tokens in an envelope are read without a user, too [E3]', async () => {
    expect(await refresh({ tokens })).toEqual(read)
    expect(await refresh({ session: snake })).toEqual(read)
    expect(await signIn({ session: { accessToken: 'access-1' } })).toEqual({ accessToken: 'access-1' })
  })

  test.each<[name: string, body: object]>([
    ['no tokens', { user, session: { id: 's1' } }],
    ['no refresh token', { user, tokens: { accessToken: 'a' } }],
    ['a broken refresh token', { user, tokens: { accessToken: 'a', refreshToken: 'b b' } }],
    ['the refresh token that was just spent', { session: { ...tokens, refreshToken: 'refresh-1' } }],
    ['tokens of another type', { session: { ...tokens, tokenType: 'DPoP' } }],
    [
      'tokens of another type by the word beside them',
      { token_type: 'DPoP', tokens: { accessToken: 'a', refreshToken: 'b' } },
    ],
    ['a list of tokens', { tokens: [tokens] }],
    ['an envelope that is not known', { credentials: tokens }],
    ['two envelopes in each other', { session: { tokens } }],
  ])('the outcome of a renewal is unknown if its envelope has %s [E3]', async (_, body) => {
    expect((await errorOf(refresh(body))).code).toBe('invalid-response')
  })

  test('an answer that nests without end is no answer [E3]', async () => {
    const bottomless = `${'{"session":'.repeat(5000)}{}${'}'.repeat(5000)}`
    const { client } = fakeBkend(raw(200, bottomless))
    expect((await errorOf(client.signIn(password, call))).code).toBe('invalid-response')
  })

  test('the user may stand in an envelope as well [E3]', async () => {
    expect(await getUser({ user })).toMatchObject(user)
    expect(await getUser({ success: true, data: { user } })).toMatchObject(user)
    expect(await getUser({ ...user, user: { id: 'u2' } })).toMatchObject(user)
  })
})

describe('the user', () => {
  test('the user has the fields that bkend knows, and no other', async () => {
    const user = await getUser({
      id: 'u1',
      email: 'ada@example.com',
      name: 'Ada',
      role: 'admin',
      emailVerified: '2025-01-15T09:30:00.000Z',
      image: 'https://example.com/ada.png',
      onboardingStatus: 'completed',
      createdAt: '2025-01-01T00:00:00.000Z',
      passwordHash: 'never',
    })
    expect(user).toEqual({
      id: 'u1',
      email: 'ada@example.com',
      name: 'Ada',
      role: 'admin',
      emailVerified: true,
      image: 'https://example.com/ada.png',
      onboardingStatus: 'completed',
      createdAt: '2025-01-01T00:00:00.000Z',
    })
  })

  test('the user is read in snake case and in the wrapper too', async () => {
    const snake = { id: 'u1', email_verified: true, onboarding_status: 'new', created_at: '2025-01-01' }
    expect(await getUser({ success: true, data: snake })).toEqual({
      id: 'u1',
      email: null,
      name: null,
      role: null,
      emailVerified: true,
      image: null,
      onboardingStatus: 'new',
      createdAt: '2025-01-01',
    })
  })

  test.each([
    [true, true],
    [false, false],
    ['2025-01-15T09:30:00.000Z', true],
    ['2025-01-15', true],
    ['', false],
    ['false', false],
    ['true', false],
    ['0', false],
    ['0000-00-00', false],
    [null, false],
    [undefined, false],
    [1, false],
    [{}, false],
  ])('a user with emailVerified %j is verified: %s', async (emailVerified, expected) => {
    expect((await getUser({ id: 'u1', emailVerified })).emailVerified).toBe(expected)
  })

  test.each([
    ['https://example.com/a.png', 'https://example.com/a.png'],
    ['HTTP://example.com/a.png', 'HTTP://example.com/a.png'],
    ['javascript:alert(1)', null],
    ['javascript:alert(1)//https://example.com/a.png', null],
    [' javascript:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:image/svg+xml,<svg/>', null],
    ['//example.com/a.png', null],
    ['/a.png', null],
    ['', null],
    [['https://example.com'], null],
  ])('a user with the image %j has the image %j [54]', async (image, expected) => {
    expect((await getUser({ id: 'u1', image })).image).toBe(expected)
  })

  test.each([
    ['guest', 'guest'],
    ['editor', 'editor'],
    ['Admin', 'Admin'],
    ['', null],
    ['an admin', null],
    ['<b>admin</b>', null],
    [['admin'], null],
    [null, null],
  ])('a user with the role %j has the role %j', async (role, expected) => {
    expect((await getUser({ id: 'u1', role })).role).toBe(expected)
  })

  test('an answer without an id is no user', async () => {
    for (const body of [{}, { id: '' }, { id: null }, { id: 7 }, { id: ['u1'] }, [], { message: 'hi' }]) {
      expect((await errorOf(getUser(body))).code, JSON.stringify(body)).toBe('invalid-response')
    }
  })

  test('the user cannot smuggle anything in by its prototype [45]', async () => {
    const bodies = [
      '{"id":"u1","__proto__":{"role":"admin","polluted":true}}',
      '{"id":"u1","constructor":{"prototype":{"role":"admin","polluted":true}}}',
    ]
    for (const body of bodies) {
      const user = await fakeBkend(raw(200, body)).client.getUser({ accessToken: 'access-1' }, call)
      expect(user.role).toBeNull()
      expect(Object.getPrototypeOf(user)).toBe(Object.prototype)
      expect('polluted' in user).toBe(false)
    }
    const grant = fakeBkend(raw(200, '{"__proto__":{"accessToken":"a","refreshToken":"b"}}')).client
    expect((await errorOf(grant.signIn(password, call))).code).toBe('invalid-response')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('the user has only what the server sent, also on a page whose prototypes were tampered with [45]', async () => {
    Object.defineProperty(Object.prototype, 'role', { value: 'admin', configurable: true })
    try {
      expect((await getUser({ id: 'u1' })).role).toBeNull()
    } finally {
      Reflect.deleteProperty(Object.prototype, 'role')
    }
  })
})

describe('sessions', () => {
  const whole = {
    id: 's1',
    userAgent: 'Mozilla/5.0',
    ipAddress: '203.0.113.1',
    deviceInfo: 'Chrome on macOS',
    lastActivityAt: '2025-01-20T14:30:00.000Z',
    createdAt: '2025-01-20T09:00:00.000Z',
  }

  test('sessions are read from a page, from a bare list, and under their other names', () => {
    expect(readSessions({ items: [{ ...whole, userId: 'u1' }], pagination: { page: 1, limit: 10, total: 3 } })).toEqual(
      {
        items: [whole],
        total: 3,
      },
    )
    const other = { id: 's2', device: 'Phone', ip: '203.0.113.2', lastAccessedAt: '2025-01-21' }
    expect(readSessions([whole, other])).toEqual({
      items: [
        whole,
        {
          id: 's2',
          userAgent: null,
          ipAddress: '203.0.113.2',
          deviceInfo: 'Phone',
          lastActivityAt: '2025-01-21',
          createdAt: null,
        },
      ],
      total: null,
    })
  })

  test('sessions that have no id cannot be ended, and are left out', () => {
    expect(readSessions([{ userAgent: 'x' }, null, 's1', { id: 7 }])).toEqual({ items: [], total: null })
  })

  test('sessions that are no list are no answer', () => {
    for (const body of [null, {}, { items: {} }, 'x']) expect(() => readSessions(body)).toThrow(AuthError)
  })
})

describe('a second factor', () => {
  test('a second factor is set up from either form of the answer', () => {
    expect(
      readEnrolment({ secret: 'JBSW', qrCodeUrl: 'https://bkend.example/qr', backupCodes: ['1', '2', 3] }),
    ).toEqual({
      secret: 'JBSW',
      qrCodeUrl: 'https://bkend.example/qr',
      otpauthUrl: null,
      backupCodes: ['1', '2'],
    })
    const other = { secret: 'JBSW', qrCode: 'data:image/png;base64,AAAA', issuer: 'Bkend', otpauth: 'otpauth://totp/x' }
    expect(readEnrolment(other)).toEqual({
      secret: 'JBSW',
      qrCodeUrl: 'data:image/png;base64,AAAA',
      otpauthUrl: 'otpauth://totp/x',
      backupCodes: [],
    })
  })

  test('a second factor brings no address that runs', () => {
    const { qrCodeUrl, otpauthUrl } = readEnrolment({
      secret: 'J',
      qrCodeUrl: 'javascript:alert(1)',
      qrCode: 'data:text/html,x',
    })
    expect({ qrCodeUrl, otpauthUrl }).toEqual({ qrCodeUrl: null, otpauthUrl: null })
    expect(() => readEnrolment({})).toThrow(AuthError)
    expect(readBackupCodes(null)).toEqual([])
  })
})
