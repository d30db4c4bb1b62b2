import { AuthError, type AuthErrorCode } from './errors.ts'
import { retryAfterOf } from './retry-after.ts'

const codes: { readonly [status: number]: AuthErrorCode } = {
  401: 'session-expired',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  429: 'rate-limited',
}

/**
 * The error for an answer that is no success, by its status and its `Retry-After`. For a client of your own: what a
 * status means for the refresh token is decided by the core, so that a server that failed is never shown the token twice.
 * Check first what your server says in its own way, a wrong password for one.
 *
 * @example
 * const client: AuthClient<User, { email: string; password: string }> = {
 *   origin: 'https://api.example',
 *   async signIn(credentials, { signal }) {
 *     const response = await fetch('https://api.example/session', {
 *       method: 'POST',
 *       body: JSON.stringify(credentials),
 *       signal,
 *     })
 *     if (response.status === 401) throw new AuthError('invalid-credentials')
 *     if (!response.ok) throw authErrorFrom(response)
 *     return response.json()
 *   },
 * }
 * @returns `'session-expired'` (401), `'forbidden'` (403), `'not-found'` (404), `'timeout'` (408), `'rate-limited'`
 * (429), `'invalid-request'` (any other 4xx), `'unavailable'` (5xx), `'invalid-response'` (anything else)
 */
export function authErrorFrom({ status, headers }: Pick<Response, 'status' | 'headers'>): AuthError {
  return new AuthError(codes[status] ?? codeOfClass(Math.floor(status / 100)), {
    status,
    retryAfter: retryAfterOf(headers),
  })
}

function codeOfClass(hundreds: number): AuthErrorCode {
  if (hundreds === 4) return 'invalid-request'
  return hundreds === 5 ? 'unavailable' : 'invalid-response'
}
