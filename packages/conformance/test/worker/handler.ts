import { bkend } from '@authchart/core/bkend'
import { createAuthHandler } from '@authchart/core/server'
import { upstream } from './answer.ts'

const handler = createAuthHandler({
  upstream: bkend({ publishableKey: 'pk_test', fetch: upstream }),
  secrets: ['a secret of at least thirty-two characters'],
  proxy: { '/api': 'https://api-client.bkend.ai' },
  fetch: upstream,
})

const APP = 'https://app.example'
const own = { 'sec-fetch-site': 'same-origin', 'x-authchart': '1', 'content-type': 'application/json' }

/** Signs in, finds the session, sends a request on and signs out, and tells what came of it. */
export async function respond(): Promise<Response> {
  let cookie = ''
  const send = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await handler(new Request(APP + path, { headers: { ...own, cookie }, ...init }))
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return response
  }
  const call = async (operation: string, body: object): Promise<Fields> => {
    const response = await send(`/auth/${operation}`, { method: 'POST', body: JSON.stringify(body) })
    return response.json()
  }
  const { session } = await call('sign-in', {
    credentials: { email: 'ann@example.test', password: 'Correct-horse-1!' },
  })
  const found = await call('session', {})
  const rendered = await handler.readSession(new Request(APP, { headers: { cookie } }))
  const posts: unknown = await (await send('/api/v1/data/posts')).json()
  const out = await call('sign-out', { session: session?.id })
  const after = await call('session', {})
  return Response.json({
    isSame: found.session?.id === session?.id,
    token: session?.accessToken ?? null,
    rendered: rendered?.user.name,
    posts,
    out,
    after,
  })
}

interface Fields {
  readonly session?: { readonly id: string; readonly accessToken?: string } | null
}
