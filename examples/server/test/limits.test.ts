import { describe, expect, test } from 'vitest'
import { createWorld, outcome, pairOf, type World } from './world.ts'

const guess = ({ call }: World, email = 'user@demo.test', password = 'Wrong-one-1!') =>
  call('POST', '/auth/email/signin', { body: { method: 'password', email, password } })

async function guesses(world: World, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await guess(world)
}

describe('sign-in', () => {
  test('a sign-in is refused after five bad ones in fifteen minutes, also with the right password', async () => {
    const world = createWorld()
    await guesses(world, 5)
    world.pass(60)
    const answer = await guess(world, 'user@demo.test', 'User-demo-1!')
    expect(outcome(answer)).toEqual([429, 'auth/too-many-login-attempts'])
    expect(answer.headers.get('retry-after')).toBe('840')
    world.pass(840)
    await expect(world.signIn(world.users.user)).resolves.toBeDefined()
  })

  test('an account is locked after ten bad sign-ins, for fifteen minutes more [I2]', async () => {
    const world = createWorld()
    await guesses(world, 10)
    world.pass(600)
    const answer = await guess(world)
    expect(outcome(answer)).toEqual([429, 'auth/account-locked'])
    expect(answer.headers.get('retry-after')).toBe('900')
    world.pass(899)
    expect(outcome(await guess(world))).toEqual([429, 'auth/account-locked'])
    world.pass(1)
    await expect(world.signIn(world.users.user)).resolves.toBeDefined()
  })

  test('guesses that are made at once are counted', async () => {
    const world = createWorld()
    const answers = await Promise.all(Array.from({ length: 8 }, () => guess(world)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3)
  })

  test('a good sign-in wipes out the bad ones before it, and each account is counted by itself', async () => {
    const world = createWorld()
    await guesses(world, 4)
    await world.signIn(world.users.user)
    await guesses(world, 4)
    await expect(world.signIn(world.users.user)).resolves.toBeDefined()
    await guesses(world, 6)
    await expect(world.signIn(world.users.admin)).resolves.toBeDefined()
  })

  test('a wrong code is counted, and the question for one is not', async () => {
    const world = createWorld()
    const { email, password } = world.users.mfa
    const tryCode = (extra: object) =>
      world.call('POST', '/auth/email/signin', { body: { method: 'password', email, password, ...extra } })
    for (let time = 0; time < 8; time += 1) expect(outcome(await tryCode({}))).toEqual([403, 'auth/mfa-required'])
    for (let time = 0; time < 5; time += 1) expect((await tryCode({ mfaCode: '000000' })).status).toBe(401)
    const answer = await tryCode({ mfaCode: world.control.totp(email) })
    expect(outcome(answer)).toEqual([429, 'auth/too-many-login-attempts'])
    expect(answer.headers.get('retry-after')).toBe('900')
  })

  test('sign-in is open again after a password reset', async () => {
    const world = createWorld()
    await guesses(world, 6)
    const { email } = world.users.user
    await world.call('POST', '/auth/password/reset/request', { body: { email } })
    const body = { email, token: world.lastMail().token, newPassword: 'Another-one-2!' }
    await world.call('POST', '/auth/password/reset/confirm', { body })
    await expect(world.signIn({ ...world.users.user, password: body.newPassword })).resolves.toBeDefined()
  })
})

describe('refresh', () => {
  test('the eleventh refresh in a minute is answered 429, and has not spent its token', async () => {
    const { control, pass, refresh, signIn, users } = createWorld()
    let pair = await signIn(users.user)
    for (let time = 0; time < 10; time += 1) pair = pairOf(await refresh(pair.refresh))
    pass(20)
    const answer = await refresh(pair.refresh)
    expect(outcome(answer)).toEqual([429, 'auth/too-many-requests'])
    expect(answer.headers.get('retry-after')).toBe('40')
    pass(40)
    expect((await refresh(pair.refresh)).status).toBe(200)
    expect(control.stats()).toMatchObject({ refreshes: 11, replays: 0 })
  })

  test('a refresh may come more often where access tokens are short', async () => {
    const { refresh, signIn, users } = createWorld({ accessTtl: 10 })
    let pair = await signIn(users.user)
    for (let time = 0; time < 60; time += 1) pair = pairOf(await refresh(pair.refresh))
    expect((await refresh(pair.refresh)).status).toBe(429)
  })
})

test('wrong current passwords are limited', async () => {
  const { call, signIn, users } = createWorld()
  const { access: token } = await signIn(users.user)
  const body = { currentPassword: 'wrong', newPassword: 'Another-one-2!' }
  for (let time = 0; time < 5; time += 1) await call('POST', '/auth/password/change', { token, body })
  const answer = await call('POST', '/auth/password/change', { token, body })
  expect(outcome(answer)).toEqual([429, 'auth/too-many-requests'])
  expect(answer.headers.get('retry-after')).toBe('900')
})

test('mail is limited by address and kind', async () => {
  const { call, pass } = createWorld()
  const ask = (email: string) => call('POST', '/auth/password/reset/request', { body: { email } })
  for (let time = 0; time < 5; time += 1) await ask('user@demo.test')
  const answer = await ask('user@demo.test')
  expect(outcome(answer)).toEqual([429, 'auth/too-many-code-requests'])
  expect(answer.headers.get('retry-after')).toBe('600')
  expect((await ask('admin@demo.test')).status).toBe(200)
  pass(600)
  expect((await ask('user@demo.test')).status).toBe(200)
})

test('every limit can be switched off [I2]', async () => {
  const world = createWorld({ limits: false })
  await guesses(world, 15)
  let pair = await world.signIn(world.users.user)
  for (let time = 0; time < 15; time += 1) pair = pairOf(await world.refresh(pair.refresh))
  expect(world.control.stats().refreshes).toBe(15)
})
