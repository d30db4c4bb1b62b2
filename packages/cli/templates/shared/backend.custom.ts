import { AuthError, authErrorFrom, type AuthClient, type CallOptions } from '@authchart/core'
import type { Role } from '__GUARDS__'

/** What your server says of a user. */
export interface User {
  id: string
  email: string
  name: string | null
  role: Role
}

export interface Credentials {
  email: string
  password: string
  name?: string
}

const server: string = __SERVER__

/** Sends one request, once. A redirect would carry passwords and tokens to where it leads. */
function send(method: string, path: string, call: CallOptions, body?: object, token?: string | null) {
  return fetch(server + path, {
    ...call, // signal, and keepalive at a sign-out
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: body ? JSON.stringify(body) : null,
    redirect: 'error',
    cache: 'no-store',
  })
}

/** The answer, or an error that knows its status: it says what became of a refresh token. */
async function read(response: Response) {
  if (!response.ok) throw authErrorFrom(response)
  return response.status === 204 ? null : response.json()
}

/** Change the paths and the answers into those of your server. Each grant is { accessToken, refreshToken, expiresIn, user }. */
export const backend: AuthClient<User, Credentials> & { readonly origin: string } = {
  origin: new URL(server).origin,
  async signIn(credentials, call) {
    const response = await send('POST', '/sessions', call, credentials)
    if (response.status === 401) throw new AuthError('invalid-credentials')
    return read(response)
  },
  async signUp(details, call) {
    const response = await send('POST', '/users', call, details)
    if (response.status === 409) throw new AuthError('email-taken')
    return read(response)
  },
  // never retries: a refresh token is good for one request
  refresh: async ({ refreshToken }, call) => read(await send('POST', '/sessions/refresh', call, { refreshToken })),
  getUser: async ({ accessToken }, call) => read(await send('GET', '/me', call, undefined, accessToken)),
  signOut: async ({ accessToken }, call) => read(await send('DELETE', '/session', call, undefined, accessToken)),
  ping: (call) => send('GET', '/me', call), // any answer will do
}
