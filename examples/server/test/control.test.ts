import { describe, expect, test } from 'vitest'
import { createWorld, outcome, type World } from './world.ts'

const post = ({ raw }: World, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  raw('POST', `/__control${path}`, { headers, ...(body === undefined ? {} : { body }) })

describe('without the option', () => {
  test.each([
    ['GET', '/outbox'],
    ['GET', '/stats'],
    ['GET', '/faults'],
    ['GET', '/totp/mfa@demo.test'],
    ['POST', '/faults'],
    ['POST', '/reset'],
    ['POST', '/users/user@demo.test'],
    ['POST', '/oauth-code'],
    ['POST', '/clock'],
    ['POST', '/settings'],
  ])('%s /__control%s answers 404', async (method, path) => {
    const world = createWorld()
    const options = method === 'POST' ? { body: {} } : {}
    expect(outcome(await world.raw(method, `/__control${path}`, options))).toEqual([404, 'NOT_FOUND'])
  })
})

describe('with the option', () => {
  test('the outbox holds the mail', async () => {
    const world = createWorld({ control: true })
    await world.call('POST', '/auth/password/reset/request', { body: { email: 'user@demo.test' } })
    const answer = await world.raw('GET', '/__control/outbox')
    expect(answer.body).toStrictEqual({
      mails: [
        {
          id: 1,
          kind: 'reset',
          to: 'user@demo.test',
          subject: 'Reset your password',
          token: expect.stringMatching(/^[\w-]{43}$/),
          url: null,
          sentAt: '2026-01-15T12:00:00.000Z',
        },
      ],
    })
  })

  test('faults are added, listed, removed and reset', async () => {
    const world = createWorld({ control: true })
    const fault = { kind: 'status', status: 503, times: 2 }
    const added = await post(world, '/faults', fault)
    expect(added.body).toEqual({ ids: ['fault_1'], faults: [{ id: 'fault_1', fault, left: 2 }] })
    await post(world, '/faults', [{ kind: 'empty' }, { kind: 'html' }])
    await post(world, '/faults', { remove: 'fault_1' })
    const { faults } = (await world.raw('GET', '/__control/faults')).body as { faults: { id: string }[] }
    expect(faults.map(({ id }) => id)).toEqual(['fault_2', 'fault_3'])
    expect((await post(world, '/faults', { kind: 'reset' })).body).toEqual({ ids: [], faults: [] })
  })

  test.each([
    { kind: 'unknown' },
    { kind: 'slow' },
    { kind: 'slow', delay: -1 },
    { kind: 'redirect' },
    { kind: 'status', status: 99 },
    { kind: 'status', status: 204 },
    { kind: 'redirect', location: '/', status: 200 },
    { kind: 'empty', times: 0 },
    { kind: 'empty', tiems: 2 },
    [],
    {},
  ])('the control route refuses the fault %o', async (fault) => {
    expect(outcome(await post(createWorld({ control: true }), '/faults', fault))).toEqual([400, 'VALIDATION_ERROR'])
  })

  test('expire-access is told over the wire', async () => {
    const world = createWorld({ control: true })
    const { access: token } = await world.signIn(world.users.user)
    await post(world, '/faults', { kind: 'expire-access' })
    expect(outcome(await world.call('GET', '/auth/me', { token }))).toEqual([401, 'auth/access-token-expired'])
  })

  test('a user is changed, signed out everywhere and deleted', async () => {
    const world = createWorld({ control: true })
    const { access: token } = await world.signIn(world.users.user)
    const changed = await post(world, '/users/user@demo.test', { role: 'guest', banned: false })
    expect(changed.body).toMatchObject({ user: { email: 'user@demo.test', role: 'guest', banned: false } })
    await post(world, '/users/user@demo.test', { endSessions: true })
    expect((await world.call('GET', '/auth/me', { token })).status).toBe(401)
    expect((await post(world, '/users/user@demo.test', { remove: true })).body).toEqual({ user: null })
    expect(outcome(await post(world, '/users/user@demo.test', {}))).toEqual([404, 'auth/user-not-found'])
  })

  test('a social code is issued', async () => {
    const world = createWorld({ control: true })
    const { code } = (await post(world, '/oauth-code', { provider: 'github' })).body as { code: string }
    expect((await world.call('POST', '/auth/github/callback', { body: { code } })).status).toBe(200)
  })

  test('a second-factor code is told', async () => {
    const world = createWorld({ control: true })
    const { code: mfaCode } = (await world.raw('GET', '/__control/totp/mfa@demo.test')).body as { code: string }
    await expect(world.signIn(world.users.mfa, { mfaCode })).resolves.toBeDefined()
  })

  test('time passes on demand', async () => {
    const world = createWorld({ control: true })
    const { access: token } = await world.signIn(world.users.user)
    expect((await post(world, '/clock', { advance: 3600 })).body).toEqual({ now: '2026-01-15T13:00:00.000Z' })
    expect((await world.call('GET', '/auth/me', { token })).status).toBe(401)
  })

  test('settings change while it runs', async () => {
    const world = createWorld({ control: true })
    await post(world, '/settings', { publishableKey: 'pk_new', errorShape: 'message' })
    const refused = await world.call('GET', '/data/posts')
    expect([refused.status, refused.body]).toEqual([
      401,
      { message: 'The project header names no live key or project.' },
    ])
    const answer = await world.call('GET', '/data/posts', { headers: { 'X-API-Key': 'pk_new' } })
    expect(answer.status).toBe(200)
  })

  test('reset brings everything back', async () => {
    const world = createWorld({ control: true })
    const { access: token } = await world.signIn(world.users.user)
    await world.call('POST', '/data/notes', { token, body: { text: 'x' } })
    await post(world, '/settings', { envelope: true })
    await post(world, '/clock', { advance: 60 })
    await post(world, '/faults', { kind: 'empty', times: 'always' })
    expect((await post(world, '/reset')).status).toBe(200)
    expect((await world.call('GET', '/auth/me', { token })).status).toBe(401)
    const again = await world.signIn(world.users.user)
    const { items } = (await world.call('GET', '/data/notes', { token: again.access })).body as { items: unknown[] }
    expect(items).toHaveLength(1)
    expect(world.control.stats()).toMatchObject({
      sessions: 1,
      refreshes: 0,
      users: { 'user@demo.test': { signIns: 1 } },
    })
  })

  test('a foreign page cannot pull the strings', async () => {
    const world = createWorld({ control: true })
    const from = async (Origin: string) => outcome(await post(world, '/reset', undefined, { Origin }))
    expect(await from('https://evil.example')).toEqual([403, 'user/forbidden'])
    expect(await from('http://localhost:5173')).toEqual([200, undefined])
  })
})
