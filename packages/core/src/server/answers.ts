import { toAuthError, type AuthErrorCode } from '../errors.ts'

const statuses: Partial<Record<AuthErrorCode, number>> = {
  'account-banned': 403,
  'already-done': 409,
  'challenge-expired': 401,
  'email-not-verified': 403,
  'email-taken': 409,
  forbidden: 403,
  'identity-changed': 409,
  'invalid-code': 401,
  'invalid-credentials': 401,
  'invalid-response': 502,
  misconfigured: 500,
  network: 502,
  'not-authenticated': 401,
  'not-found': 404,
  'not-supported': 501,
  'rate-limited': 429,
  'account-locked': 429,
  'refresh-indeterminate': 502,
  'session-expired': 401,
  timeout: 504,
  unavailable: 503,
  unknown: 502,
  'user-mismatch': 401,
}

/** What an answer of the handler carries beside its body. */
const headers = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
}

export function answer(body: object, cookies: readonly string[], status = 200): Response {
  return withCookies(new Response(JSON.stringify(body), { status, headers }), cookies)
}

/** A failure, with its code and nothing else of what the upstream said. */
export function failure(thrown: unknown, cookies: readonly string[]): Response {
  const { code, status, retryAfter } = toAuthError(thrown)
  const response = answer({ error: { code } }, cookies, statusOf(code, status))
  if (retryAfter !== undefined) response.headers.set('Retry-After', String(Math.ceil(retryAfter)))
  return response
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie)
  return response
}

function statusOf(code: AuthErrorCode, status = 0): number {
  return status >= 400 && status <= 599 ? status : (statuses[code] ?? 400)
}
