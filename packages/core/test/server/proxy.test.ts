import { describe, expect, test } from 'vitest'
import type { AuthHandlerOptions } from '@authchart/core/server'
import { ada, browserAt, handlerOf, steppedClock, strictUpstream, type Password, type User } from './support.ts'

const API = 'https://api.example'
const ours = { 'x-authchart': '1' }

type Seen = { url: string; method: string; headers: Record<string, string>; body: string }
type Options = Partial<AuthHandlerOptions<User, Password>>

/** An app whose `/api` goes on to a server that answers with what it got, unless it refuses the token. */
async function app(options: Options = {}, respond?: (seen: Seen) => Response) {
  const upstream = strictUpstream()
  const seen: Seen[] = []
  const clock = steppedClock()
  async function fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    // as the platform does where it is not told otherwise
    if (init.redirect !== 'manual') return new Response('what the redirect led to')
    const headers = Object.fromEntries(new Headers(init.headers))
    const body = init.body ? await new Response(init.body as BodyInit).text() : ''
    const one = { url: String(input), method: init.method ?? 'GET', headers, body }
    seen.push(one)
    const token = headers['authorization']?.replace('Bearer ', '')
    const isGood = Array.from(upstream.sessions.values()).some(({ accessToken }) => accessToken === token)
    if (respond) return respond(one)
    return isGood ? Response.json({ ok: true }) : new Response('no', { status: 401 })
  }
  const { handler, events } = handlerOf(upstream.client, { proxy: { '/api': API }, fetch, clock, ...options })
  const browser = browserAt(handler)
  const { body } = await browser.call('sign-in', { credentials: ada })
  return { ...upstream, seen, clock, handler, browser, events, session: body.session }
}

test('The page gets no token at all, and its requests go on with one', async () => {
  const { browser, seen, session } = await app()
  expect(session).not.toHaveProperty('accessToken')
  const response = await browser.fetch('/api/v1/posts?page=2', { headers: ours })
  expect(await response.json()).toEqual({ ok: true })
  expect(seen).toEqual([
    { url: `${API}/v1/posts?page=2`, method: 'GET', body: '', headers: { authorization: 'Bearer canary-access-1' } },
  ])
})

test('Our cookies, the header of the client and what a hop keeps to itself do not go on', async () => {
  const { browser, seen } = await app()
  await browser.fetch('/api/x', {
    headers: {
      ...ours,
      accept: 'text/plain',
      authorization: 'Bearer cookie',
      connection: 'close, x-hop',
      'x-hop': '1',
      te: 'trailers',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      'proxy-authorization': 'Basic x',
      'transfer-encoding': 'chunked',
      'x-own': 'kept',
    },
  })
  expect(seen[0]?.headers).toEqual({
    accept: 'text/plain',
    authorization: 'Bearer canary-access-1',
    'x-own': 'kept',
  })
})

test("The upstream's cookies and its words about origins stay there, and its answer runs no script as this app", async () => {
  const { browser } = await app(
    {},
    () =>
      new Response('<script>alert(1)</script>', {
        headers: {
          'content-type': 'text/html',
          'set-cookie': '__Host-Http-authchart=1evil; Path=/; Secure; HttpOnly',
          'access-control-allow-origin': '*',
          'clear-site-data': '"*"',
          'x-authchart-session': 'ended',
          'cache-control': 'public, max-age=999',
          etag: '"1"',
        },
      }),
  )
  const response = await browser.fetch('/api/x', { headers: ours })
  expect(Object.fromEntries(response.headers)).toEqual({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-type': 'text/html',
    etag: '"1"',
    'x-content-type-options': 'nosniff',
  })
})

test('An access token that has ended is renewed first, and the browser keeps what came of it', async () => {
  const { browser, seen, clock, log } = await app()
  clock.advance(2 * 3_600_000)
  const answers = await Promise.all([1, 2, 3].map(() => browser.fetch('/api/x', { headers: ours })))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(seen.map(({ headers }) => headers['authorization'])).toEqual(Array(3).fill('Bearer canary-access-2'))
  expect(log.filter((call) => call === 'refresh')).toHaveLength(1)
  expect((await browser.call('session')).body.session).toMatchObject({ generation: 2 })
})

test('A refused token is renewed once, and the request sent once more with its body', async () => {
  const { browser, seen, sessions } = await app()
  // the upstream took it back before its time
  for (const tokens of sessions.values()) tokens.accessToken = 'another'
  const response = await browser.fetch('/api/x', {
    method: 'POST',
    body: 'twice',
    headers: { ...ours, 'content-type': 'text/plain', 'content-length': '5' },
  })
  expect(response.status).toBe(200)
  expect(seen.map(({ body }) => body)).toEqual(['twice', 'twice'])
})

test('A body that is streamed is sent once: the page hears that its session has new tokens', async () => {
  const { browser, seen, sessions } = await app()
  for (const tokens of sessions.values()) tokens.accessToken = 'another'
  const body = new Response('a live stream').body
  const response = await browser.fetch('/api/x', {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { ...ours, 'content-type': 'text/plain' },
  } as RequestInit)
  expect([response.status, response.headers.get('x-authchart-session')]).toEqual([401, 'renewed'])
  expect(seen).toHaveLength(1)
  expect((await browser.call('session')).body.session).toMatchObject({ generation: 2 })
})

test('A session that is over is said to be, and its cookie goes', async () => {
  const { browser, sessions } = await app()
  sessions.clear()
  const response = await browser.fetch('/api/x', { headers: ours })
  expect([response.status, response.headers.get('x-authchart-session')]).toEqual([401, 'ended'])
  expect((await browser.call('session')).body.ended).toMatchObject({ reason: 'session-expired' })
  const next = await browser.fetch('/api/x', { headers: ours })
  expect([next.status, next.headers.get('x-authchart-session')]).toEqual([401, 'ended'])
})

test('Without a session a request goes on without a token', async () => {
  const { handler, seen } = await app()
  const response = await browserAt(handler).fetch('/api/public', { headers: ours })
  expect(response.status).toBe(401)
  expect(seen[0]?.headers).not.toHaveProperty('authorization')
})

describe('A path goes on below its target and nowhere else', () => {
  const paths = [
    '/api//evil.example/x',
    '/api/..%2fadmin',
    '/api/a%2Fb',
    '/api/a%5cb',
    '/api/%252e%252e/x',
    '/api/x%25252fy',
    '/api/x%00y',
    '/api/x%0d%0aHost:%20evil',
  ]
  test.each(paths)('%s is refused', async (path) => {
    const { browser, seen } = await app({ proxy: { '/api': `${API}/v1` } })
    const response = await browser.fetch(path, { headers: ours })
    expect(response.status).toBe(400)
    expect(seen).toEqual([])
  })

  test.each(['/api/../admin', '/api/%2e%2e/admin', '/api/x/../../admin'])(
    '%s is an address outside of the proxy',
    async (path) => {
      const { browser, seen } = await app({ proxy: { '/api': `${API}/v1` } })
      expect((await browser.fetch(path, { headers: ours })).status).toBe(404)
      expect(seen).toEqual([])
    },
  )

  test.each([
    ['/api', `${API}/v1/`],
    ['/api/', `${API}/v1/`],
    ['/api/a@b:c;d=e', `${API}/v1/a@b:c;d=e`],
    ['/api/http:/evil.example', `${API}/v1/http:/evil.example`],
    ['/api/x?to=https://evil.example/../', `${API}/v1/x?to=https://evil.example/../`],
    ['/api/%E2%9C%93', `${API}/v1/%E2%9C%93`],
  ])('%s goes to %s', async (path, to) => {
    const { browser, seen } = await app({ proxy: { '/api': `${API}/v1` } })
    await browser.fetch(path, { headers: ours })
    expect(seen.map(({ url }) => url)).toEqual([to])
  })

  test('The host that a request names changes nothing of where it goes', async () => {
    const { browser, seen } = await app()
    await browser.fetch('/api/x', { headers: { ...ours, host: '169.254.169.254', 'x-forwarded-host': 'evil.example' } })
    expect(seen[0]?.url).toBe(`${API}/x`)
  })

  test('Only the paths and methods that are listed go on', async () => {
    const target = { url: API, methods: ['GET'], paths: ['/v1/data'] }
    const { browser, seen } = await app({ proxy: { '/api': target } })
    const statuses = []
    for (const path of ['/api/v1/data', '/api/v1/data/posts', '/api/v1/database', '/api/v1/auth/me'])
      statuses.push((await browser.fetch(path, { headers: ours })).status)
    expect(statuses).toEqual([200, 200, 403, 403])
    expect((await browser.fetch('/api/v1/data', { method: 'DELETE', headers: ours })).status).toBe(405)
    expect(seen).toHaveLength(2)
  })
})

test.each([301, 302, 303, 307, 308])('A redirect (%i) of the upstream is followed nowhere', async (status) => {
  const { browser, seen } = await app(
    {},
    () => new Response(null, { status, headers: { location: 'http://169.254.169.254/' } }),
  )
  const response = await browser.fetch('/api/x', { headers: ours })
  expect([response.status, response.headers.get('location')]).toEqual([502, null])
  expect(seen).toHaveLength(1)
})

test.each([
  ['an image or a link', {}],
  ['a page of another site', { ...ours, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  [
    'an upgrade to a socket from another site',
    { ...ours, 'sec-fetch-site': 'cross-site', upgrade: 'websocket', connection: 'upgrade' },
  ],
])('What %s asks for does not go on', async (_, headers) => {
  const { browser, seen } = await app()
  expect((await browser.fetch('/api/x', { headers })).status).toBe(403)
  expect(seen).toEqual([])
})

test('No event of the log has a secret or an address', async () => {
  const { browser, events, clock, session } = await app()
  clock.advance(2 * 3_600_000)
  await browser.fetch('/api/v1/people/canary?q=canary', { headers: ours })
  await browser.call('sign-in', { credentials: { ...ada, password: 'canary-wrong' } })
  await browser.call('sign-out', { session: session?.id })
  expect(events.map(({ operation, status, code }) => [operation, status, code])).toEqual([
    ['sign-in', 200, undefined],
    ['proxy', 200, undefined],
    ['sign-in', 401, 'invalid-credentials'],
    ['sign-out', 200, undefined],
  ])
  expect(JSON.stringify(events)).not.toContain('canary')
})
