import { describe, expect, test } from 'vitest'
import type { ServerOptions } from '../src/index.ts'
import { createWorld, outcome, type Answer, type World } from './world.ts'

type Provoke = (world: World) => Promise<Answer>
type Row = readonly [code: string, status: number, provoke: Provoke, options?: ServerOptions]

const LOCAL = 'http://localhost:5173/'
const GOOD = 'Another-one-2!'
const user = { email: 'user@demo.test', password: 'User-demo-1!' }

const signIn = ({ call }: World, body: object) =>
  call('POST', '/auth/email/signin', { body: { method: 'password', ...body } })
const signUp = ({ call }: World, body: object) =>
  call('POST', '/auth/email/signup', { body: { method: 'password', ...body } })
const askMagicLink = ({ call }: World, email: string) =>
  call('POST', '/auth/email/signin', { body: { method: 'magiclink', email, callbackUrl: LOCAL } })
const social = ({ call }: World, provider: string, body: object) => call('POST', `/auth/${provider}/callback`, { body })

const as = async (world: World, method: string, path: string, body?: object): Promise<Answer> => {
  const { access: token } = await world.signIn(world.users.user)
  return world.call(method, path, { token, ...(body && { body }) })
}

async function many(times: number, work: () => Promise<Answer>): Promise<Answer> {
  for (let time = 1; time < times; time += 1) await work()
  return work()
}

async function resetToken(world: World): Promise<string> {
  await world.call('POST', '/auth/password/reset/request', { body: { email: user.email } })
  return world.lastMail().token
}

const confirmReset = ({ call }: World, token: string) =>
  call('POST', '/auth/password/reset/confirm', { body: { email: user.email, token, newPassword: GOOD } })

/** The list of the contract, code by code. */
const rows: readonly Row[] = [
  ['auth/invalid-credentials', 401, (w) => signIn(w, { ...user, password: 'wrong' })],
  ['auth/email-already-exists', 409, (w) => signUp(w, user)],
  ['auth/email-not-verified', 403, (w) => signIn(w, w.users.unverified)],
  [
    'auth/email-not-verified',
    403,
    (w) => signUp(w, { email: 'new@demo.test', password: GOOD }),
    { requireVerifiedEmail: true },
  ],
  ['auth/account-banned', 403, (w) => signIn(w, w.users.banned)],
  ['auth/too-many-login-attempts', 429, (w) => many(6, () => signIn(w, { ...user, password: 'wrong' }))],
  ['auth/account-locked', 429, (w) => many(11, () => signIn(w, { ...user, password: 'wrong' }))],
  [
    'auth/too-many-requests',
    429,
    async (w) => {
      let { refresh } = await w.signIn(w.users.user)
      return many(11, async () => {
        const answer = await w.refresh(refresh)
        refresh = (answer.body as { refreshToken?: string }).refreshToken ?? refresh
        return answer
      })
    },
  ],
  ['auth/too-many-code-requests', 429, (w) => many(6, () => askMagicLink(w, user.email))],
  [
    'auth/rate-limit',
    429,
    (w) => many(4, () => w.call('GET', '/data/posts')),
    { limits: { requests: { max: 3, window: 60 } } },
  ],
  ['auth/invalid-email', 400, (w) => signIn(w, { password: 'x' })],
  ['auth/invalid-email-format', 400, (w) => signIn(w, { email: 'nobody', password: 'x' })],
  ['auth/invalid-password-format', 400, (w) => signUp(w, { email: 'new@demo.test', password: 'short' })],
  ['auth/weak-password', 400, (w) => signUp(w, { email: 'new@demo.test', password: 'Password1!' })],
  [
    'auth/same-as-previous-password',
    400,
    (w) => as(w, 'POST', '/auth/password/change', { currentPassword: user.password, newPassword: user.password }),
  ],
  [
    'auth/invalid-password',
    401,
    (w) => as(w, 'POST', '/auth/password/change', { currentPassword: 'wrong', newPassword: GOOD }),
  ],
  ['auth/mfa-required', 403, (w) => signIn(w, w.users.mfa)],
  ['auth/invalid-mfa-code', 401, (w) => signIn(w, { ...w.users.mfa, mfaCode: '000000' })],
  [
    'auth/mfa-already-enabled',
    409,
    async (w) => {
      const { access: token } = await w.signIn(w.users.mfa, { mfaCode: w.control.totp(w.users.mfa.email) })
      return w.call('POST', '/auth/mfa/enable', { token, body: { password: w.users.mfa.password } })
    },
  ],
  ['auth/mfa-not-enabled', 400, (w) => as(w, 'POST', '/auth/mfa/disable', { password: user.password })],
  [
    'auth/unauthorized',
    401,
    async (w) => {
      const { access: token } = await w.signIn(w.users.user)
      await w.call('POST', '/auth/signout', { token })
      return w.call('GET', '/auth/me', { token })
    },
  ],
  [
    'auth/token-expired',
    401,
    async (w) => {
      const { access: token } = await w.signIn(w.users.user)
      w.pass(3600)
      return w.call('GET', '/auth/me', { token })
    },
  ],
  [
    'auth/access-token-expired',
    401,
    async (w) => {
      const { access: token } = await w.signIn(w.users.user)
      w.control.expireAccess()
      return w.call('GET', '/auth/me', { token })
    },
  ],
  ['auth/invalid-token', 401, (w) => w.call('GET', '/auth/me', { token: 'a.b.c' })],
  ['auth/invalid-token-format', 401, (w) => w.call('GET', '/auth/me', { token: 'abc' })],
  ['auth/missing-authorization-header', 401, (w) => w.call('GET', '/auth/me')],
  ['auth/invalid-refresh-token', 401, (w) => w.refresh('unknown')],
  [
    'auth/session-expired',
    401,
    async (w) => {
      const { refresh } = await w.signIn(w.users.user)
      w.pass(7 * 24 * 3600)
      return w.refresh(refresh)
    },
  ],
  ['auth/session-not-found', 404, (w) => as(w, 'DELETE', '/auth/sessions/ses_unknown')],
  [
    'auth/user-not-found',
    404,
    async (w) => {
      const { refresh } = await w.signIn(w.users.user)
      w.control.updateUser(user.email, { remove: true })
      return w.refresh(refresh)
    },
  ],
  [
    'auth/account-not-found',
    404,
    async (w) => {
      const token = await resetToken(w)
      w.control.updateUser(user.email, { remove: true })
      return confirmReset(w, token)
    },
  ],
  ['auth/magiclink-disabled', 400, (w) => askMagicLink(w, user.email), { magicLink: false }],
  ['auth/verification-token-not-found', 404, (w) => confirmReset(w, 'unknown')],
  [
    'auth/verification-token-expired',
    401,
    async (w) => {
      const token = await resetToken(w)
      w.pass(24 * 3600)
      return confirmReset(w, token)
    },
  ],
  ['auth/already-verified', 400, (w) => as(w, 'POST', '/auth/email/verify/send', { email: user.email })],
  ['auth/unsupported-provider', 400, (w) => social(w, 'myspace', { code: 'x' })],
  ['auth/oauth-not-configured', 400, (w) => social(w, 'github', { code: 'x' }), { providers: ['google'] }],
  ['auth/invalid-oauth-code', 401, (w) => social(w, 'google', { code: 'x' })],
  [
    'auth/oauth-callback-failed',
    500,
    async (w) => social(w, 'google', await w.control.issueSocialCode({ provider: 'google', fails: true })),
  ],
  [
    'auth/account-exists-different-provider',
    409,
    async (w) => social(w, 'google', await w.control.issueSocialCode({ provider: 'google', email: user.email })),
  ],
  ['user/forbidden', 403, (w) => as(w, 'GET', '/data/admin/report')],
]

describe('every error code of the contract can be provoked', () => {
  for (const [code, status, provoke, options] of rows) {
    test(`${code} ${status}`, async () => {
      const answer = await provoke(createWorld(options))
      expect(outcome(answer)).toEqual([status, code])
      expect(answer.headers.has('retry-after')).toBe(status === 429)
    })
  }

  test.each([
    ['auth/account-already-linked', 409],
    ['auth/last-auth-method', 400],
    ['auth/invitation-expired', 410],
  ] as const)('%s %i, which belongs to no call of the table, by a fault', async (code, status) => {
    const { call, control } = createWorld()
    control.addFault({ kind: 'status', code })
    expect(outcome(await call('GET', '/auth/me'))).toEqual([status, code])
  })
})

describe('a magic link', () => {
  test('a magic link is good once', async () => {
    const { call, lastMail, ...world } = createWorld()
    await askMagicLink({ call, lastMail, ...world }, user.email)
    const redeem = () => call('POST', '/auth/email/callback', { body: { token: lastMail().token } })
    expect((await redeem()).status).toBe(200)
    expect(outcome(await redeem())).toEqual([401, 'auth/invalid-token'])
  })

  test('a magic link expires after fifteen minutes', async () => {
    const world = createWorld()
    await askMagicLink(world, user.email)
    world.pass(15 * 60)
    const body = { token: world.lastMail().token }
    expect(outcome(await world.call('POST', '/auth/email/callback', { body }))).toEqual([401, 'auth/token-expired'])
  })

  test('a magic link leads to no foreign origin', async () => {
    const { call, control } = createWorld()
    const body = { method: 'magiclink', email: user.email, callbackUrl: 'https://evil.example/' }
    expect(outcome(await call('POST', '/auth/email/signin', { body }))).toEqual([400, 'VALIDATION_ERROR'])
    expect(control.outbox()).toEqual([])
  })

  test('a magic link does not stand for the second factor', async () => {
    const world = createWorld()
    await askMagicLink(world, world.users.mfa.email)
    const { token } = world.lastMail()
    const redeem = (extra: object) => world.call('POST', '/auth/email/callback', { body: { token, ...extra } })
    expect(outcome(await redeem({}))).toEqual([403, 'auth/mfa-required'])
    expect((await redeem({ mfaCode: world.control.totp(world.users.mfa.email) })).status).toBe(200)
  })
})

describe('a social code', () => {
  test('a social code is good once', async () => {
    const world = createWorld()
    const { code } = await world.control.issueSocialCode({ provider: 'google' })
    expect((await social(world, 'google', { code })).status).toBe(200)
    expect(outcome(await social(world, 'google', { code }))).toEqual([401, 'auth/invalid-oauth-code'])
  })

  test.each([
    ['another provider', 'github', {}],
    ['another redirect URI', 'google', { redirectUri: 'https://evil.example/' }],
  ])('a social code is refused at %s', async (_where, provider, extra) => {
    const world = createWorld()
    const { code } = await world.control.issueSocialCode({ provider: 'google', redirectUri: LOCAL })
    expect(outcome(await social(world, provider, { code, ...extra }))).toEqual([401, 'auth/invalid-oauth-code'])
  })

  test('a social code expires after ten minutes, and so does the id token', async () => {
    const world = createWorld()
    const { code, idToken } = await world.control.issueSocialCode({ provider: 'google' })
    world.pass(600)
    expect(outcome(await social(world, 'google', { code }))).toEqual([401, 'auth/invalid-oauth-code'])
    expect(outcome(await social(world, 'google', { idToken }))).toEqual([401, 'auth/invalid-oauth-code'])
  })

  test('a social code has an id token that does as well, at its own provider', async () => {
    const world = createWorld()
    const { idToken } = await world.control.issueSocialCode({ provider: 'google' })
    expect(outcome(await social(world, 'github', { idToken }))).toEqual([401, 'auth/invalid-oauth-code'])
    expect((await social(world, 'google', { idToken })).body).toMatchObject({ is_new_user: true })
  })
})
