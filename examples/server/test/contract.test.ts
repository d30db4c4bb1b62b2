import { describe, expect, test } from 'vitest'
import { createWorld, DIALECTS, pairOf, type DialectName } from './world.ts'

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/
const OPAQUE = /^[\w-]{43}$/
const TIME = /^2026-01-15T12:00:\d\d\.\d{3}Z$/
const NEW = { email: 'new@demo.test', password: 'Brand-new-1!', name: 'New' }
const NEW_VIEW = {
  id: expect.stringMatching(/^usr_/),
  email: 'new@demo.test',
  name: 'New',
  role: 'user',
  emailVerified: false,
  image: null,
  onboardingStatus: 'ongoing',
  createdAt: '2026-01-15T12:00:00.000Z',
}
const USER_VIEW = {
  id: 'usr_user',
  email: 'user@demo.test',
  name: 'User',
  role: 'user',
  emailVerified: true,
  image: null,
  onboardingStatus: 'completed',
  createdAt: '2026-01-15T12:00:00.000Z',
}

const tokens = (dialect: DialectName, user?: object) =>
  dialect === 'current'
    ? {
        accessToken: expect.stringMatching(JWT),
        refreshToken: expect.stringMatching(OPAQUE),
        tokenType: 'Bearer',
        expiresIn: 3600,
      }
    : {
        access_token: expect.stringMatching(JWT),
        refresh_token: expect.stringMatching(OPAQUE),
        ...(user && { user }),
      }

describe.each(['current', 'early'] as const)('the %s dialect', (dialect) => {
  const { method } = DIALECTS[dialect]

  test('the server signs a user up with 201 and tokens', async () => {
    const { call } = createWorld({}, dialect)
    const answer = await call('POST', '/auth/email/signup', { body: { ...method, ...NEW } })
    expect(answer.status).toBe(201)
    expect(answer.body).toStrictEqual(tokens(dialect, NEW_VIEW))
    const me = await call('GET', '/auth/me', { token: pairOf(answer).access })
    expect(me.body).toStrictEqual(NEW_VIEW)
  })

  test('the server refuses a second sign-up with 409', async () => {
    const { call } = createWorld({}, dialect)
    const body = { ...method, ...NEW, email: 'User@Demo.Test' }
    const answer = await call('POST', '/auth/email/signup', { body })
    expect(answer.status).toBe(409)
    expect(answer.body).toStrictEqual({
      error: {
        code: 'auth/email-already-exists',
        message: 'There is an account for this email already. Sign in instead.',
      },
    })
  })

  test('the server signs a user in with 200 and tokens', async () => {
    const { call, users } = createWorld({}, dialect)
    const { email, password } = users.user
    const answer = await call('POST', '/auth/email/signin', { body: { ...method, email, password } })
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual(tokens(dialect, USER_VIEW))
  })

  test('the server asks for a second factor with 403, and takes the same body with mfaCode', async () => {
    const { call, control, users } = createWorld({}, dialect)
    const body = { ...method, email: users.mfa.email, password: users.mfa.password }
    const asked = await call('POST', '/auth/email/signin', { body })
    expect(asked.status).toBe(403)
    expect(asked.body).toMatchObject({ error: { code: 'auth/mfa-required' } })
    const mfaCode = control.totp(users.mfa.email)
    const answer = await call('POST', '/auth/email/signin', { body: { ...body, mfaCode } })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject(tokens(dialect))
  })

  test('the server sends a magic link to a new address and signs the user in with it', async () => {
    const { call, lastMail } = createWorld({}, dialect)
    const callbackUrl = 'http://localhost:5173/callback?from=mail'
    const asked = await call('POST', '/auth/email/signup', {
      body: { method: 'magiclink', email: NEW.email, callbackUrl },
    })
    expect(asked.status).toBe(200)
    expect(asked.body).toStrictEqual({ message: 'Magic link sent successfully', email: 'new@demo.test' })
    const mail = lastMail()
    expect(mail).toMatchObject({ kind: 'magiclink', to: 'new@demo.test' })
    expect(mail.url).toBe(`http://localhost:5173/callback?from=mail&token=${mail.token}`)
    const answer = await call('POST', '/auth/email/callback', { body: { token: mail.token } })
    expect(answer.status).toBe(200)
    const view = { ...NEW_VIEW, name: 'new', emailVerified: true }
    expect(answer.body).toStrictEqual({ ...tokens(dialect, view), is_new_user: true })
  })

  test('the server sends a magic link to a known address', async () => {
    const { call, lastMail } = createWorld({}, dialect)
    const body = { method: 'magiclink', email: 'user@demo.test', callbackUrl: 'http://localhost:5173/' }
    const asked = await call('POST', '/auth/email/signin', { body })
    expect(asked.body).toStrictEqual({ message: 'Magic link sent successfully', email: 'user@demo.test' })
    const answer = await call('POST', '/auth/email/callback', { body: { token: lastMail().token } })
    expect(answer.body).toStrictEqual({ ...tokens(dialect, USER_VIEW), is_new_user: false })
  })

  test.each(['google', 'github'] as const)('the server signs a user in with a code of %s', async (provider) => {
    const { call, control } = createWorld({}, dialect)
    const identity = { provider, email: 'new@demo.test', name: 'New' }
    const redirectUri = 'http://localhost:5173/callback'
    const redeem = async () => {
      const { code } = await control.issueSocialCode({ ...identity, redirectUri })
      return call('POST', `/auth/${provider}/callback`, { body: { code, redirectUri, state: 'abc' } })
    }
    const first = await redeem()
    expect(first.status).toBe(200)
    const view = { ...NEW_VIEW, emailVerified: true }
    expect(first.body).toStrictEqual({ ...tokens(dialect, view), is_new_user: true })
    expect((await redeem()).body).toStrictEqual({ ...tokens(dialect, view), is_new_user: false })
  })

  test('the server answers who is signed in', async () => {
    const { call, signIn, users } = createWorld({}, dialect)
    const { access } = await signIn(users.user)
    const answer = await call('GET', '/auth/me', { token: access })
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual(USER_VIEW)
  })

  test('a refresh brings two new tokens', async () => {
    const { call, refresh, signIn, users } = createWorld({}, dialect)
    const before = await signIn(users.user)
    const answer = await refresh(before.refresh)
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual(tokens(dialect))
    const after = pairOf(answer)
    expect(after.access).not.toBe(before.access)
    expect(after.refresh).not.toBe(before.refresh)
    expect((await call('GET', '/auth/me', { token: after.access })).status).toBe(200)
  })

  test('a sign-out ends this session and no other', async () => {
    const { call, refresh, signIn, users } = createWorld({}, dialect)
    const [here, there] = [await signIn(users.user), await signIn(users.user)]
    const answer = await call('POST', '/auth/signout', { token: here.access })
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual({ message: 'Signed out successfully' })
    expect((await call('GET', '/auth/me', { token: here.access })).status).toBe(401)
    expect((await refresh(here.refresh)).status).toBe(401)
    expect((await call('GET', '/auth/me', { token: there.access })).status).toBe(200)
  })

  test('the server lists sessions by page, the latest first', async () => {
    const { call, pass, signIn, users } = createWorld({}, dialect)
    const device = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/159.0 Safari/537.36' }
    const body = { ...method, email: users.user.email, password: users.user.password }
    await call('POST', '/auth/email/signin', { body, headers: device })
    pass(10)
    const { access } = await signIn(users.user)
    const first = await call('GET', '/auth/sessions?page=1&limit=1', { token: access })
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({
      items: [{ createdAt: '2026-01-15T12:00:10.000Z' }],
      pagination: { page: 1, limit: 1, total: 2 },
    })
    const second = await call('GET', '/auth/sessions?page=2&limit=1', { token: access })
    expect(second.body).toStrictEqual({
      items: [
        {
          id: expect.stringMatching(/^ses_/),
          userAgent: device['User-Agent'],
          ipAddress: '127.0.0.1',
          deviceInfo: 'Chrome on Linux',
          lastActivityAt: expect.stringMatching(TIME),
          createdAt: '2026-01-15T12:00:00.000Z',
        },
      ],
      pagination: { page: 2, limit: 1, total: 2 },
    })
  })

  test('the server ends one session', async () => {
    const { call, pass, signIn, users } = createWorld({}, dialect)
    const there = await signIn(users.user)
    pass(1)
    const here = await signIn(users.user)
    const { items } = (await call('GET', '/auth/sessions', { token: here.access })).body as { items: { id: string }[] }
    const answer = await call('DELETE', `/auth/sessions/${items[1]?.id}`, { token: here.access })
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual({ message: 'Session ended successfully' })
    expect((await call('GET', '/auth/me', { token: there.access })).status).toBe(401)
    const own = await call('DELETE', `/auth/sessions/${items[0]?.id}`, { token: here.access })
    expect(own.status).toBe(200)
    expect((await call('GET', '/auth/me', { token: here.access })).status).toBe(401)
  })

  test('the server enables, confirms and disables a second factor', async () => {
    const { call, control, signIn, users } = createWorld({}, dialect)
    const { access: token } = await signIn(users.user)
    const { email, password } = users.user
    const enabled = await call('POST', '/auth/mfa/enable', { token, body: { password } })
    expect(enabled.status).toBe(200)
    const backupCodes = Array.from({ length: 8 }, () => expect.stringMatching(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/))
    expect(enabled.body).toStrictEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      qrCodeUrl: expect.stringMatching(/^otpauth:\/\/totp\/.*user%40demo\.test\?/),
      backupCodes,
    })
    const confirmed = await call('POST', '/auth/mfa/confirm', { token, body: { code: control.totp(email) } })
    expect(confirmed.status).toBe(200)
    expect(confirmed.body).toStrictEqual({ backupCodes })
    const disabled = await call('POST', '/auth/mfa/disable', { token, body: { password, code: control.totp(email) } })
    expect(disabled.status).toBe(200)
    expect(disabled.body).toStrictEqual({})
    await expect(signIn(users.user)).resolves.toBeDefined()
  })

  test('the server resets a password by mail', async () => {
    const { call, lastMail, signIn, users } = createWorld({}, dialect)
    const { email } = users.user
    const asked = await call('POST', '/auth/password/reset/request', { body: { email } })
    expect(asked.status).toBe(200)
    expect(asked.body).toStrictEqual({ message: 'Password reset email sent successfully' })
    expect(lastMail()).toMatchObject({ kind: 'reset', to: email, url: null })
    const newPassword = 'Another-one-2!'
    const confirmed = await call('POST', '/auth/password/reset/confirm', {
      body: { email, token: lastMail().token, newPassword },
    })
    expect(confirmed.status).toBe(200)
    expect(confirmed.body).toStrictEqual({ message: 'Password reset successfully' })
    await expect(signIn({ ...users.user, password: newPassword })).resolves.toBeDefined()
  })

  test('the server changes a password', async () => {
    const { call, signIn, users } = createWorld({}, dialect)
    const { access: token } = await signIn(users.user)
    const newPassword = 'Another-one-2!'
    const body = { currentPassword: users.user.password, newPassword }
    const answer = await call('POST', '/auth/password/change', { token, body })
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual({ message: 'Password changed successfully' })
    await expect(signIn({ ...users.user, password: newPassword })).resolves.toBeDefined()
  })

  test.each(['send', 'resend'])('the server verifies an address (%s)', async (how) => {
    const { call, lastMail, signIn, users } = createWorld({}, dialect)
    const { email } = users.unverified
    const callbackUrl = 'http://localhost:5173/verify'
    const sent = await call('POST', `/auth/email/verify/${how}`, { body: { email, callbackUrl } })
    expect(sent.status).toBe(200)
    expect(sent.body).toStrictEqual({ message: 'Verification email sent successfully', verified: false })
    expect(lastMail().url).toBe(`${callbackUrl}?token=${lastMail().token}`)
    const body = { email, token: lastMail().token }
    const confirmed = await call('POST', '/auth/email/verify/confirm', { body })
    expect(confirmed.status).toBe(200)
    expect(confirmed.body).toStrictEqual({ message: 'Email verified successfully', verified: true })
    await expect(signIn(users.unverified)).resolves.toBeDefined()
  })

  test('the server deletes an account', async () => {
    const { call, signIn, users } = createWorld({}, dialect)
    const { access: token } = await signIn(users.user)
    const answer = await call('DELETE', '/auth/withdraw', { token })
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual({ message: 'Account deleted successfully' })
    expect((await call('GET', '/auth/me', { token })).status).toBe(401)
    await expect(signIn(users.user)).rejects.toThrow('auth/invalid-credentials')
  })

  test('a switch of organisation brings a new pair, and the old refresh token dies', async () => {
    const { call, control, refresh, signIn, users } = createWorld({}, dialect)
    const { access: token, refresh: old } = await signIn(users.user)
    const answer = await call('POST', '/auth/switch-organization', { token, body: { organizationId: 'org_second' } })
    expect(answer.status).toBe(200)
    expect(answer.body).toStrictEqual(tokens(dialect))
    expect((await refresh(pairOf(answer).refresh)).status).toBe(200)
    expect((await refresh(old)).status).toBe(401)
    expect(control.stats().replays).toBe(1)
  })
})

test('the early dialect knows short paths, the current one does not', async () => {
  const early = createWorld({}, 'early')
  const { email, password } = early.users.user
  expect((await early.call('POST', '/auth/signin', { body: { email, password } })).status).toBe(200)
  expect((await early.call('POST', '/auth/signup', { body: NEW })).status).toBe(201)
  const current = createWorld()
  const body = { method: 'password', email, password }
  expect((await current.call('POST', '/auth/signin', { body })).status).toBe(404)
})

test('the current dialect requires a method', async () => {
  const { call, users } = createWorld()
  const { email, password } = users.user
  const answer = await call('POST', '/auth/email/signin', { body: { email, password } })
  expect(answer.status).toBe(400)
  expect(answer.body).toStrictEqual({
    error: { code: 'VALIDATION_ERROR', message: 'The field method is missing or not valid.' },
  })
})

test('success comes in an envelope where the option says so', async () => {
  const { call, signIn, users } = createWorld({ envelope: true })
  const { email, password } = users.user
  const answer = await call('POST', '/auth/email/signin', { body: { method: 'password', email, password } })
  expect(answer.body).toStrictEqual({ success: true, data: tokens('current') })
  await expect(signIn(users.user)).rejects.toThrow('No tokens')
})

test.each([
  ['code', { error: { code: 'auth/missing-authorization-header', message: 'The Authorization header is missing.' } }],
  [
    'success',
    {
      success: false,
      error: { code: 'auth/missing-authorization-header', message: 'The Authorization header is missing.' },
    },
  ],
  ['message', { message: 'The Authorization header is missing.' }],
] as const)('errors have the shape %s', async (errorShape, body) => {
  const { call } = createWorld({ errorShape })
  expect((await call('GET', '/auth/me')).body).toStrictEqual(body)
})
