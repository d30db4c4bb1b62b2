import { describe, expect, test } from 'vitest'
import { createAuth } from '../src/auth.ts'
import { AuthError } from '../src/errors.ts'
import { bkend } from '../src/exports/bkend.ts'
import { drain } from '../src/testing/drain.ts'
import { createWorld, type World, type WorldTab } from '../src/testing/world.ts'

const MINUTE = 60_000
const ann = { email: 'ann@example.com', password: 'correct horse' }

function open(tab: WorldTab) {
  const auth = createAuth(tab.parts)
  auth.subscribe(() => {})
  return auth
}

function openBkend(world: World, tab = world.openTab()) {
  const { storage, tabs, clock, network, fetch } = tab.parts
  const client = bkend({ url: world.origin, publishableKey: 'pk_test', fetch })
  const auth = createAuth({ client, storage, tabs, clock, network, fetch })
  auth.subscribe(() => {})
  return auth
}

const send = (world: World, path: string, init?: RequestInit): Promise<Response> =>
  world.handle(new Request(world.origin + path, init))

function form(world: World, path: string, fields: Record<string, string>): Promise<Response> {
  return send(world, path, { method: 'POST', body: new URLSearchParams(fields) })
}

function post(world: World, path: string, body: unknown): Promise<Response> {
  return send(world, path, { method: 'POST', body: JSON.stringify(body) })
}

test('two tabs share a session, and one of them renews it for both', async () => {
  const world = createWorld()
  const [one, two] = [open(world.openTab()), open(world.openTab())]
  await drain()
  await one.signIn(ann)
  await drain()
  await world.advance(50 * MINUTE)

  expect([one, two].map((auth) => auth.getState().user?.name)).toEqual(['Ann', 'Ann'])
  expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
  expect(world.server.problems).toEqual([])
})

test('a renewal whose answer is lost is not sent again, and the server ends nothing', async () => {
  const world = createWorld()
  const auth = open(world.openTab())
  await auth.signIn(ann)
  world.server.fault({ kind: 'lostAfter', method: 'refresh' })
  await world.advance(50 * MINUTE)

  expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
  expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
  expect(world.server.sessionsOf('u-ann')).toBe(1)
})

test('a token that is shown twice ends all sessions of its user and is told as a problem', async () => {
  const world = createWorld()
  const { client } = world.openTab().parts
  const call = { signal: new AbortController().signal }
  const grant = (await client.signIn(ann, call)) as { readonly refreshToken: string }
  await client.refresh?.({ refreshToken: grant.refreshToken }, call)
  const again = client.refresh?.({ refreshToken: grant.refreshToken }, call)

  await expect(again).rejects.toMatchObject({ code: 'session-expired' })
  expect(world.server.problems).toEqual(['I1: a refresh token was sent twice'])
  expect(world.server.counts().replays).toBe(1)
  expect(world.server.sessionsOf('u-ann')).toBe(0)
})

test('a tab that is closed finishes nothing, and its lock is free', async () => {
  const world = createWorld()
  const [tab, other] = [world.openTab(), world.openTab()]
  const [one, two] = [open(tab), open(other)]
  await drain()
  await one.signIn(ann)
  world.server.fault({ kind: 'silent', method: 'refresh' })
  void one.refresh().catch(() => {})
  await drain()
  tab.kill()
  await two.signOut()

  expect(world.tabs).toEqual([other])
  expect(tab.timers.size).toBe(0)
  expect(two.getState().status).toBe('signedOut')
  expect(world.server.sessionsOf('u-ann')).toBe(0)
})

test('a device that sleeps renews when it wakes up, by the time of the server', async () => {
  const world = createWorld()
  const auth = open(world.openTab())
  await auth.signIn(ann)
  await world.sleep(8 * 60 * MINUTE)

  await expect(auth.getAccessToken()).resolves.toMatch(/access-2$/)
  expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
})

test('a clock that is set ends no session', async () => {
  const world = createWorld({ server: { ahead: -5 * MINUTE } })
  const auth = open(world.openTab())
  await auth.signIn(ann)
  world.jump(-24 * 60 * MINUTE)
  await world.advance(MINUTE)

  expect(auth.getState()).toMatchObject({ status: 'authenticated', persistence: 'stored' })
})

describe('by HTTP, as bkend.ai', () => {
  test('the client of bkend signs in, renews, reads its user and signs out', async () => {
    const world = createWorld()
    const auth = openBkend(world)
    await expect(auth.signIn(ann)).resolves.toMatchObject({ id: 'u-ann', role: 'admin', emailVerified: true })
    await world.advance(50 * MINUTE)
    expect((await auth.fetch(`${world.origin}/notes`)).status).toBe(200)
    await expect(auth.signOut()).resolves.toEqual({ revoked: 'yes' })

    expect(world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
    expect(world.server.sessionsOf('u-ann')).toBe(0)
  })

  test('a user with a second factor gives the code after the password', async () => {
    const world = createWorld({ accounts: [{ ...ann, id: 'u-ann', code: '123456' }] })
    const auth = openBkend(world)
    await expect(auth.signIn(ann)).rejects.toMatchObject({ code: 'challenge-required' })
    await expect(auth.answerChallenge({ code: '000000' })).rejects.toMatchObject({ code: 'invalid-code' })

    await expect(auth.answerChallenge({ code: '123456' })).resolves.toMatchObject({ email: 'ann@example.com' })
  })

  test('a user signs up once', async () => {
    const world = createWorld()
    const auth = openBkend(world)
    await expect(
      auth.signUp({ email: 'cy@example.com', password: 'Long-enough-1', name: 'Cy' }),
    ).resolves.toMatchObject({ name: 'Cy', role: 'user' })
    await expect(openBkend(world).signUp({ ...ann, name: 'Ann' })).rejects.toMatchObject({ code: 'email-taken' })
  })

  test.each([
    ['429', 'rate-limited', 30],
    ['503', 'unavailable', 30],
    ['500', 'unknown', undefined],
    ['garbage', 'invalid-response', undefined],
    ['lostBefore', 'network', undefined],
    ['banned', 'account-banned', undefined],
  ] as const)('the fault %s of a renewal reaches the client as %s', async (kind, code, retryAfter) => {
    const world = createWorld()
    const tab = world.openTab()
    const client = bkend({ url: world.origin, publishableKey: 'pk_test', fetch: tab.fetch })
    const call = { signal: new AbortController().signal }
    const grant = (await client.signIn(ann, call)) as { readonly refreshToken: string }
    world.server.fault({ kind, method: 'refresh', seconds: 30 })
    const error: unknown = await client
      .refresh({ refreshToken: grant.refreshToken }, call)
      .catch((thrown: unknown) => thrown)

    expect(error instanceof AuthError && { code: error.code, retryAfter: error.retryAfter }).toEqual({
      code,
      retryAfter,
    })
  })

  test('a request that is given up rejects, whatever the server does', async () => {
    const world = createWorld()
    const { fetch } = world.openTab()
    world.server.fault({ kind: 'silent', method: 'refresh' })
    const abort = new AbortController()
    const sent = fetch(`${world.origin}/v1/auth/refresh`, { method: 'POST', body: '{}', signal: abort.signal })
    await drain()
    abort.abort()

    await expect(sent).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
  })
})

test('by HTTP, as an OAuth server, a refresh token is good once', async () => {
  const world = createWorld()
  const password = { grant_type: 'password', username: ann.email, password: ann.password }
  const first = await form(world, '/oauth/token', password)
  const grant = (await first.json()) as { readonly access_token: string; readonly refresh_token: string }
  expect([first.status, grant]).toMatchObject([200, { token_type: 'Bearer', expires_in: 3600 }])
  const user = await send(world, '/oauth/userinfo', { headers: { Authorization: `Bearer ${grant.access_token}` } })
  expect(await user.json()).toEqual({ sub: 'u-ann', email: 'ann@example.com', name: 'Ann', role: 'admin' })

  const refresh = { grant_type: 'refresh_token', refresh_token: grant.refresh_token }
  expect((await form(world, '/oauth/token', refresh)).status).toBe(200)
  const again = await form(world, '/oauth/token', refresh)
  expect([again.status, await again.json()]).toEqual([400, { error: 'invalid_grant' }])
  expect(world.server.sessionsOf('u-ann')).toBe(0)
})

test('by HTTP, as the auth server of Supabase, a refresh token is good once', async () => {
  const world = createWorld()
  const first = await post(world, '/auth/v1/token?grant_type=password', ann)
  const grant = (await first.json()) as { readonly refresh_token: string; readonly user: unknown }
  expect(grant).toMatchObject({ token_type: 'bearer', user: { id: 'u-ann', app_metadata: { role: 'admin' } } })

  const spend = () => post(world, '/auth/v1/token?grant_type=refresh_token', { refresh_token: grant.refresh_token })
  expect((await spend()).status).toBe(200)
  const again = await spend()
  expect([again.status, await again.json()]).toMatchObject([400, { code: 'refresh_token_already_used' }])
})
