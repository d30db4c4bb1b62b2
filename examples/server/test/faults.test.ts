import { expect, test } from 'vitest'
import type { Fault } from '../src/index.ts'
import { createWorld, outcome, pairOf } from './world.ts'

const REFRESH = '*/auth/refresh'

test('drop-next carries the refresh out and loses the answer', async () => {
  const { control, refresh, signIn, users } = createWorld()
  const pair = await signIn(users.user)
  control.addFault({ kind: 'drop-next', path: REFRESH })
  await expect(refresh(pair.refresh)).rejects.toThrow(TypeError)
  expect(control.stats()).toMatchObject({ refreshes: 1, replays: 0, sessions: 1 })
  expect((await refresh(pair.refresh)).status).toBe(401)
  expect(control.stats()).toMatchObject({ replays: 1, sessions: 0 })
})

test('drop-next before processing leaves the token unspent', async () => {
  const { control, refresh, signIn, users } = createWorld()
  const pair = await signIn(users.user)
  control.addFault({ kind: 'drop-next', path: REFRESH, when: 'before' })
  await expect(refresh(pair.refresh)).rejects.toThrow(TypeError)
  expect(control.stats().refreshes).toBe(0)
  expect((await refresh(pair.refresh)).status).toBe(200)
})

test('status answers that many times before processing, with Retry-After', async () => {
  const { control, refresh, signIn, users } = createWorld()
  const pair = await signIn(users.user)
  control.addFault({ kind: 'status', status: 503, times: 2, retryAfter: 30, path: REFRESH })
  for (let time = 0; time < 2; time += 1) {
    const answer = await refresh(pair.refresh)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('30')
    expect(answer.body).toEqual({ error: { code: 'INTERNAL_ERROR', message: 'Injected by a fault.' } })
  }
  expect((await refresh(pair.refresh)).status).toBe(200)
})

test('status after processing is a gateway that lost the answer', async () => {
  const { control, refresh, signIn, users } = createWorld()
  const pair = await signIn(users.user)
  control.addFault({ kind: 'status', status: 502, when: 'after', path: REFRESH })
  expect((await refresh(pair.refresh)).status).toBe(502)
  expect(control.stats().refreshes).toBe(1)
})

test('status 429 says so, and Retry-After may be a date', async () => {
  const { call, control } = createWorld()
  const retryAfter = 'Thu, 15 Jan 2026 12:01:00 GMT'
  control.addFault({ kind: 'status', status: 429, retryAfter })
  const answer = await call('GET', '/data/posts')
  expect(outcome(answer)).toEqual([429, 'auth/too-many-requests'])
  expect(answer.headers.get('retry-after')).toBe(retryAfter)
})

test('expire-access ends the access tokens of one user or of all; refresh tokens stay good', async () => {
  const { call, control, refresh, signIn, users } = createWorld()
  const [user, admin] = [await signIn(users.user), await signIn(users.admin)]
  const me = async (token: string) => outcome(await call('GET', '/auth/me', { token }))
  control.expireAccess(users.user.email)
  expect(await me(user.access)).toEqual([401, 'auth/access-token-expired'])
  expect(await me(admin.access)).toEqual([200, undefined])
  control.expireAccess()
  expect(await me(admin.access)).toEqual([401, 'auth/access-token-expired'])
  const renewed = pairOf(await refresh(user.refresh))
  expect(await me(renewed.access)).toEqual([200, undefined])
})

test('slow waits as long as it says', async () => {
  const waits: number[] = []
  const { call, control } = createWorld({ wait: async (milliseconds) => void waits.push(milliseconds) })
  control.addFault({ kind: 'slow', delay: 3000 })
  expect((await call('GET', '/data/posts')).status).toBe(200)
  expect(waits).toEqual([3000])
})

test('hold keeps a request, before or after it is processed, until it is let go', async () => {
  const { control, refresh, signIn, users } = createWorld()
  const pair = await signIn(users.user)
  const before = control.addFault({ kind: 'hold', path: REFRESH })
  const after = control.addFault({ kind: 'hold', path: REFRESH, when: 'after' })
  const answer = refresh(pair.refresh)
  expect(control.stats().refreshes).toBe(0)
  control.removeFault(before)
  await expect.poll(() => control.stats().refreshes).toBe(1)
  await expect(Promise.race([answer, Promise.resolve('held')])).resolves.toBe('held')
  control.removeFault(after)
  expect((await answer).status).toBe(200)
})

test('a request that is held when the server is closed has no answer', async () => {
  const { call, control, server } = createWorld()
  control.addFault({ kind: 'hold' })
  const answer = call('GET', '/data/posts').catch((error: unknown) => error)
  await expect.poll(() => control.faults()).toMatchObject([{ left: 0 }])
  server.close()
  expect(await answer).toBeInstanceOf(TypeError)
})

test('a client that gives up does not stop the server', async () => {
  const { control, server, signIn, users } = createWorld()
  const pair = await signIn(users.user)
  const hold = control.addFault({ kind: 'hold', path: REFRESH })
  const gaveUp = new AbortController()
  const answer = server.fetch('http://server.test/v1/auth/refresh', {
    method: 'POST',
    headers: { 'X-API-Key': 'pk_demo', 'Content-Type': 'application/json' },
    body: JSON.stringify({ refreshToken: pair.refresh }),
    signal: gaveUp.signal,
  })
  gaveUp.abort()
  await expect(answer).rejects.toThrow('aborted')
  control.removeFault(hold)
  await expect.poll(() => control.stats().refreshes).toBe(1)
})

test('html, empty and redirect answer in the place of the server', async () => {
  const { call, control, server } = createWorld()
  control.addFault({ kind: 'html' })
  const page = await call('GET', '/data/posts')
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toContain('text/html')
  control.addFault({ kind: 'empty' })
  expect(await call('GET', '/data/posts')).toMatchObject({ status: 204, body: undefined })
  control.addFault({ kind: 'redirect', location: 'https://evil.example/', times: 2 })
  const redirect = await call('GET', '/data/posts')
  expect(redirect.status).toBe(307)
  expect(redirect.headers.get('location')).toBe('https://evil.example/')
  const strict = server.fetch('http://server.test/v1/data/posts', { redirect: 'error' })
  await expect(strict).rejects.toThrow(TypeError)
})

test('truncate cuts the answer in half', async () => {
  const { control, server } = createWorld()
  control.addFault({ kind: 'truncate' })
  const response = await server.fetch('http://server.test/v1/data/posts', { headers: { 'X-API-Key': 'pk_demo' } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  await expect(response.json()).rejects.toThrow(SyntaxError)
})

test('faults are met in the order they were added, and only where they match', async () => {
  const { call, control } = createWorld()
  const faults: Fault[] = [
    { kind: 'status', status: 500, method: 'PATCH' },
    { kind: 'status', status: 501, path: '/v1/data/posts' },
    { kind: 'status', status: 502, path: '/v1/*', times: 'always' },
  ]
  const ids = faults.map(control.addFault)
  expect((await call('GET', '/data/posts')).status).toBe(501)
  expect((await call('GET', '/data/posts')).status).toBe(502)
  expect((await call('GET', '/data/posts')).status).toBe(502)
  expect(control.faults().map(({ id, left }) => [id, left])).toEqual([
    [ids[0], 1],
    [ids[2], 'always'],
  ])
  control.clearFaults()
  expect((await call('GET', '/data/posts')).status).toBe(200)
})

test('a gateway may answer without CORS headers', async () => {
  const { call, control } = createWorld()
  const headers = { Origin: 'http://localhost:5173' }
  control.addFault({ kind: 'status', status: 502, cors: false })
  expect((await call('GET', '/data/posts', { headers })).headers.has('access-control-allow-origin')).toBe(false)
  control.addFault({ kind: 'status', status: 503 })
  expect((await call('GET', '/data/posts', { headers })).headers.has('access-control-allow-origin')).toBe(true)
})
