import { describe, expect, test } from 'vitest'
import { createWorld, outcome } from './world.ts'

const SIGN_IN = '/v1/auth/email/signin'
const key = { 'X-API-Key': 'pk_demo' }

describe('CORS', () => {
  const preflight = (headers: Record<string, string>, options = {}) =>
    createWorld(options).raw('OPTIONS', SIGN_IN, {
      headers: { 'Access-Control-Request-Method': 'POST', ...headers },
    })

  test.each(['http://localhost:5173', 'http://127.0.0.1:4000', 'http://localhost'])(
    'CORS lets %s in',
    async (Origin) => {
      const answer = await preflight({ Origin })
      expect(answer.status).toBe(204)
      expect(answer.headers.get('access-control-allow-origin')).toBe(Origin)
      expect(answer.headers.get('access-control-allow-methods')).toBe('GET,POST,PATCH,DELETE')
      expect(answer.headers.get('access-control-allow-headers')).toBe(
        'Authorization,Content-Type,X-API-Key,x-project-id',
      )
      expect(answer.headers.get('vary')).toContain('Origin')
      expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
    },
  )

  test.each(['https://evil.example', 'http://localhost.evil.example', 'https://localhost:5173', 'null'])(
    'CORS keeps %s out',
    async (Origin) => {
      expect((await preflight({ Origin })).headers.has('access-control-allow-origin')).toBe(false)
    },
  )

  test('CORS takes a list in the place of localhost', async () => {
    const options = { origins: ['https://app.example'] }
    const allowed = async (Origin: string) =>
      (await preflight({ Origin }, options)).headers.get('access-control-allow-origin')
    expect(await allowed('https://app.example')).toBe('https://app.example')
    expect(await allowed('http://localhost:5173')).toBeNull()
  })

  test('CORS exposes Retry-After, on errors as well', async () => {
    const { raw } = createWorld()
    const answer = await raw('GET', '/v1/auth/me', { headers: { ...key, Origin: 'http://localhost:5173' } })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
    expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After')
  })
})

describe('the project header', () => {
  test.each([
    ['/v1/data/posts', {}, 401, 'UNAUTHORIZED'],
    ['/v1/data/posts', { 'X-API-Key': 'pk_other' }, 401, 'TOKEN_REVOKED'],
    ['/v1/data/posts', { 'x-project-id': 'demo' }, 401, 'UNAUTHORIZED'],
    ['/v1/data/posts', { 'X-API-Key': 'pk_demo' }, 200, undefined],
    ['/early/v1/data/posts', {}, 401, 'UNAUTHORIZED'],
    ['/early/v1/data/posts', { 'x-project-id': 'other' }, 401, 'TOKEN_REVOKED'],
    ['/early/v1/data/posts', { 'X-API-Key': 'pk_demo' }, 401, 'UNAUTHORIZED'],
    ['/early/v1/data/posts', { 'x-project-id': 'demo' }, 200, undefined],
  ] as const)('%s with %o answers %i', async (path, headers, status, code) => {
    expect(outcome(await createWorld().raw('GET', path, { headers: { ...headers } }))).toEqual([status, code])
  })
})

describe('input', () => {
  const signIn = (body: unknown, headers: Record<string, string> = {}) =>
    createWorld().raw('POST', SIGN_IN, { body, headers: { ...key, ...headers } })

  test('input that is no JSON is refused', async () => {
    expect(outcome(await signIn('{"email":'))).toEqual([400, 'VALIDATION_ERROR'])
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded'])(
    'input of type %s is refused: a foreign page could send it unasked',
    async (type) => {
      const body = { method: 'password', email: 'user@demo.test', password: 'User-demo-1!' }
      expect(outcome(await signIn(body, { 'Content-Type': type }))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    },
  )

  test('input of more than 64 KiB is refused', async () => {
    expect(outcome(await signIn({ email: 'x'.repeat(65 * 1024) }))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  })

  test.each([[null], [[]], ['"text"'], [{ __proto__: null, method: 'password' }], [{ email: { $ne: null } }]])(
    'input of a strange shape is refused: %o',
    async (body) => {
      expect((await signIn(body)).status).toBe(400)
    },
  )

  test.each(['a@b', 'a b@demo.test', '@demo.test', 'a@', 'a@@demo.test', '<a>@demo.test', `${'a'.repeat(250)}@b.test`])(
    'what is no address is refused: %s',
    async (email) => {
      expect(outcome(await signIn({ method: 'password', email, password: 'x' }))).toEqual([
        400,
        'auth/invalid-email-format',
      ])
    },
  )

  test.each([
    'Short-1',
    'no-upper-case-1',
    'NO-LOWER-CASE-1',
    'No-number-here',
    'NoSpecial1',
    `Long-1${'x'.repeat(130)}`,
  ])('what is no password is refused: %s', async (password) => {
    const body = { method: 'password', email: 'new@demo.test', password }
    const answer = await createWorld().raw('POST', '/v1/auth/email/signup', { body, headers: key })
    expect(outcome(answer)).toEqual([400, 'auth/invalid-password-format'])
  })

  test.each(['page=0', 'page=x', 'limit=101', 'limit=-1'])('what is no page is refused: %s', async (search) => {
    const { call, signIn: enter, users } = createWorld()
    const { access: token } = await enter(users.user)
    expect(outcome(await call('GET', `/auth/sessions?${search}`, { token }))).toEqual([400, 'VALIDATION_ERROR'])
  })
})

test('nothing is stored by a cache, success or error', async () => {
  const { call, signIn, users } = createWorld()
  const { access: token } = await signIn(users.user)
  for (const answer of [await call('GET', '/auth/me', { token }), await call('GET', '/auth/me')]) {
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('an unknown path answers 404', async () => {
  const { call } = createWorld()
  expect(outcome(await call('GET', '/auth/nothing'))).toEqual([404, 'NOT_FOUND'])
})

test('the page shows the seed users under a strict policy', async () => {
  const { raw, users } = createWorld({ control: true })
  const answer = await raw('GET', '/')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /)
  const page = String(answer.body)
  for (const { email, password } of Object.values(users)) {
    expect(page).toContain(email)
    expect(page).toContain(password)
  }
  expect(page).toContain(users.mfa.totpSecret)
  expect(page).toContain('/__control/faults')
  expect(page).not.toMatch(/<script|https?:|style=/)
})

test('the style of the page is the one that its policy allows', async () => {
  const answer = await createWorld().raw('GET', '/')
  const style = /<style>([\s\S]*)<\/style>/.exec(String(answer.body))?.[1] ?? ''
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
  const hash = Buffer.from(digest).toString('base64')
  expect(answer.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`)
  expect(String(answer.body)).not.toContain('/__control')
})
