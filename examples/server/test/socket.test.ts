import { createServer as createNetServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createServer, type ExampleServer, type Listening } from '../src/index.ts'

let server: ExampleServer
let listening: Listening

async function start(): Promise<string> {
  server = createServer({ control: true })
  listening = await server.listen(0)
  return listening.url
}

afterEach(async () => {
  await listening.close()
  server.close()
})

const headers = { 'X-API-Key': 'pk_demo', 'Content-Type': 'application/json' }
const post = (url: string, path: string, body: object) =>
  fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
const signIn = async (url: string) => {
  const { email, password } = server.users.user
  const response = await post(url, '/v1/auth/email/signin', { method: 'password', email, password })
  return (await response.json()) as { accessToken: string; refreshToken: string }
}

test('drop-next commits the refresh and cuts the connection: the token is spent', async () => {
  const url = await start()
  const { refreshToken } = await signIn(url)
  await post(url, '/__control/faults', { kind: 'drop-next', path: '/v1/auth/refresh' })
  await expect(post(url, '/v1/auth/refresh', { refreshToken })).rejects.toThrow('fetch failed')
  expect(server.control.stats()).toMatchObject({
    requests: { 'POST /v1/auth/refresh': 1 },
    refreshes: 1,
    replays: 0,
    sessions: 1,
  })
  expect((await post(url, '/v1/auth/refresh', { refreshToken })).status).toBe(401)
  expect(server.control.stats()).toMatchObject({ replays: 1, sessions: 0 })
})

test('drop-next before processing cuts the connection and spends nothing', async () => {
  const url = await start()
  const { refreshToken } = await signIn(url)
  await post(url, '/__control/faults', { kind: 'drop-next', path: '*/refresh', when: 'before' })
  await expect(post(url, '/v1/auth/refresh', { refreshToken })).rejects.toThrow('fetch failed')
  expect(server.control.stats().refreshes).toBe(0)
  expect((await post(url, '/v1/auth/refresh', { refreshToken })).status).toBe(200)
})

test('a client that gives up does not stop the server', async () => {
  const url = await start()
  const { refreshToken } = await signIn(url)
  const hold = server.control.addFault({ kind: 'hold', path: '/v1/auth/refresh' })
  const gaveUp = new AbortController()
  const { signal } = gaveUp
  const body = JSON.stringify({ refreshToken })
  const answer = fetch(`${url}/v1/auth/refresh`, { method: 'POST', headers, body, signal }).catch(
    (error: unknown) => error,
  )
  await expect.poll(() => server.control.faults()).toMatchObject([{ left: 0 }])
  gaveUp.abort()
  expect(await answer).toMatchObject({ name: 'AbortError' })
  // a second connection: by its answer the server has seen the first one end
  await fetch(`${url}/v1/data/posts`, { headers })
  server.control.removeFault(hold)
  await expect.poll(() => server.control.stats().refreshes).toBe(1)
})

test('truncate sends half a body', async () => {
  const url = await start()
  await post(url, '/__control/faults', { kind: 'truncate' })
  const response = await fetch(`${url}/v1/data/posts`, { headers })
  expect(response.status).toBe(200)
  await expect(response.json()).rejects.toThrow(SyntaxError)
})

test('a redirect takes the body along to wherever it points', async () => {
  const url = await start()
  await post(url, '/__control/faults', { kind: 'redirect', path: '/v1/auth/refresh', location: `${url}/v1/elsewhere` })
  const response = await post(url, '/v1/auth/refresh', { refreshToken: 'x' })
  expect(response.redirected).toBe(true)
  expect(server.control.stats().requests).toMatchObject({ 'POST /v1/elsewhere': 1 })
})

test('signs out without a body, and lists the address of the socket', async () => {
  const url = await start()
  const { accessToken } = await signIn(url)
  const authorized = {
    'X-API-Key': 'pk_demo',
    Authorization: `Bearer ${accessToken}`,
    'X-Forwarded-For': '203.0.113.9',
  }
  const sessions = await fetch(`${url}/v1/auth/sessions`, { headers: authorized })
  expect(await sessions.json()).toMatchObject({ items: [{ ipAddress: '127.0.0.1' }] })
  const response = await fetch(`${url}/v1/auth/signout`, { method: 'POST', headers: authorized })
  expect(response.status).toBe(200)
})

test('closing cuts a request that is held', async () => {
  const url = await start()
  server.control.addFault({ kind: 'hold' })
  const answer = fetch(`${url}/v1/data/posts`, { headers }).catch((error: unknown) => error)
  await expect.poll(() => server.control.stats().requests).toEqual({ 'GET /v1/data/posts': 1 })
  await listening.close()
  expect(await answer).toBeInstanceOf(TypeError)
})

test('a port in use rejects', async () => {
  await start()
  const other = createNetServer()
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve)
  })
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(server.listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await new Promise((resolve) => {
    other.close(resolve)
  })
})

test('a DELETE without a length is served, as browsers send it', async () => {
  const url = await start()
  const { accessToken } = await signIn(url)
  const own = { 'X-API-Key': 'pk_demo', Authorization: `Bearer ${accessToken}` }
  const sessions = (await (await fetch(`${url}/v1/auth/sessions`, { headers: own })).json()) as {
    items: { id: string }[]
  }
  const unknown = await fetch(`${url}/v1/auth/sessions/nope`, { method: 'DELETE', headers: own })
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'auth/session-not-found' } }])
  const ended = await fetch(`${url}/v1/auth/sessions/${sessions.items[0]?.id}`, { method: 'DELETE', headers: own })
  expect(ended.status).toBe(200)
  expect(server.control.stats().sessions).toBe(0)
})

test('withdraw is served without a length', async () => {
  const url = await start()
  const { accessToken } = await signIn(url)
  const own = { 'X-API-Key': 'pk_demo', Authorization: `Bearer ${accessToken}` }
  expect((await fetch(`${url}/v1/auth/withdraw`, { method: 'DELETE', headers: own })).status).toBe(200)
})

test('a body in chunks of unknown number is read, and one that is too large is refused', async () => {
  const url = await start()
  const { email, password } = server.users.user
  const send = (text: string) =>
    fetch(`${url}/v1/auth/email/signin`, {
      method: 'POST',
      headers,
      body: new Blob([text]).stream(),
      duplex: 'half',
    } as RequestInit)
  expect((await send(JSON.stringify({ method: 'password', email, password }))).status).toBe(200)
  expect((await send(JSON.stringify({ method: 'password', email, password: 'x'.repeat(200_000) }))).status).toBe(413)
})
