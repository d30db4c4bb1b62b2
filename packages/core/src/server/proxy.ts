import { AuthError, toAuthError } from '../errors.ts'
import { isBearerRefused } from '../refusal.ts'
import { OWN_HEADER } from './admission.ts'
import { passage, readWhole } from './body.ts'
import { renewed, withGoodToken, type Call } from './call.ts'
import type { HandlerSettings, ProxyRoute } from './options.ts'
import type { ServerSession } from './session.ts'

/** Says to the page why it got a 401: the session is over, or it has new tokens and the request may be sent again. */
export const SESSION_HEADER = 'x-authchart-session'

/** The route whose prefix a path has. */
export function routeFor(pathname: string, { proxy }: HandlerSettings): ProxyRoute | null {
  return proxy.find(({ prefix }) => pathname === prefix || pathname.startsWith(`${prefix}/`)) ?? null
}

/**
 * Where a request goes on to: below the target of its route, and nowhere else, however its path is written.
 *
 * @throws AuthError `'forbidden'`, `'invalid-request'`
 */
export function targetOf({ method, url }: Request, { prefix, target, methods, paths }: ProxyRoute): URL {
  if (!methods.includes(method)) throw new AuthError('forbidden', { status: 405 })
  const { pathname, search } = new URL(url)
  const rest = pathname.slice(prefix.length) || '/'
  // dots, slashes, backslashes and controls that one server reads in one way and the next in another
  if (/%(25)*(2e|2f|5c|[01][\da-f]|7f)|\\|\/\/|(^|\/)\.{1,2}(\/|$)/i.test(rest)) throw new AuthError('invalid-request')
  const isListed = paths.some((path) => rest === path || rest.startsWith(path.endsWith('/') ? path : `${path}/`))
  if (!isListed) throw new AuthError('forbidden', { status: 403 })
  const base = target.pathname.replace(/\/+$/, '')
  const to = new URL(`${base}${rest}${search}`, target.origin)
  const isBelow = to.origin === target.origin && to.pathname.startsWith(`${base}/`)
  if (!isBelow) throw new AuthError('forbidden', { status: 403 })
  return to
}

/** What a body may have at most for it to be kept, so that the request can be sent twice. */
const LARGEST_REPLAY = 262_144

/** Sends it on with the access token, once more after a renewal if that was refused and the body can be sent twice. */
export async function forward(request: Request, to: URL, call: Omit<Call, 'body'>): Promise<Response> {
  const { settings, browser } = call
  const kept = browser.kept()
  const held = kept?.kind === 'session' ? kept : null
  if (kept?.kind === 'ended') throw new AuthError('session-expired')
  const session = held && (await withGoodToken(call, held))
  const body = await bodyOf(request, settings)
  const response = await send(settings, request, to, session, body)
  if (!session || !(await isRefused(settings, response))) return toPage(response)
  const next = await renewed(call, session).catch((thrown: unknown) => toAuthError(thrown, 'network'))
  if (next instanceof AuthError) return next.code === 'session-expired' ? withWord(response, 'ended') : toPage(response)
  if (body instanceof ReadableStream) return withWord(response, 'renewed')
  void response.body?.cancel().catch(() => {})
  return toPage(await send(settings, request, to, next, body))
}

/** A body that is small is read whole, and can be sent twice. Any other is streamed. */
async function bodyOf({ body, headers }: Request, { clock, requestTimeout }: HandlerSettings) {
  const length = Number(headers.get('content-length') ?? NaN)
  return body && length <= LARGEST_REPLAY ? readWhole(body, clock, LARGEST_REPLAY, requestTimeout) : body
}

async function send(
  { fetch, upstream, clock, requestTimeout }: HandlerSettings,
  request: Request,
  to: URL,
  session: ServerSession | null,
  body: Uint8Array | ReadableStream<Uint8Array> | null,
): Promise<Response> {
  const headers = new Headers(kept(request.headers, isForUpstream))
  for (const [name, value] of Object.entries(upstream.headers?.() ?? {})) headers.set(name, value)
  if (session) headers.set('Authorization', `Bearer ${session.accessToken}`)
  const { arrived, ...sent } = passage(body, request, clock, requestTimeout)
  const init = { ...sent, method: request.method, headers, redirect: 'manual', duplex: 'half', cache: 'no-store' }
  try {
    // a redirect is the upstream's word about where to go, and may name a host within this network
    const response = await fetch(to, init as RequestInit)
    if (
      response.type === 'opaqueredirect' ||
      (response.status > 299 && response.status < 400 && response.status !== 304)
    )
      throw new AuthError('invalid-response', { status: 502 })
    return response
  } catch (thrown) {
    if (thrown instanceof AuthError) throw thrown
    throw new AuthError('network', { status: 502, cause: thrown })
  } finally {
    arrived()
  }
}

function isRefused({ upstream }: HandlerSettings, response: Response): boolean | Promise<boolean> {
  if (response.status !== 401) return false
  return upstream.isRefused ? upstream.isRefused(response.clone()) : isBearerRefused(response)
}

/** Hop by hop (RFC 9110 §7.6.1), or said anew by the next hop. */
const hops =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|http2-settings)$/
const ours =
  /^(cookie|authorization|host|origin|referer|accept-encoding|forwarded|via|x-forwarded-.*|x-real-ip|sec-.*)$/
/** A fetch has taken the encoding off; the upstream's cookies and its word about other origins are not the app's. */
const theirs =
  /^(set-cookie2?|content-encoding|access-control-.*|strict-transport-security|clear-site-data|alt-svc|server)$/

const isForUpstream = (name: string): boolean => !ours.test(name) && name !== OWN_HEADER
const isForPage = (name: string): boolean => !theirs.test(name) && name !== SESSION_HEADER

/** The headers that go on. What `Connection` names does not. */
function kept(headers: Headers, isMeant: (name: string) => boolean): [string, string][] {
  const named = (headers.get('connection') ?? '').toLowerCase().split(/\s*,\s*/)
  return Array.from(headers).filter(([name]) => !hops.test(name) && !named.includes(name) && isMeant(name))
}

/** What comes from another server is data, also where a user opens its address: it runs no script as this app. */
function toPage(response: Response): Response {
  const headers = new Headers(kept(response.headers, isForPage))
  headers.set('Cache-Control', 'no-store')
  headers.set('X-Content-Type-Options', 'nosniff')
  headers.set('Content-Security-Policy', "default-src 'none'; sandbox")
  const { status, statusText, body } = response
  return new Response(body, { status, statusText, headers })
}

function withWord(response: Response, word: 'ended' | 'renewed'): Response {
  const told = toPage(response)
  told.headers.set(SESSION_HEADER, word)
  return told
}
