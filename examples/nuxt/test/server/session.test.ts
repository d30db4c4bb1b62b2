import { createAuth } from '@authchart/core'
import type { BkendCredentials, BkendUser } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'
import { createWorld } from '@authchart/core/testing/world'
import { createApp, createRouter, defineEventHandler, fromWebHandler, toWebHandler } from 'h3'
import { beforeEach, expect, test, vi } from 'vitest'

// what Nitro imports by itself
vi.stubGlobal('defineEventHandler', defineEventHandler)
vi.stubGlobal('fromWebHandler', fromWebHandler)
const { handler } = await import('../../server/utils/session')
vi.stubGlobal('handler', handler)
const { default: session } = await import('../../server/middleware/session')
const { default: operation } = await import('../../server/routes/auth/[operation]')

/** The server of the app. The page says which user it was rendered for. */
const page = defineEventHandler((event) => event.context.session?.user.email ?? 'a visitor')
const server = toWebHandler(
  createApp().use(session).use(createRouter().post('/auth/:operation', operation).get('/', page)),
)

beforeEach(() => {
  // the backend, at the address that server/utils/session.ts has for it
  vi.stubGlobal('fetch', createWorld({ origin: 'http://127.0.0.1:8787' }).openTab().fetch)
  vi.stubEnv('AUTH_SECRET', 'a secret of at least thirty-two characters')
})

const APP = 'https://app.example'
const ann = { email: 'ann@example.com', password: 'correct horse' }

/** A browser at a page of the app: it says which origin a request comes from, and keeps and sends cookies. */
function openBrowser() {
  const cookies = new Map<string, string>()
  async function fetch(path: RequestInfo | URL, init: RequestInit = {}) {
    const headers = new Headers(init.headers)
    headers.set('origin', APP)
    headers.set('cookie', Array.from(cookies, (pair) => pair.join('=')).join('; '))
    const response = await server(new Request(new URL(String(path), APP), { ...init, headers }))
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return response
  }
  const auth = createAuth({ client: cookieClient<BkendUser, BkendCredentials>({ fetch }) })
  return { auth, cookies, openPage: async () => (await fetch('/')).text() }
}

test('a page is rendered for the user who has signed in', async () => {
  const { auth, openPage } = openBrowser()
  expect(await openPage()).toBe('a visitor')
  await auth.signIn(ann)

  expect(await openPage()).toBe('ann@example.com')
})

test('a cookie that the app has not sealed is no session', async () => {
  const { auth, cookies, openPage } = openBrowser()
  await auth.signIn(ann)
  for (const [name, value] of cookies) cookies.set(name, value.replace(/.{8}$/, 'tampered'))

  expect(await openPage()).toBe('a visitor')
})

test('a wrong password is refused, and begins no session', async () => {
  const { auth, cookies } = openBrowser()

  await expect(auth.signIn({ ...ann, password: 'wrong horse' })).rejects.toMatchObject({ code: 'invalid-credentials' })
  expect(cookies.size).toBe(0)
})

test('after a sign-out a page is rendered for a visitor', async () => {
  const { auth, openPage } = openBrowser()
  await auth.signIn(ann)
  await auth.signOut()

  expect(await openPage()).toBe('a visitor')
})
