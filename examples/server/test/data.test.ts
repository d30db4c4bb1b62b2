import { describe, expect, test } from 'vitest'
import type { SeedName } from '../src/index.ts'
import { createWorld, outcome, type World } from './world.ts'

const FORBIDDEN = [403, 'user/forbidden']
const OK = [200, undefined]

async function tokenOf(world: World, name: SeedName): Promise<string> {
  const user = world.users[name]
  return (await world.signIn(user, user.totpSecret ? { mfaCode: world.control.totp(user.email) } : {})).access
}

describe('posts', () => {
  test('posts are read without a token, too', async () => {
    const { call } = createWorld()
    const answer = await call('GET', '/data/posts')
    expect(answer.status).toBe(200)
    const { items } = answer.body as { items: object[] }
    expect(items).toHaveLength(4)
    expect(items[0]).toStrictEqual({
      id: 'post_1',
      title: 'A session is a promise',
      body: 'Written by User.',
      authorId: 'usr_user',
      authorName: 'User',
      updatedAt: '2026-01-15T12:00:00.000Z',
    })
  })

  test('posts are read one by one', async () => {
    const { call } = createWorld()
    expect((await call('GET', '/data/posts/post_3')).body).toMatchObject({ id: 'post_3', authorName: 'Editor' })
    expect(outcome(await call('GET', '/data/posts/post_9'))).toEqual([404, 'RECORD_NOT_FOUND'])
  })

  test('posts are refused with a bad token, so that a client refreshes it', async () => {
    const { call, pass, signIn, users } = createWorld()
    const { access: token } = await signIn(users.user)
    pass(3600)
    expect(outcome(await call('GET', '/data/posts', { token }))).toEqual([401, 'auth/token-expired'])
    expect(outcome(await call('GET', '/data/posts/post_1', { token }))).toEqual([401, 'auth/token-expired'])
  })

  test.each([
    ['user', 'post_1', OK],
    ['user', 'post_3', FORBIDDEN],
    ['editor', 'post_1', OK],
    ['admin', 'post_1', OK],
    ['guest', 'post_1', FORBIDDEN],
    ['mfa', 'post_4', FORBIDDEN],
  ] as const)('%s changes %s', async (name, id, expected) => {
    const world = createWorld()
    const token = await tokenOf(world, name)
    const answer = await world.call('PATCH', `/data/posts/${id}`, { token, body: { title: 'Changed' } })
    expect(outcome(answer)).toEqual(expected)
    const { items } = (await world.call('GET', '/data/posts')).body as { items: { id: string; title: string }[] }
    expect(items.find((post) => post.id === id)?.title === 'Changed').toBe(expected === OK)
  })

  test('posts are not changed without a token', async () => {
    const { call } = createWorld()
    const answer = await call('PATCH', '/data/posts/post_1', { body: { title: 'Changed' } })
    expect(outcome(answer)).toEqual([401, 'auth/missing-authorization-header'])
  })

  test('posts that do not exist answer 404, and changes without content 400', async () => {
    const world = createWorld()
    const token = await tokenOf(world, 'admin')
    const patch = (id: string, body: object) => world.call('PATCH', `/data/posts/${id}`, { token, body })
    expect(outcome(await patch('post_99', { title: 'x' }))).toEqual([404, 'RECORD_NOT_FOUND'])
    expect(outcome(await patch('post_1', {}))).toEqual([400, 'VALIDATION_ERROR'])
  })
})

test.each([
  ['admin', OK],
  ['editor', FORBIDDEN],
  ['user', FORBIDDEN],
  ['guest', FORBIDDEN],
] as const)('the report is for admins: %s', async (name, expected) => {
  const world = createWorld()
  const answer = await world.call('GET', '/data/admin/report', { token: await tokenOf(world, name) })
  expect(outcome(answer)).toEqual(expected)
})

test('the report counts what there is', async () => {
  const world = createWorld()
  const answer = await world.call('GET', '/data/admin/report', { token: await tokenOf(world, 'admin') })
  expect(answer.body).toStrictEqual({
    users: 7,
    posts: 4,
    notes: 2,
    sessions: 1,
    generatedAt: '2026-01-15T12:00:00.000Z',
  })
})

test('a role that is taken away is gone at once, whatever the token was issued for [121]', async () => {
  const world = createWorld()
  const token = await tokenOf(world, 'admin')
  world.control.updateUser(world.users.admin.email, { role: 'guest' })
  expect(outcome(await world.call('GET', '/data/admin/report', { token }))).toEqual(FORBIDDEN)
  expect((await world.call('GET', '/auth/me', { token })).body).toMatchObject({ role: 'guest' })
})

test('a user who is banned is refused at once, also at the refresh, and comes back when the ban is lifted [116]', async () => {
  const world = createWorld()
  const { call, control, refresh, signIn, users } = world
  const pair = await signIn(users.user)
  control.updateUser(users.user.email, { banned: true })
  expect(outcome(await call('GET', '/auth/me', { token: pair.access }))).toEqual([403, 'auth/account-banned'])
  expect(outcome(await refresh(pair.refresh))).toEqual([403, 'auth/account-banned'])
  control.updateUser(users.user.email, { banned: false })
  expect((await refresh(pair.refresh)).status).toBe(200)
})

test('notes are seen by their owner and no other user, not even an admin', async () => {
  const world = createWorld()
  const notesOf = async (token: string) =>
    ((await world.call('GET', '/data/notes', { token })).body as { items: { text: string }[] }).items
  const [user, admin, guest] = [
    await tokenOf(world, 'user'),
    await tokenOf(world, 'admin'),
    await tokenOf(world, 'guest'),
  ]
  const added = await world.call('POST', '/data/notes', { token: user, body: { text: 'A second one' } })
  expect(added.status).toBe(201)
  expect(added.body).toStrictEqual({
    id: expect.stringMatching(/^note_/),
    text: 'A second one',
    createdAt: '2026-01-15T12:00:00.000Z',
  })
  expect((await notesOf(user)).map(({ text }) => text)).toEqual([
    'A note of User that nobody else sees.',
    'A second one',
  ])
  expect((await notesOf(admin)).map(({ text }) => text)).toEqual(['A note of Admin that nobody else sees.'])
  expect(await notesOf(guest)).toEqual([])
  expect(outcome(await world.call('GET', '/data/notes'))).toEqual([401, 'auth/missing-authorization-header'])
})

test('the session of another user cannot be ended', async () => {
  const world = createWorld()
  const [user, admin] = [await tokenOf(world, 'user'), await tokenOf(world, 'admin')]
  const { items } = (await world.call('GET', '/auth/sessions', { token: user })).body as { items: { id: string }[] }
  const answer = await world.call('DELETE', `/auth/sessions/${items[0]?.id}`, { token: admin })
  expect(outcome(answer)).toEqual([404, 'auth/session-not-found'])
  expect((await world.call('GET', '/auth/me', { token: user })).status).toBe(200)
})

test('an organisation of others is refused', async () => {
  const world = createWorld()
  const token = await tokenOf(world, 'guest')
  const answer = await world.call('POST', '/auth/switch-organization', {
    token,
    body: { organizationId: 'org_second' },
  })
  expect(outcome(answer)).toEqual(FORBIDDEN)
})
