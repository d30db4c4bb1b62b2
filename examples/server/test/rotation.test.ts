import { describe, expect, test } from 'vitest'
import { createWorld, outcome, pairOf, type World } from './world.ts'

const DAY = 24 * 3600
const statusOfMe = async ({ call }: World, token: string) => (await call('GET', '/auth/me', { token })).status

describe('a refresh token', () => {
  test('a refresh token is good once: showing it again ends every session of the user, on every device', async () => {
    const world = createWorld()
    const { control, refresh, signIn, users } = world
    const [laptop, phone] = [await signIn(users.user), await signIn(users.user)]
    const stranger = await signIn(users.admin)
    const renewed = pairOf(await refresh(laptop.refresh))

    expect(outcome(await refresh(laptop.refresh))).toEqual([401, 'auth/invalid-refresh-token'])

    expect(outcome(await refresh(renewed.refresh))).toEqual([401, 'auth/invalid-refresh-token'])
    expect(outcome(await refresh(phone.refresh))).toEqual([401, 'auth/invalid-refresh-token'])
    expect(await statusOfMe(world, renewed.access)).toBe(401)
    expect(await statusOfMe(world, phone.access)).toBe(401)
    expect(await statusOfMe(world, stranger.access)).toBe(200)
    expect(control.stats()).toMatchObject({
      refreshes: 1,
      replays: 1,
      sessions: 1,
      users: {
        'user@demo.test': { sessions: 0, signIns: 2, refreshes: 1, replays: 1 },
        'admin@demo.test': { sessions: 1, signIns: 1, refreshes: 0, replays: 0 },
      },
    })
  })

  test('a refresh token ends the sessions of a later sign-in as well', async () => {
    const world = createWorld()
    const { refresh, signIn, users } = world
    const old = await signIn(users.user)
    await refresh(old.refresh)
    await refresh(old.refresh)
    const later = await signIn(users.user)
    await refresh(old.refresh)
    expect(await statusOfMe(world, later.access)).toBe(401)
  })

  test('a refresh token is spent once by two requests at the same time', async () => {
    const { control, refresh, signIn, users } = createWorld()
    const { refresh: token } = await signIn(users.user)
    const answers = await Promise.all([refresh(token), refresh(token)])
    expect(answers.map(({ status }) => status)).toEqual([200, 401])
    expect(control.stats()).toMatchObject({ refreshes: 1, replays: 1, sessions: 0 })
  })

  test('a refresh token of a session that was signed out is refused, and is no replay', async () => {
    const world = createWorld()
    const { call, control, refresh, signIn, users } = world
    const [here, there] = [await signIn(users.user), await signIn(users.user)]
    await call('POST', '/auth/signout', { token: here.access })
    expect(outcome(await refresh(here.refresh))).toEqual([401, 'auth/invalid-refresh-token'])
    expect(await statusOfMe(world, there.access)).toBe(200)
    expect(control.stats().replays).toBe(0)
  })

  test('a refresh token that was never given out is refused, and ends nothing', async () => {
    const world = createWorld()
    const { access } = await world.signIn(world.users.user)
    expect(outcome(await world.refresh('x'.repeat(43)))).toEqual([401, 'auth/invalid-refresh-token'])
    expect(await statusOfMe(world, access)).toBe(200)
  })

  test('a refresh token lives for seven days from the sign-in, however often it is renewed [85]', async () => {
    const { pass, refresh, signIn, users } = createWorld()
    const first = await signIn(users.user)
    pass(7 * DAY - 1)
    const renewed = pairOf(await refresh(first.refresh))
    pass(1)
    expect(outcome(await refresh(renewed.refresh))).toEqual([401, 'auth/session-expired'])
  })
})

describe('an access token', () => {
  test('an access token lives as long as the option says', async () => {
    const world = createWorld({ accessTtl: 60 })
    const { call, pass, signIn, users } = world
    const { access } = await signIn(users.user)
    pass(59)
    expect(await statusOfMe(world, access)).toBe(200)
    pass(1)
    expect(outcome(await call('GET', '/auth/me', { token: access }))).toEqual([401, 'auth/token-expired'])
  })

  test('an access token from before a refresh stays good: only the refresh token was spent', async () => {
    const world = createWorld()
    const { access, refresh } = await world.signIn(world.users.user)
    await world.refresh(refresh)
    expect(await statusOfMe(world, access)).toBe(200)
  })

  test('an access token cannot sign out once it has expired', async () => {
    const { call, pass, refresh, signIn, users } = createWorld()
    const pair = await signIn(users.user)
    pass(3600)
    expect((await call('POST', '/auth/signout', { token: pair.access })).status).toBe(401)
    expect((await refresh(pair.refresh)).status).toBe(200)
  })
})

describe('every session ends', () => {
  test('every session ends with a password change', async () => {
    const world = createWorld()
    const { call, refresh, signIn, users } = world
    const [here, there] = [await signIn(users.user), await signIn(users.user)]
    const body = { currentPassword: users.user.password, newPassword: 'Another-one-2!' }
    await call('POST', '/auth/password/change', { token: here.access, body })
    expect(await statusOfMe(world, here.access)).toBe(401)
    expect(await statusOfMe(world, there.access)).toBe(401)
    expect((await refresh(here.refresh)).status).toBe(401)
    expect((await refresh(there.refresh)).status).toBe(401)
  })

  test('every session ends with a password reset', async () => {
    const world = createWorld()
    const { call, lastMail, signIn, users } = world
    const { access } = await signIn(users.user)
    const { email } = users.user
    await call('POST', '/auth/password/reset/request', { body: { email } })
    const body = { email, token: lastMail().token, newPassword: 'Another-one-2!' }
    await call('POST', '/auth/password/reset/confirm', { body })
    expect(await statusOfMe(world, access)).toBe(401)
  })

  test('every session ends with the account', async () => {
    const { call, refresh, signIn, users } = createWorld()
    const [here, there] = [await signIn(users.user), await signIn(users.user)]
    await call('DELETE', '/auth/withdraw', { token: here.access })
    expect(outcome(await call('GET', '/auth/me', { token: there.access }))).toEqual([401, 'auth/unauthorized'])
    expect(outcome(await refresh(there.refresh))).toEqual([404, 'auth/user-not-found'])
  })
})
