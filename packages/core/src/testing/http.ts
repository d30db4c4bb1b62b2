/** The strict server as HTTP, in the words of three kinds of server. */
import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { Grant } from '../types.ts'
import type { WorldUser } from './accounts.ts'
import type { WorldMethod } from './faults.ts'
import type { Caller, StrictServer } from './strict-server.ts'

/** One call, read from a request. */
interface Call {
  readonly method: Exclude<WorldMethod, 'api' | 'ping' | 'answerChallenge'>
  readonly input: unknown
  /** The code of a second factor that came along with the password. */
  readonly code?: string | undefined
}

/** How one kind of server writes what all of them do. */
interface Dialect {
  /** Undefined: the path is none of its own. */
  readonly read: (path: string, body: Fields, token: string, query: URLSearchParams) => Call | undefined
  readonly grant: (tokens: Tokens, origin: string) => unknown
  readonly user: (user: WorldUser) => unknown
  /** The status and the body of what went wrong. */
  readonly refuse: (error: AuthError, call: Call) => readonly [status: number, body: unknown]
}

type Fields = { readonly [name: string]: string | undefined }
interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
  readonly user: WorldUser
  /** Epoch seconds, by the server's clock. */
  readonly now: number
}

const LIFETIME = 3600
const statuses: { readonly [code in AuthErrorCode]?: number } = {
  'invalid-credentials': 401,
  'session-expired': 401,
  'invalid-code': 401,
  'challenge-required': 403,
  'account-banned': 403,
  'email-taken': 409,
  'rate-limited': 429,
  unavailable: 503,
}
const statusOf = ({ code, status }: AuthError): number => status ?? statuses[code] ?? 500

/** bkend.ai, its current API. */
const bkend: Dialect = {
  read(path, body, accessToken) {
    if (path === '/v1/auth/email/signin') return { method: 'signIn', input: body, code: body['mfaCode'] }
    if (path === '/v1/auth/email/signup') return { method: 'signUp', input: body }
    if (path === '/v1/auth/refresh') return { method: 'refresh', input: body }
    if (path === '/v1/auth/me') return { method: 'getUser', input: { accessToken } }
    return path === '/v1/auth/signout' ? { method: 'signOut', input: { accessToken } } : undefined
  },
  grant: ({ accessToken, refreshToken, expiresIn }) => ({ accessToken, refreshToken, tokenType: 'Bearer', expiresIn }),
  user: (user) => ({
    ...user,
    emailVerified: true,
    image: null,
    onboardingStatus: null,
    createdAt: '2026-01-05T09:00:00Z',
  }),
  refuse(error, { method }) {
    const names: { readonly [code in AuthErrorCode]?: string } = {
      'invalid-credentials': 'auth/invalid-credentials',
      'invalid-code': 'auth/invalid-mfa-code',
      'challenge-required': 'auth/mfa-required',
      'account-banned': 'auth/account-banned',
      'email-taken': 'auth/email-already-exists',
      'rate-limited': 'auth/too-many-requests',
      'session-expired': method === 'refresh' ? 'auth/invalid-refresh-token' : 'auth/invalid-token',
    }
    return [statusOf(error), { error: { code: names[error.code] ?? 'server/error', message: error.code } }]
  },
}

/** OAuth 2.0 with the password grant (RFC 6749), its revocation (RFC 7009), and what OpenID Connect adds. */
const oauth: Dialect = {
  read(path, body, accessToken) {
    const { grant_type: grant = '', username: email, password, refresh_token: refreshToken, token } = body
    if (path === '/oauth/token' && grant === 'password') return { method: 'signIn', input: { email, password } }
    if (path === '/oauth/token') return { method: 'refresh', input: { refreshToken } }
    if (path === '/oauth/userinfo') return { method: 'getUser', input: { accessToken } }
    if (path === '/oauth/revoke') return { method: 'signOut', input: { accessToken: token, refreshToken: token } }
    return undefined
  },
  grant: ({ accessToken, refreshToken, expiresIn, user, now }, origin) => ({
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: 'openid',
    id_token: unsigned({ iss: origin, aud: 'app', sub: user.id, iat: now, exp: now + expiresIn }),
  }),
  user: ({ id, ...rest }) => ({ sub: id, ...rest }),
  refuse(error, { method }) {
    // a token that is no good any more is revoked (RFC 7009 §2.2)
    if (method === 'signOut') return [200, {}]
    const isGrant = method === 'signIn' || method === 'refresh'
    const isRefusal = error.code === 'session-expired' || error.code === 'invalid-credentials'
    if (isGrant && isRefusal) return [400, { error: 'invalid_grant' }]
    return [statusOf(error), { error: isRefusal ? 'invalid_token' : error.code.replaceAll('-', '_') }]
  },
}

/** The auth server of Supabase. */
const gotrue: Dialect = {
  read(path, body, accessToken, query) {
    const grant = query.get('grant_type')
    if (path === '/auth/v1/token' && grant === 'password') return { method: 'signIn', input: body }
    if (path === '/auth/v1/token') return { method: 'refresh', input: { refreshToken: body['refresh_token'] } }
    if (path === '/auth/v1/user') return { method: 'getUser', input: { accessToken } }
    return path === '/auth/v1/logout' ? { method: 'signOut', input: { accessToken } } : undefined
  },
  grant: ({ accessToken, refreshToken, expiresIn, user, now }) => ({
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: expiresIn,
    expires_at: now + expiresIn,
    user: gotrue.user(user),
  }),
  user: ({ id, email, role }) => ({ id, email, aud: 'authenticated', app_metadata: { role }, user_metadata: {} }),
  refuse(error, { method }) {
    const isSpent = error.code === 'session-expired' && method === 'refresh'
    const code = isSpent ? 'refresh_token_already_used' : error.code.replaceAll('-', '_')
    return [isSpent || method === 'signIn' ? 400 : statusOf(error), { code, error_code: code, msg: error.code }]
  },
}

const dialects = [bkend, oauth, gotrue]

/** Answers a request as the server of one page: rejects as `fetch` does where the network fails, or never settles. */
export async function answer(
  request: Request,
  caller: Caller,
  { server, origin, now }: { readonly server: StrictServer; readonly origin: string; readonly now: () => number },
): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname === '/.well-known/openid-configuration') return json(200, discovery(origin))
  const body = await fieldsOf(request)
  const authorization = request.headers.get('authorization')
  const token = authorization?.replace(/^bearer /i, '') ?? ''
  for (const dialect of dialects) {
    const call = dialect.read(pathname, body, token, searchParams)
    if (!call) continue
    try {
      const value = await perform(call, caller, server)
      return reply(dialect, call, value, origin, now)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      // what was processed and cannot be read
      if (error.code === 'invalid-response') return html()
      const [status, words] = dialect.refuse(error, call)
      return json(status, words, error.retryAfter)
    }
  }
  return server.api(caller, request.headers.get('x-request') ?? request.url, authorization)

  function reply(dialect: Dialect, { method }: Call, value: unknown, from: string, time: () => number): Response {
    if (method === 'getUser') return json(200, dialect.user(value as WorldUser))
    if (method === 'signOut') return json(200, { message: 'ok' })
    const { accessToken, refreshToken, expiresIn } = value as Grant<WorldUser>
    if (typeof accessToken !== 'string' || typeof refreshToken !== 'string') return html()
    const owner = server.accounts.ownerOf(accessToken)
    const user = server.accounts.userOf(owner?.id ?? '')
    const tokens = {
      accessToken,
      refreshToken,
      expiresIn: Number(expiresIn ?? LIFETIME),
      user,
      now: Math.floor(time() / 1000),
    }
    return json(method === 'signUp' ? 201 : 200, dialect.grant(tokens, from))
  }
}

/** A password that came with a code is two calls of the server in one. */
async function perform({ method, input, code }: Call, caller: Caller, server: StrictServer): Promise<unknown> {
  const client = server.connect(caller)
  const call = { signal: new AbortController().signal }
  const send = client[method] as (input: unknown, options: typeof call) => Promise<unknown>
  const value = await send(input, call)
  const { challenge } = (value ?? {}) as { readonly challenge?: { readonly handle: unknown } }
  if (!challenge) return value
  if (code === undefined) throw new AuthError('challenge-required')
  return client.answerChallenge?.({ handle: challenge.handle, code }, call)
}

async function fieldsOf(request: Request): Promise<Fields> {
  const text = request.method === 'GET' ? '' : await request.text()
  if (/urlencoded/.test(request.headers.get('content-type') ?? '')) return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text) as Fields
  } catch {
    return {}
  }
}

function json(status: number, body: unknown, retryAfter?: number): Response {
  const headers = { 'Content-Type': 'application/json', ...(retryAfter && { 'Retry-After': `${retryAfter}` }) }
  return new Response(JSON.stringify(body), { status, headers })
}

const html = (): Response =>
  new Response('<!doctype html><title>Sign in to the network</title>', { headers: { 'Content-Type': 'text/html' } })

const unsigned = (claims: object): string =>
  [{ alg: 'none' }, claims].map((part) => btoa(JSON.stringify(part)).replaceAll('=', '')).join('.') + '.'

const discovery = (origin: string) => ({
  issuer: origin,
  authorization_endpoint: `${origin}/oauth/authorize`,
  token_endpoint: `${origin}/oauth/token`,
  userinfo_endpoint: `${origin}/oauth/userinfo`,
  revocation_endpoint: `${origin}/oauth/revoke`,
  end_session_endpoint: `${origin}/oauth/end`,
  jwks_uri: `${origin}/oauth/keys`,
})
