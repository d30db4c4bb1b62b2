import { fieldOf } from '../data.ts'
import { AuthError, type AuthErrorCode } from '../errors.ts'
import { retryAfterOf } from '../retry-after.ts'
import type { AuthClient, AuthStorage, CallOptions, ChallengeDemand, Grant } from '../types.ts'
import { cookieStorage } from './storage.ts'

export interface CookieClientOptions<TUser = unknown, TCredentials = unknown> {
  /** Where the handler answers: its `basePath`, on the origin of the page. Default `'/auth'`. */
  readonly url?: string
  /**
   * The client of the backend that the page itself talks to with `auth.fetch`: its origin gets the access token, its headers
   * go along, and it says what refuses a token. Left out where the handler's `proxy` sends requests on.
   */
  readonly api?: Pick<AuthClient<TUser, TCredentials>, 'origin' | 'headers' | 'isRefused' | 'userId'>
  /** Says who a user is, where the user has none of the usual fields. */
  readonly userId?: (user: TUser) => string | number | bigint | null | undefined
  /** Seconds for which the handler answers a renewal again: its `replayWindow`. Default 30. */
  readonly replayWindow?: number
  /** Default: the global one, read at call time. */
  readonly fetch?: typeof globalThis.fetch
  /** Epoch milliseconds. Default: the clock of the device. */
  readonly now?: () => number
}

export type CookieClient<TUser, TCredentials> = AuthClient<TUser, TCredentials> & { readonly storage: AuthStorage }

/** What the handler says of a session. */
export interface SessionAnswer {
  readonly id: string
  readonly generation: number
  readonly user: unknown
  readonly accessToken?: string
  /** Milliseconds. */
  readonly age: number
  readonly lifetime: number
  readonly signedInAgo: number
  readonly renewable: boolean
}

/** Sends one call to the handler. Rejects with an AuthError and nothing else. */
export type Ask = (operation: string, body: object, call?: Partial<CallOptions>) => Promise<object>

/** Stands where the page has no token: the handler knows which it is. */
const NO_TOKEN = 'cookie'

/**
 * The half of `createAuthHandler` that runs in the page. The refresh token stays in a cookie that no script can read, and
 * nothing durable is kept in JavaScript but which sessions were signed out.
 *
 * @example
 * const auth = createAuth({ client: cookieClient({ api: bkend({ publishableKey: 'pk_…' }) }) })
 * @example
 * // the handler has a `proxy`, and the page has no token at all
 * const auth = createAuth({ client: cookieClient() })
 * const posts = await auth.fetch('/api/v1/data/posts')
 */
export function cookieClient<TUser = { readonly id: string }, TCredentials = unknown>(
  options: CookieClientOptions<TUser, TCredentials> = {},
): CookieClient<TUser, TCredentials> {
  const { url = '/auth', api, replayWindow = 30, now = Date.now } = options
  const ask = connect(url, options.fetch)
  const userId = options.userId ?? api?.userId?.bind(api)
  const own = originOf(url)
  const origin = api?.origin ?? own
  const sign =
    (operation: string) =>
    async (credentials: TCredentials, call: CallOptions): Promise<Grant<TUser> | ChallengeDemand> =>
      toGrant(await ask(operation, { credentials, seen: storage.seen() }, call))
  const storage = cookieStorage({ ask, now, toTokens })

  return {
    ...api,
    id: `cookie ${url}`,
    origin,
    storage,
    replay: { toleratedFor: replayWindow },
    signIn: sign('sign-in'),
    signUp: sign('sign-up'),
    answerChallenge: async ({ handle, code }, call) =>
      toGrant(await ask('challenge', { handle, code, seen: storage.seen() }, call)),
    async refresh({ refreshToken }, call) {
      const [session, generation] = refreshToken.split('.')
      return toGrant(await ask('refresh', { session, generation: Number(generation) }, call)) as Grant<TUser>
    },
    // the token says nothing here, and the session is the one of the cookie
    getUser: async (_, call) => fieldOf(await ask('user', { session: storage.current() }, call), 'user') as TUser,
    async signOut({ refreshToken }, call) {
      const session = refreshToken?.split('.')[0] ?? storage.current()
      if (session === null) throw new AuthError('not-authenticated')
      await ask('sign-out', { session }, call)
    },
    // the proxy of the handler lets nothing else through
    headers: () => ({ ...api?.headers?.(), ...(origin === own && { [OWN_HEADER]: '1' }) }),
    ...(!api && { isRefused }),
    ...(userId && { userId }),
  } as CookieClient<TUser, TCredentials>
}

const OWN_HEADER = 'x-authchart'

/** The handler has renewed and sent again what it could: its word says whether there is more to be done. */
function isRefused({ status, headers }: Response): boolean {
  return status === 401 && headers.has('x-authchart-session')
}

/** The name of a session stands where its refresh token would: it is no secret. */
function toTokens({ id, generation, accessToken = NO_TOKEN, renewable }: SessionAnswer) {
  return { accessToken, refreshToken: renewable ? `${id}.${generation}` : null }
}

function toGrant(answer: object): Grant<never> | ChallengeDemand {
  const challenge = fieldOf(answer, 'challenge')
  if (challenge) return { challenge } as ChallengeDemand
  const session = fieldOf(answer, 'session') as SessionAnswer | undefined
  if (!session) throw new AuthError('invalid-response')
  const { accessToken, refreshToken } = toTokens(session)
  return {
    accessToken,
    refreshToken: refreshToken ?? undefined,
    expiresIn: Math.max(0, session.lifetime - session.age) / 1000,
    user: session.user as never,
    sessionId: session.id,
  }
}

/** Where the page is, if there is one: a server that renders it has none. */
function originOf(url: string): string | undefined {
  try {
    return new URL(url, globalThis.location?.href).origin
  } catch {
    return undefined
  }
}

function connect(url: string, given: typeof globalThis.fetch | undefined): Ask {
  return async (operation, body, { signal, keepalive } = {}) => {
    let response: Response
    try {
      response = await (given ?? globalThis.fetch)(`${url}/${operation}`, {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/json', [OWN_HEADER]: '1' },
        body: JSON.stringify(body),
        credentials: 'same-origin',
        redirect: 'error',
        cache: 'no-store',
        signal: signal ?? null,
        // an answer that comes when the page has closed still brings its cookie
        keepalive: keepalive ?? operation === 'refresh',
      })
    } catch (cause) {
      throw new AuthError(signal?.aborted ? 'timeout' : 'network', { cause })
    }
    const { status } = response
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.ok && typeof answer === 'object' && answer !== null) return answer
    const code = fieldOf(fieldOf(answer, 'error'), 'code')
    const unread: AuthErrorCode = response.ok ? 'invalid-response' : 'unavailable'
    const known = typeof code === 'string' ? (code as AuthErrorCode) : unread
    throw new AuthError(known, { status, retryAfter: retryAfterOf(response.headers) })
  }
}
