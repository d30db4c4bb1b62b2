import { Secret, TOTP } from 'otpauth'
import { expect, test } from 'vitest'
import { createWorld, outcome, START, type World } from './world.ts'

const SEED_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const codeAt = (secret: string, timestamp: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp })

async function attempt({ call, users }: World, mfaCode: string) {
  const { email, password } = users.mfa
  return outcome(await call('POST', '/auth/email/signin', { body: { method: 'password', email, password, mfaCode } }))
}

const ACCEPTED = [200, undefined]
const REFUSED = [401, 'auth/invalid-mfa-code']

test('a code of the secret on the page is accepted, and of the steps beside it', async () => {
  for (const offset of [-30_000, 0, 30_000]) {
    const world = createWorld()
    expect(await attempt(world, codeAt(world.users.mfa.totpSecret ?? '', START + offset))).toEqual(ACCEPTED)
  }
  expect(await attempt(createWorld(), codeAt(SEED_SECRET, START - 60_000))).toEqual(REFUSED)
})

test('a code is good once within its window', async () => {
  const world = createWorld()
  const code = codeAt(SEED_SECRET, START)
  expect(await attempt(world, code)).toEqual(ACCEPTED)
  expect(await attempt(world, code)).toEqual(REFUSED)
  expect(await attempt(world, codeAt(SEED_SECRET, START - 30_000))).toEqual(REFUSED)
  world.pass(30)
  expect(await attempt(world, codeAt(SEED_SECRET, START + 30_000))).toEqual(ACCEPTED)
})

test('the code that confirmed the enrolment does not sign in', async () => {
  const { call, control, pass, signIn, users } = createWorld()
  const { email, password } = users.user
  const { access: token } = await signIn(users.user)
  await call('POST', '/auth/mfa/enable', { token, body: { password } })
  const code = control.totp(email)
  await call('POST', '/auth/mfa/confirm', { token, body: { code } })
  await expect(signIn(users.user, { mfaCode: code })).rejects.toThrow('auth/invalid-mfa-code')
  pass(30)
  await expect(signIn(users.user, { mfaCode: control.totp(email) })).resolves.toBeDefined()
})

test('backup codes are those that were shown first, and good once each', async () => {
  const { call, control, signIn, users } = createWorld()
  const { email, password } = users.user
  const { access: token } = await signIn(users.user)
  const enabled = await call('POST', '/auth/mfa/enable', { token, body: { password } })
  const { backupCodes } = enabled.body as { backupCodes: string[] }
  const confirmed = await call('POST', '/auth/mfa/confirm', { token, body: { code: control.totp(email) } })
  expect(confirmed.body).toEqual({ backupCodes })
  const [first = '', second = ''] = backupCodes
  await expect(signIn(users.user, { mfaCode: first })).resolves.toBeDefined()
  await expect(signIn(users.user, { mfaCode: first })).rejects.toThrow('auth/invalid-mfa-code')
  await expect(signIn(users.user, { mfaCode: second.toLowerCase().replaceAll('-', ' ') })).resolves.toBeDefined()
})

test('enrolment takes the password, and nothing is on before it is confirmed', async () => {
  const { call, signIn, users } = createWorld()
  const { access: token } = await signIn(users.user)
  const enable = async (password: string) =>
    outcome(await call('POST', '/auth/mfa/enable', { token, body: { password } }))
  const confirm = async () => outcome(await call('POST', '/auth/mfa/confirm', { token, body: { code: '000000' } }))
  expect(await confirm()).toEqual([400, 'auth/mfa-not-enabled'])
  expect(await enable('wrong')).toEqual([401, 'auth/invalid-password'])
  expect(await enable(users.user.password)).toEqual([200, undefined])
  expect(await confirm()).toEqual([401, 'auth/invalid-mfa-code'])
  await expect(signIn(users.user)).resolves.toBeDefined()
})

test('disabling takes the password, and the code when one is given', async () => {
  const world = createWorld()
  const { call, control, signIn, users } = world
  const { email, password } = users.mfa
  const { access: token } = await signIn(users.mfa, { mfaCode: control.totp(email) })
  const disable = async (body: object) => outcome(await call('POST', '/auth/mfa/disable', { token, body }))
  expect(await disable({ password: 'wrong' })).toEqual([401, 'auth/invalid-password'])
  expect(await disable({ password, code: '000000' })).toEqual(REFUSED)
  await expect(signIn(users.mfa)).rejects.toThrow('auth/mfa-required')
  expect(await disable({ password })).toEqual([200, undefined])
  await expect(signIn(users.mfa)).resolves.toBeDefined()
})
