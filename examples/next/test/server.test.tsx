import { createAuth } from '@authchart/core'
import type { BkendCredentials, BkendUser } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'
import { createWorld, type WorldOptions } from '@authchart/core/testing/world'
import { NextRequest } from 'next/server'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeEach, expect, test, vi } from 'vitest'
import { Greeting } from '../app/account/greeting'
import { GET } from '../app/api/[...path]/route'
import { POST } from '../app/auth/[operation]/route'
import { proxy } from '../proxy'

const APP = 'https://app.example'
const ann = { email: 'ann@example.com', password: 'correct horse' }
const incoming = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({ headers: async () => incoming.headers }))

/** Requests for data that came to the backend. */
const arrived = vi.fn<NonNullable<WorldOptions['onArrived']>>()

beforeEach(() => {
  arrived.mockReset()
  // the backend, at the address that app/session.ts has for it
  const world = createWorld({ origin: 'http://127.0.0.1:8787', onArrived: arrived })
  vi.stubGlobal('fetch', world.openTab().fetch)
  vi.stubEnv('AUTH_SECRET', 'a secret of at least thirty-two characters')
})

/** A browser at a page of the app: it says which origin a request comes from, and keeps and sends cookies. */
function openBrowser() {
  const cookies = new Map<string, string>()
  const requestOf = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('origin', APP)
    headers.set('cookie', Array.from(cookies, (pair) => pair.join('=')).join('; '))
    return new NextRequest(new Request(new URL(path, APP), { ...init, headers }))
  }
  async function fetch(path: RequestInfo | URL, init?: RequestInit) {
    const response = await POST(requestOf(String(path), init))
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return response
  }
  const auth = createAuth({ client: cookieClient<BkendUser, BkendCredentials>({ fetch }) })
  return { auth, cookies, requestOf }
}

const redirectOf = (response: Response) => response.headers.get('location')

async function openSignedIn() {
  const browser = openBrowser()
  await browser.auth.signIn(ann)
  return browser
}

test('a visitor without a session is led to the sign-in page, with the way back', async () => {
  const { requestOf } = openBrowser()

  expect(redirectOf(await proxy(requestOf('/account?tab=2')))).toBe(`${APP}/sign-in?returnTo=%2Faccount%3Ftab%3D2`)
})

test('a user with a session gets the page', async () => {
  const { requestOf } = await openSignedIn()
  const response = await proxy(requestOf('/account?tab=2'))

  expect(response.headers.get('x-middleware-next')).toBe('1')
})

test('a cookie that the app has not sealed is no session', async () => {
  const { cookies, requestOf } = await openSignedIn()
  for (const [name, value] of cookies) cookies.set(name, value.replace(/.{8}$/, 'tampered'))

  expect(redirectOf(await proxy(requestOf('/account')))).toBe(`${APP}/sign-in?returnTo=%2Faccount`)
})

test('a wrong password is refused, and begins no session', async () => {
  const { auth, cookies } = openBrowser()

  await expect(auth.signIn({ ...ann, password: 'wrong horse' })).rejects.toMatchObject({ code: 'invalid-credentials' })
  expect(cookies.size).toBe(0)
})

test('after a sign-out the account page is closed', async () => {
  const { auth, requestOf } = await openSignedIn()
  await auth.signOut()

  expect(redirectOf(await proxy(requestOf('/account')))).toBe(`${APP}/sign-in?returnTo=%2Faccount`)
})

test('the server greets the user of the cookie, and no visitor', async () => {
  const { requestOf } = await openSignedIn()
  incoming.headers = requestOf('/account').headers
  expect(renderToStaticMarkup(await Greeting())).toBe('<p>Rendered for ann@example.com</p>')

  incoming.headers = openBrowser().requestOf('/account').headers
  expect(await Greeting()).toBe(null)
})

test('a request for data goes on with the token of the user, and without one for a visitor', async () => {
  const { cookies, requestOf } = await openSignedIn()
  const headers = { 'x-authchart': '1' }
  expect((await GET(requestOf('/api/v1/data/notes', { headers }))).status).toBe(200)
  cookies.clear()
  await GET(requestOf('/api/v1/data/notes', { headers }))

  expect(arrived.mock.calls.map(([, { token }]) => token)).toEqual([expect.stringMatching(/access-1$/), null])
})

test('a page of another site gets no data, whatever cookie it sends along', async () => {
  const request = (await openSignedIn()).requestOf('/api/v1/data/notes', { headers: { 'x-authchart': '1' } })
  request.headers.set('origin', 'https://evil.example')

  expect((await GET(request)).status).toBe(403)
  expect(arrived).not.toHaveBeenCalled()
})
