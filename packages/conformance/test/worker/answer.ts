import type { Auth } from '@authchart/core'
import type { BkendCredentials, BkendUser } from '@authchart/core/bkend'

const ann = { id: 'u1', email: 'ann@example.test', name: 'Ann', role: 'user' }

/** The auth server, in the worker itself. */
export async function upstream(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const { headers, method, url } = new Request(input, init)
  const asked = `${method} ${new URL(url).pathname}`
  if (asked === 'POST /v1/auth/email/signin')
    return Response.json({ accessToken: 'a1', refreshToken: 'r1', tokenType: 'Bearer', expiresIn: 3600 })
  if (asked === 'GET /v1/auth/me') return Response.json(ann)
  if (asked === 'GET /v1/data/posts') return Response.json(headers.get('authorization'))
  if (asked === 'POST /v1/auth/signout') return Response.json({ message: 'Signed out' })
  return new Response('Not here', { status: 404 })
}

/** Signs in, sends a request and signs out, and tells what was shown on the way. */
export async function answer(auth: Auth<BkendUser, BkendCredentials>): Promise<Response> {
  const before = auth.getState().status
  const user = await auth.signIn({ email: ann.email, password: 'Correct-horse-1!' })
  const { status, persistence } = auth.getState()
  const posts = await auth.fetch('https://api-client.bkend.ai/v1/data/posts')
  const sent: unknown = await posts.json()
  const { revoked } = await auth.signOut()
  return Response.json({ before, user: user.name, status, persistence, sent, revoked, after: auth.getState().status })
}
