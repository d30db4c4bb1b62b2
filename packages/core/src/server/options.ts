import { createConnection, withConnectionTracking, type Connection } from '../connection.ts'
import { explain } from '../errors.ts'
import { readOrigin, readTime } from '../options.ts'
import { systemClock } from '../ports/clock.ts'
import { report } from '../report.ts'
import { userIdBy, type UserId } from '../session/identity.ts'
import type { AuthClient, Clock } from '../types.ts'
import { memorySessionStore, type SessionStore } from './store.ts'

export interface AuthHandlerOptions<TUser = unknown, TCredentials = unknown> {
  /** The backend, as a client that the handler talks to it with: `bkend(…)`, or your own. */
  readonly upstream: AuthClient<TUser, TCredentials>
  /**
   * What the cookie is sealed with: at least 32 characters each, from a random source (`openssl rand -base64 32`). The first
   * one seals and each of them opens: put a new one in front, and take the old one away when `cookie.maxAge` has passed.
   * A function is asked at the first request: a build has no secrets.
   */
  readonly secrets: readonly string[] | (() => readonly string[])
  /** Where the handler answers. Default `'/auth'`. */
  readonly basePath?: string
  /**
   * The origins of the app, as its users see them. Needed where the handler stands behind something that changes the
   * address of a request, and for browsers without Fetch Metadata there. Default: the origin of the request.
   */
  readonly origin?: string | readonly string[]
  readonly cookie?: AuthCookieOptions
  /** What the processes of this handler share. Default: {@link memorySessionStore}, for a single process. */
  readonly store?: SessionStore
  /**
   * Seconds for which who asks again with the cookie before gets the same tokens, counted from when the browser has shown the
   * new one. Until then the new one is kept for it. Default 30.
   */
  readonly replayWindow?: number
  /**
   * Paths of the app that go on to another server with the access token: then the page gets no token at all. The whole
   * path behind the prefix goes on.
   *
   * @example
   * createAuthHandler({ upstream, secrets, proxy: { '/api': 'https://api-client.bkend.ai' } })
   */
  readonly proxy?: Readonly<Record<string, string | ProxyTarget>>
  /** Milliseconds for one request to the upstream. Default 30,000. */
  readonly requestTimeout?: number
  readonly clock?: Clock
  /** The fetch behind `proxy`. Default: the global one, read at call time. */
  readonly fetch?: typeof globalThis.fetch
  /** Told of each answer, for a log. No event has a secret, an address or anything of a user but the id of the session. */
  readonly onEvent?: (event: AuthHandlerEvent) => void
}

export interface AuthCookieOptions {
  /** Default `'authchart'`; `__Host-Http-` goes before it. */
  readonly name?: string
  /** Seconds that the browser keeps it: as long as a refresh token lives. Default 30 days. */
  readonly maxAge?: number
  /**
   * Sets it without `Secure` and without its prefix for `http://localhost`, which Safari asks for. It changes nothing for
   * any other host. Default false.
   */
  readonly allowHttpLocalhost?: boolean
}

export interface ProxyTarget {
  /** Scheme, host and, where there is one, the path that goes before the rest. */
  readonly url: string
  /** Default: `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`. */
  readonly methods?: readonly string[]
  /** The beginnings of the paths that go on, without the prefix: `['/v1/data']`. Default: all. */
  readonly paths?: readonly string[]
}

export interface AuthHandlerEvent {
  /** The last part of the path, or `'proxy'`. */
  readonly operation: string
  readonly status: number
  /** Why it was refused or failed. */
  readonly code?: string
  readonly session?: string
}

export interface ProxyRoute {
  readonly prefix: string
  readonly target: URL
  readonly methods: readonly string[]
  readonly paths: readonly string[]
}

/** What the handler was given, read once. */
export interface HandlerSettings {
  /** Whatever it rejects with is an AuthError. */
  readonly upstream: AuthClient
  /** It has not answered for a while: what is sent on an old connection may be lost. */
  readonly isStale: () => boolean
  readonly userId: UserId
  /** @throws AuthError `'misconfigured'` */
  readonly secrets: () => readonly string[]
  readonly basePath: string
  readonly origins: readonly string[] | null
  readonly cookieName: string
  readonly maxAge: number
  readonly allowHttpLocalhost: boolean
  readonly store: SessionStore
  /** Milliseconds. */
  readonly replayWindow: number
  readonly proxy: readonly ProxyRoute[]
  readonly requestTimeout: number
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly onEvent: (event: AuthHandlerEvent) => void
}

const MONTH = 30 * 24 * 3600
const SHORTEST_SECRET = 32
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** @throws AuthError `'misconfigured'` for an option that cannot be read; no secret is printed */
export function readHandlerOptions(options: AuthHandlerOptions): HandlerSettings {
  const { upstream, secrets, basePath = '/auth', origin, cookie = {}, store, proxy = {}, onEvent } = options
  const { clock = systemClock } = options
  const { name = 'authchart', maxAge = MONTH, allowHttpLocalhost = false } = cookie
  if (typeof Object(upstream).signIn !== 'function') refuse('upstream', 'give a client, bkend() for one')
  if (typeof secrets !== 'function') readSecrets(secrets)
  if (!/^(\/[\w.~-]+)+$/.test(basePath) || basePath.includes('..')) refuse('basePath', 'give a path like "/auth"')
  if (!/^[\w-]{1,64}$/.test(name)) refuse('cookie.name', 'give letters, digits, - and _')
  if (typeof allowHttpLocalhost !== 'boolean') refuse('cookie.allowHttpLocalhost', 'give true or false')
  if (onEvent !== undefined && typeof onEvent !== 'function') refuse('onEvent', 'give a function')
  const connection = createConnection(clock, () => true)
  const origins = origin === undefined ? null : [origin].flat().map((own) => readOrigin('origin', own))
  return {
    upstream: trackedUpstream(upstream, connection),
    isStale: connection.isStale,
    userId: userIdBy(upstream),
    secrets: () => readSecrets(typeof secrets === 'function' ? secrets() : secrets),
    basePath,
    origins,
    cookieName: name,
    maxAge: readTime('cookie.maxAge', maxAge, MONTH),
    allowHttpLocalhost,
    store: store ?? memorySessionStore(() => clock.now() / 1000),
    replayWindow: readTime('replayWindow', options.replayWindow, 30) * 1000,
    proxy: Object.entries(proxy).map(([prefix, target]) => readRoute(prefix, target)),
    requestTimeout: readTime('requestTimeout', options.requestTimeout, 30_000),
    clock,
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    onEvent: onEvent ?? (() => {}),
  }
}

function trackedUpstream(client: AuthClient, connection: Connection): AuthClient {
  return {
    ...withConnectionTracking(client, connection, report),
    ...(client.headers && { headers: () => client.headers!() }),
    ...(client.isRefused && { isRefused: (response) => client.isRefused!(response) }),
  }
}

function readSecrets(secrets: unknown): readonly string[] {
  const isSecret = (secret: unknown): boolean => typeof secret === 'string' && secret.length >= SHORTEST_SECRET
  if (Array.isArray(secrets) && secrets.length > 0 && secrets.every(isSecret)) return [...(secrets as string[])]
  return refuse('secrets', 'give a list of texts of at least 32 random characters')
}

function readRoute(prefix: string, given: string | ProxyTarget): ProxyRoute {
  const { url, methods = METHODS, paths = ['/'] } = typeof given === 'string' ? { url: given } : given
  if (!/^(\/[\w.~-]+)+$/.test(prefix) || prefix.includes('..')) refuse('proxy', 'give prefixes like "/api"')
  const isPath = (path: unknown): boolean => typeof path === 'string' && path.startsWith('/')
  if (!paths.every(isPath)) refuse('proxy', 'give paths that begin with a slash')
  const isMethod = (method: unknown): boolean => typeof method === 'string' && /^[A-Z]+$/.test(method)
  if (!methods.every(isMethod)) refuse('proxy', 'give methods in capitals')
  return { prefix, target: readTarget(url), methods, paths }
}

function readTarget(url: string): URL {
  try {
    const target = new URL(url)
    const isPlain = target.username === '' && target.password === '' && target.search === '' && target.hash === ''
    if (/^https?:$/.test(target.protocol) && isPlain) return target
  } catch {
    // said below
  }
  return refuse('proxy', 'give addresses like "https://api.example"')
}

function refuse(name: string, cure: string): never {
  throw explain('misconfigured', `createAuthHandler: ${name}: ${cure}.`)
}
