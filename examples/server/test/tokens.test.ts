import { SignJWT, UnsecuredJWT } from 'jose'
import { DatabaseSync } from 'node:sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AUDIENCE, ISSUER } from '../src/access.ts'
import { createWorld, outcome, type World } from './world.ts'

/** What the server signs, as an attacker would who knows its key or guesses it. */
describe('an access token that another party made', () => {
  let folder = ''
  let world: World
  let key: Uint8Array
  let sessionId = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'example-server-'))
    const file = join(folder, 'data.sqlite')
    world = createWorld({ file, now: Date.now })
    await world.signIn(world.users.user)
    const db = new DatabaseSync(file)
    key = Buffer.from(String(db.prepare('select value from meta').get()?.['value']), 'base64')
    sessionId = String(db.prepare('select id from sessions').get()?.['id'])
    db.close()
  })

  afterAll(async () => {
    world.server.close()
    await rm(folder, { recursive: true })
  })

  const claims = () => {
    const now = Math.floor(Date.now() / 1000)
    return { sid: sessionId, epoch: 0, iss: ISSUER, aud: AUDIENCE, sub: 'usr_user', iat: now, exp: now + 3600 }
  }
  const forge = (changes: object = {}, header: object = {}, signingKey = key) =>
    new SignJWT({ ...claims(), ...changes })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
      .sign(signingKey)
  const me = async (token: string) => outcome(await world.call('GET', '/auth/me', { token }))

  test('an access token that another party made is taken when it is right in every part, so the refusals below have one reason each', async () => {
    expect(await me(await forge())).toEqual([200, undefined])
  })

  test('an access token that another party made is refused with the algorithm none', async () => {
    const token = new UnsecuredJWT(claims()).encode()
    expect(token.endsWith('.')).toBe(true)
    expect(await me(token)).toEqual([401, 'auth/invalid-token'])
  })

  test.each([
    ['another algorithm', {}, { alg: 'HS512' }],
    ['another type', {}, { typ: 'at+jwt' }],
    ['another audience', { aud: 'urn:somebody:else' }, {}],
    ['another issuer', { iss: 'urn:somebody:else' }, {}],
    ['no expiry', { exp: undefined }, {}],
    ['no session', { sid: undefined }, {}],
  ])('an access token that another party made is refused with %s', async (_what, changes, header) => {
    expect(await me(await forge(changes, header))).toEqual([401, 'auth/invalid-token'])
  })

  test('an access token that another party made is refused with another key', async () => {
    expect(await me(await forge({}, {}, new Uint8Array(32)))).toEqual([401, 'auth/invalid-token'])
  })

  test('an access token that another party made is refused for the session of another user', async () => {
    expect(await me(await forge({ sub: 'usr_admin' }))).toEqual([401, 'auth/unauthorized'])
  })

  test.each(['abc', 'a.b', 'a.b.c.d', 'a b.c.d'])(
    'an access token that another party made is refused as malformed: %s',
    async (token) => {
      expect(await me(token)).toEqual([401, 'auth/invalid-token-format'])
    },
  )

  test('an access token that another party made is refused without the word Bearer', async () => {
    const headers = { Authorization: await forge() }
    expect(outcome(await world.call('GET', '/auth/me', { headers }))).toEqual([401, 'auth/invalid-token-format'])
  })
})

test('a file keeps users, sessions and the signing key, and no secret in clear', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'example-server-'))
  const file = join(folder, 'data.sqlite')
  const before = createWorld({ file })
  const pair = await before.signIn(before.users.user)
  before.server.close()

  const db = new DatabaseSync(file)
  const dump = JSON.stringify(
    ['users', 'sessions', 'refresh_tokens'].map((table) => db.prepare(`select * from ${table}`).all()),
  )
  db.close()
  expect(dump).not.toContain(pair.refresh)
  expect(dump).not.toContain(before.users.user.password)

  const after = createWorld({ file })
  expect((await after.call('GET', '/auth/me', { token: pair.access })).status).toBe(200)
  expect((await after.refresh(pair.refresh)).status).toBe(200)
  after.server.close()
  await rm(folder, { recursive: true })
})
