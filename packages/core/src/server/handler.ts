import { AuthError, toAuthError } from '../errors.ts'
import { report } from '../report.ts'
import { admit, readBody } from './admission.ts'
import { answer, failure, withCookies } from './answers.ts'
import { openBrowser, type Browser } from './browser.ts'
import type { Call } from './call.ts'
import { operations } from './operations.ts'
import { readHandlerOptions, type AuthHandlerOptions, type HandlerSettings, type ProxyRoute } from './options.ts'
import { forward, routeFor, SESSION_HEADER, targetOf } from './proxy.ts'
import { createRenewal, type Renewal } from './renewal.ts'
import { createSeal, type Seal } from './seal.ts'

/** What the runtime offers beside the request. */
export interface HandlerContext {
  /** Keeps a Worker alive until a promise settles: a renewal goes on when the page has closed. */
  readonly waitUntil?: (promise: Promise<unknown>) => void
}

/** Anything with headers: a `Request`, or `{ headers: await headers() }` of Next. */
export interface HasHeaders {
  readonly headers: { readonly get: (name: string) => string | null }
  /** Left out: an address with https. */
  readonly url?: string
}

export interface AuthHandler<TUser = unknown> {
  (request: Request, context?: HandlerContext): Promise<Response>
  /**
   * The user of a request, as they were at the last answer of the handler; null if there is none. Nothing is asked, renewed or
   * written, so it may be called while a page is rendered, as often as you like.
   *
   * @example
   * const session = await handler.readSession(request)
   * const auth = createAuth({ client: cookieClient(), initialSession: session })
   */
  readonly readSession: (from: HasHeaders) => Promise<{ readonly user: TUser } | null>
}

/**
 * The half of the cookie client that runs on your server: it keeps the refresh token in a cookie that no script can read,
 * renews the session, and sends requests on with the access token where you want none in the page.
 *
 * Built on `Request` and `Response`: it runs in Node 20 and later, in Workers, and in every framework that hands them out.
 * Mount it at `basePath`, and at the prefixes of `proxy` if there are any. Anything else is answered with 404.
 *
 * @example
 * const handler = createAuthHandler({
 *   upstream: bkend({ publishableKey: 'pk_…' }),
 *   secrets: [process.env.AUTH_SECRET!],
 * })
 * export default { fetch: handler }
 * @throws AuthError `'misconfigured'` for an option that cannot be read
 */
export function createAuthHandler<TUser, TCredentials>(
  options: AuthHandlerOptions<TUser, TCredentials>,
): AuthHandler<TUser> {
  // the handler knows no user type: here it is forgotten, and in `readSession` it returns
  const settings = readHandlerOptions(options as unknown as AuthHandlerOptions)
  const seal = createSeal(settings.secrets, 'session')
  const challengeSeal = createSeal(settings.secrets, 'challenge')
  const renewal = createRenewal(settings, createSeal(settings.secrets, 'renewal'))
  const parts: Parts = { settings, seal, challengeSeal, renewal }

  async function handle(request: Request, context: HandlerContext = {}): Promise<Response> {
    const { pathname } = new URL(request.url)
    const route = routeFor(pathname, settings)
    const operation = route ? 'proxy' : pathname.slice(settings.basePath.length + 1)
    // a page that closes takes its request with it, and not what was begun for it
    const work = respond(parts, request, context, operation, route)
    context.waitUntil?.(work)
    return work
  }

  return Object.assign(handle, {
    async readSession(from: HasHeaders) {
      const browser = await openBrowser(from, settings, seal, renewal)
      const kept = browser.kept()
      return kept?.kind === 'session' ? { user: kept.user as TUser } : null
    },
  })
}

interface Parts {
  readonly settings: HandlerSettings
  readonly seal: Seal
  readonly challengeSeal: Seal
  readonly renewal: Renewal
}

async function respond(
  parts: Parts,
  request: Request,
  context: HandlerContext,
  operation: string,
  route: ProxyRoute | null,
): Promise<Response> {
  const { settings, seal, renewal } = parts
  let browser: Browser | undefined
  let response: Response
  let code: string | undefined
  try {
    const to = route && targetOf(request, route)
    if (!to) check(request, operation, settings)
    admit(request, settings)
    browser = await openBrowser(request, settings, seal, renewal)
    const call = { ...parts, browser, isGone: () => request.signal.aborted, after: afterwards(context) }
    response = to
      ? withCookies(await forward(request, to, call), browser.changes())
      : await run(operation, { ...call, body: await readBody(request, settings) })
  } catch (thrown) {
    const error = toAuthError(thrown)
    // what a developer has to mend: its name alone, for its message may hold a secret
    if (!(thrown instanceof AuthError)) report(error)
    code = error.code
    response = failure(error, browser?.changes() ?? [])
    // so that the page looks for itself, and shows why
    if (route && code === 'session-expired') response.headers.set(SESSION_HEADER, 'ended')
  }
  tell(settings, { operation, status: response.status, code, session: browser?.kept()?.id })
  return response
}

async function run(operation: string, call: Call): Promise<Response> {
  const body = await operations.get(operation)!(call)
  return answer(body, call.browser.changes())
}

/** @throws AuthError for what is no call of the page */
function check({ method, url }: Request, operation: string, { basePath }: HandlerSettings): void {
  const isKnown = new URL(url).pathname.startsWith(`${basePath}/`) && operations.has(operation)
  if (!isKnown) throw new AuthError('not-found', { status: 404 })
  // nothing changes, and nothing is told, by following a link
  if (method !== 'POST') throw new AuthError('invalid-request', { status: 405 })
}

/** As a method of the context: a Worker's own takes no call without it. */
const afterwards =
  (context: HandlerContext) =>
  (work: Promise<unknown>): void => {
    const done = work.catch(() => {})
    context.waitUntil?.(done)
  }

interface Told {
  readonly operation: string
  readonly status: number
  readonly code: string | undefined
  readonly session: string | undefined
}

function tell({ onEvent }: HandlerSettings, { operation, status, code, session }: Told): void {
  try {
    const isKnown = operation === 'proxy' || operations.has(operation)
    onEvent({
      operation: isKnown ? operation : 'unknown',
      status,
      ...(code !== undefined && { code }),
      ...(session !== undefined && { session }),
    })
  } catch (error) {
    report(error)
  }
}
