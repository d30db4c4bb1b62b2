import { AuthError, type AuthErrorCode } from '../errors.ts'

/** What was asked for: a refused token and an unknown user mean something else to each. */
export type Asked = 'signIn' | 'redeem' | 'refresh' | 'getUser' | 'account'

/** Our word for each of bkend's codes, which stand here without `auth/` and in lower case. */
const known: { readonly [Ours in AuthErrorCode]?: string } = {
  'account-banned': 'account-banned',
  'account-locked': 'account-locked',
  'already-done': 'already-verified mfa-already-enabled account-already-linked',
  'challenge-required': 'mfa-required',
  'email-not-verified': 'email-not-verified',
  'email-taken': 'email-already-exists account-exists-different-provider',
  forbidden: 'forbidden last-auth-method',
  'invalid-code': 'invalid-mfa-code',
  'invalid-credentials': 'invalid-credentials invalid-password',
  'invalid-email': 'invalid-email invalid-email-format',
  'invalid-request': 'mfa-not-enabled',
  'link-expired': 'invalid-oauth-code invitation-expired verification-token-expired verification-token-not-found',
  misconfigured:
    'magiclink-disabled missing-authorization-header oauth-not-configured token-revoked unsupported-provider',
  'not-authenticated':
    'access-token-expired invalid-access-token invalid-token invalid-token-format token-expired unauthorized',
  'not-found': 'account-not-found session-not-found user-not-found',
  'rate-limited': 'rate-limit too-many-code-requests too-many-login-attempts too-many-requests',
  'session-expired': 'invalid-refresh-token session-expired',
  unknown: 'oauth-callback-failed',
  'weak-password': 'invalid-password-format same-as-previous-password weak-password',
}

/** What a refused token means. */
const refused: Readonly<Record<Asked, AuthErrorCode>> = {
  signIn: 'invalid-credentials',
  redeem: 'link-expired',
  refresh: 'session-expired',
  getUser: 'session-expired',
  account: 'not-authenticated',
}

const statuses: { readonly [status: number]: AuthErrorCode } = {
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  429: 'rate-limited',
  503: 'unavailable',
  504: 'timeout',
}

interface Refusal {
  readonly status: number
  /** The server's code; `''` if it sent none; undefined if the body is not the server's. */
  readonly code: string | undefined
  /** Seconds. */
  readonly retryAfter: number | undefined
}

/** Says what a refusal means: by its code first, then by its status. */
export function toRefusal(asked: Asked, refusal: Refusal): AuthError {
  const { status, code = '', retryAfter } = refusal
  const found = lookUp(code)
  // of unknown codes only what looks like one of bkend's is passed on: anything else might be an echo
  const serverCode = found || /^[a-z]+\/[a-z-]+$/.test(code) ? code : undefined
  return new AuthError(found ? byCode(asked, found, code) : byStatus(asked, refusal), {
    status,
    retryAfter,
    serverCode,
  })
}

/** True for the refusals that a new access token can cure. */
export function isAccessExpiry(error: unknown): boolean {
  return error instanceof AuthError && lookUp(error.serverCode ?? '') === 'not-authenticated'
}

/** Whether a code says that the access token, or its session, is over; undefined for one that is not known. */
export function isTokenCode(code: string): boolean | undefined {
  const found = lookUp(code)
  return found && (found === 'not-authenticated' || /^session-(expired|not-found)$/.test(nameOf(code)))
}

function nameOf(code: string): string {
  return code
    .toLowerCase()
    .replace(/^\w+\//, '')
    .replaceAll('_', '-')
}

function lookUp(code: string): AuthErrorCode | undefined {
  const name = nameOf(code)
  return (Object.keys(known) as AuthErrorCode[]).find((ours) => known[ours]?.split(' ').includes(name))
}

function byCode(asked: Asked, found: AuthErrorCode, code: string): AuthErrorCode {
  if (found === 'not-found') return asked === 'account' || asked === 'redeem' ? found : refused[asked]
  if (found !== 'not-authenticated') return found
  // upper case is the gateway speaking of the headers: without an access token there, of the API key
  const isOfKey = /^[A-Z]/.test(code) && asked !== 'account' && asked !== 'getUser'
  return isOfKey ? 'misconfigured' : refused[asked]
}

function byStatus(asked: Asked, { status, code, retryAfter }: Refusal): AuthErrorCode {
  const isProxy = code === undefined
  // a proxy has no say in who is signed in
  if (isProxy && !(status >= 500 || status === 408 || status === 429)) return 'invalid-response'
  // a missing route says nothing of the session; a bare 503 may come from a gateway after the server was reached
  const isUnclear = status === 404 || (status === 503 && isProxy && retryAfter === undefined)
  if (asked === 'refresh' && isUnclear) return 'unknown'
  if (status === 401) return refused[asked]
  return statuses[status] ?? (status >= 400 && status < 500 ? 'invalid-request' : 'unknown')
}
