import { fakeClock } from '@authchart/core/testing'
import { describe, expect, test } from 'vitest'
import { ada, APP, browserAt, handlerOf, strictUpstream } from './support.ts'

const own = { 'sec-fetch-site': 'same-origin', origin: APP, 'content-type': 'application/json', 'x-authchart': '1' }

async function send(init: RequestInit & { path?: string } = {}, options: Parameters<typeof handlerOf>[1] = {}) {
  const { client, log } = strictUpstream()
  const { handler } = handlerOf(client, options)
  const { path = '/auth/sign-in', ...given } = init
  const body = given.method === 'GET' ? null : JSON.stringify({ credentials: ada })
  const response = await handler(new Request(`${APP}${path}`, { method: 'POST', body, headers: own, ...given }))
  return { response, log, cookies: response.headers.getSetCookie() }
}

const without = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(own).filter(([key]) => key !== name))

describe('What comes from elsewhere gets nothing', () => {
  const foreign: [string, Record<string, string>][] = [
    ['a page of another site', { ...own, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a page of a sub-domain', { ...own, 'sec-fetch-site': 'same-site', origin: 'https://blog.app.example' }],
    ['the address bar', { ...own, 'sec-fetch-site': 'none' }],
    ['a page without an origin', { ...without('sec-fetch-site'), origin: 'null' }],
    [
      'a browser without Fetch Metadata, from another origin',
      { ...without('sec-fetch-site'), origin: 'https://evil.example' },
    ],
    ['a browser that says nothing at all', { 'content-type': 'application/json', 'x-authchart': '1' }],
    ['a request without the header of the client', without('x-authchart')],
    ['a header with another value', { ...own, 'x-authchart': 'true' }],
  ]
  test.each(foreign)('%s is refused before anything is read or sent', async (_, headers) => {
    const { response, log, cookies } = await send({ headers })
    expect(response.status).toBe(403)
    expect(log).toEqual([])
    expect(cookies).toEqual([])
  })

  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    '',
  ]
  test.each(types)('A body of the type "%s" is refused, as a form would send it', async (type) => {
    const { response, log } = await send({ headers: { ...own, 'content-type': type } })
    expect(response.status).toBe(415)
    expect(log).toEqual([])
  })

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s changes nothing and is told nothing', async (method) => {
    const { response, log, cookies } = await send({ method, body: null })
    expect(response.status).toBe(405)
    expect([log, cookies]).toEqual([[], []])
  })

  test.each([
    '/auth',
    '/auth/',
    '/auth/nothing',
    '/auth/sign-in/',
    '/auth/__proto__',
    '/auth/constructor',
    '/',
    '/authentic/sign-in',
  ])('There is nothing at %s', async (path) => {
    expect((await send({ path })).response.status).toBe(404)
  })
})

test('A browser without Fetch Metadata is known by its origin', async () => {
  expect((await send({ headers: without('sec-fetch-site') })).response.status).toBe(200)
})

test('Behind a proxy the origin of the app is the one that the options name', async () => {
  const inside = { path: '/auth/sign-in', headers: without('sec-fetch-site') }
  const seen = await send(
    { ...inside, headers: { ...inside.headers, origin: 'https://www.app.example' } },
    { origin: 'https://www.app.example' },
  )
  expect(seen.response.status).toBe(200)
  const other = await send(inside, { origin: 'https://www.app.example' })
  expect(other.response.status).toBe(403)
})

describe('A body', () => {
  const bodies: [string, BodyInit | null, number][] = [
    ['that is nothing', null, 400],
    ['that is no JSON', '{', 400],
    ['that is a list', '[]', 400],
    ['that is null', 'null', 400],
    ['that is no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 400],
    ['of 70 kB', JSON.stringify({ credentials: 'x'.repeat(70_000) }), 413],
  ]
  test.each(bodies)('%s is refused', async (_, body, status) => {
    const { response, log } = await send({ body })
    expect(response.status).toBe(status)
    expect(log).toEqual([])
  })

  test('that does not end is not waited for', async () => {
    const clock = fakeClock()
    const { client } = strictUpstream()
    const { handler } = handlerOf(client, { clock })
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) })
    const request = new Request(`${APP}/auth/sign-in`, {
      method: 'POST',
      headers: own,
      body,
      duplex: 'half',
    } as RequestInit)
    const answer = handler(request)
    await expect.poll(() => clock.pending).toBe(1)
    clock.advance(10_000)
    expect((await answer).status).toBe(408)
  })
})

test('Every answer is kept by no cache and read as nothing but JSON', async () => {
  for (const { response } of [await send(), await send({ headers: {} }), await send({ path: '/x' })]) {
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('A session that an attacker put into the browser is not taken on by a sign-in', async () => {
  const { client } = strictUpstream()
  const { handler } = handlerOf(client)
  const attacker = browserAt(handler)
  await attacker.call('sign-in', { credentials: ada })
  const victim = browserAt(handler)
  for (const [name, value] of attacker.cookies) victim.cookies.set(name, value)
  const fixed = (await attacker.call('session')).body.session?.id
  const { body } = await victim.call('sign-in', { credentials: ada })
  expect(body.session?.id).not.toBe(fixed)
  expect((await victim.call('session')).body.session?.id).toBe(body.session?.id)
})

test('A cookie of the same name beside ours, as a sub-domain could set it, makes both worthless and renews nothing', async () => {
  const { client, log } = strictUpstream()
  const { handler } = handlerOf(client)
  const browser = browserAt(handler)
  await browser.call('sign-in', { credentials: ada })
  log.length = 0
  const request = browser.requestOf('/auth/session', { method: 'POST', headers: own, body: '{}' })
  request.headers.set('cookie', `${request.headers.get('cookie')}; __Host-Http-authchart=1forged`)
  expect(await (await handler(request)).json()).toEqual({ session: null })
  const other = browser.requestOf('/auth/session', { method: 'POST', headers: own, body: '{}' })
  other.headers.set('cookie', `__Host-Http-authchart=1forged; ${other.headers.get('cookie')}`)
  expect(await (await handler(other)).json()).toEqual({ session: null })
  expect(log).toEqual([])
})

test.each(['', '1', '9x', '1eyJ.a.b.c.d', '2only-the-first-part', '__proto__', '%00', 'x'.repeat(9000)])(
  'A cookie that was not sealed here ("%s") is no session',
  async (value) => {
    const { client, log } = strictUpstream()
    const browser = browserAt(handlerOf(client).handler)
    browser.cookies.set('__Host-Http-authchart', value)
    expect((await browser.call('session')).body).toEqual({ session: null })
    expect(log).toEqual([])
  },
)

test('A cookie whose parts come from two sessions does not open', async () => {
  const { client } = strictUpstream({ getUser: async () => ({ id: 'ada', role: 'x'.repeat(4000) }) })
  const { handler } = handlerOf(client)
  const [one, other] = [browserAt(handler), browserAt(handler)]
  await one.call('sign-in', { credentials: ada })
  await other.call('sign-in', { credentials: ada })
  expect(one.cookies.size).toBe(2)
  expect((await one.call('session')).body.session).toMatchObject({ user: { id: 'ada' } })
  const name = '__Host-Http-authchart.1'
  one.cookies.set(name, other.cookies.get(name)!)
  expect((await one.call('session')).body).toEqual({ session: null })
})

test('A user that no browser would keep is refused at the sign-in, and the session of the upstream is ended', async () => {
  const { client, sessions } = strictUpstream({ getUser: async () => ({ id: 'ada', role: 'x'.repeat(20_000) }) })
  const browser = browserAt(handlerOf(client).handler)
  const { status, body } = await browser.call('sign-in', { credentials: ada })
  expect([status, body.error?.code]).toEqual([500, 'misconfigured'])
  expect(browser.cookies.size).toBe(0)
  await expect.poll(() => sessions.size).toBe(0)
})

test('On http://localhost the cookie goes without its prefix where the options allow that, and nowhere else', async () => {
  const { client } = strictUpstream()
  const cookie = { allowHttpLocalhost: true }
  const here = browserAt(handlerOf(client, { cookie }).handler, 'http://localhost:3000')
  await here.call('sign-in', { credentials: ada })
  expect(here.setCookies[0]).toMatch(/^authchart=1[\w.-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/)
  for (const app of ['https://localhost:3000', 'http://app.example', 'http://localhost.evil.example']) {
    const there = browserAt(handlerOf(client, { cookie }).handler, app)
    await there.call('sign-in', { credentials: ada })
    expect(there.setCookies[0]).toMatch(/^__Host-Http-authchart=.+; Secure$/)
  }
})
