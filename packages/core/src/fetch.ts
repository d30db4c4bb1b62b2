import { currentSession, stillOurs, type CurrentSessionOptions } from './current.ts'
import { explain, type AuthError } from './errors.ts'
import { isBearerRefused } from './refusal.ts'
import { report } from './report.ts'
import { copyRequest, readRequest, urlOfRequest, type Outgoing } from './request.ts'
import { isGood, isSameGrant, isSameOwner, type Session } from './session/session.ts'
import type { AuthClient } from './types.ts'

export interface AuthFetchOptions extends CurrentSessionOptions {
  readonly client: Pick<AuthClient, 'headers' | 'isRefused'>
  /** The client's own: only its answers vouch for the auth server, and only it gets the client's headers. */
  readonly origin: string | undefined
  readonly allowedOrigins: readonly string[]
  readonly fetch: typeof globalThis.fetch
  /** The client's own server answered, or did not. */
  readonly onAnswer: (isAnswered: boolean) => void
  /** False: the user has signed out in this turn, or the page has just woken up and does not know who is signed in. */
  readonly mayLeave: () => boolean
  readonly warn: (warning: AuthError) => void
  /** Waits no longer than for any request of the client. */
  readonly inTime: <T>(work: () => Promise<T>) => Promise<T>
}

/** Drop-in `fetch` with the session of one auth. */
export function createAuthFetch(options: AuthFetchOptions): typeof globalThis.fetch {
  const { client, vault, rules, allowedOrigins } = options
  let hasWarned = false

  return function authFetch(input, init) {
    try {
      const requested = urlOfRequest(input)
      const text = requested ?? `${input as string | URL}`
      // an address that begins with an origin and a slash is of that origin, whatever follows
      const allowed = allowedOrigins.find((own) => text.startsWith(`${own}/`))
      const url = allowed ? text : resolve(text)
      const origin = allowed ?? originOf(url)
      if (!origin || !allowedOrigins.includes(origin)) return sendElsewhere(input, init, origin)
      const outgoing = readRequest(requested === null ? url : (input as Request), init)
      return outgoing.headers.has('authorization') ? send(outgoing, origin, null) : sendAsUser(outgoing, origin)
    } catch (error) {
      return Promise.reject(error as Error)
    }
  }

  function sendElsewhere(input: RequestInfo | URL, init: RequestInit | undefined, origin: string): Promise<Response> {
    if (vault.session && !hasWarned) {
      hasWarned = true
      options.warn(explain('misconfigured', `auth.fetch sends no token to "${origin}": it is not in allowedOrigins.`))
    }
    return options.fetch(input, init)
  }

  /** With a good token the caller's own request leaves in this turn; else a copy waits for the token. */
  function sendAsUser(outgoing: Outgoing, origin: string): Promise<Response> {
    const { session: held } = vault
    const copy = copyRequest(outgoing)
    if (held && isGood(held, rules.clock) && options.mayLeave()) return sendTwice(outgoing, copy, origin, held)
    return abortable(outgoing.signal, currentSession(options)).then((session) =>
      session
        ? sendTwice(copy ?? outgoing, copy && copyRequest(copy), origin, stillOurs(session, vault.session, rules))
        : send(copy ?? outgoing, origin, null),
    )
  }

  /** Once more if the server refused the token; `again` is null for what can be sent once. */
  function sendTwice(first: Outgoing, again: Outgoing | null, origin: string, held: Session): Promise<Response> {
    return send(first, origin, held).then((response) => {
      const refused = again && isOf(response, origin) && isRefused(response)
      if (!refused) return response
      const renewed = Promise.resolve(refused).then((isSo) => (isSo ? renewedSession(held) : null))
      return abortable(first.signal, renewed).then((session) => {
        if (!session) return response
        void response.body?.cancel().catch(() => {})
        return send(again, origin, session)
      })
    })
  }

  function send(outgoing: Outgoing, origin: string, held: Session | null): Promise<Response> {
    const { target, init, signal } = outgoing
    const isOwn = origin === options.origin
    // of this try alone: the next one has another token, and asks the client anew
    const headers = new Headers(outgoing.headers)
    const add = (value: string, name: string): void => void (headers.has(name) || headers.set(name, value))
    if (isOwn) attempt(() => new Headers(client.headers?.()).forEach(add), undefined)
    if (held) headers.set('authorization', `Bearer ${held.accessToken}`)
    const answer = options.fetch(target, { ...init, headers })
    if (isOwn) {
      answer.then(
        (response) => isOf(response, origin) && options.onAnswer(true),
        () => signal?.aborted || options.onAnswer(false),
      )
    }
    return answer
  }

  function isRefused(response: Response): boolean | Promise<boolean> {
    if (!client.isRefused) return isBearerRefused(response)
    const answer = attempt(() => client.isRefused?.(onDemand(response)) ?? false, false)
    return typeof answer === 'boolean'
      ? answer
      : options.inTime(() => answer).catch((error: unknown) => (report(error), false))
  }

  /** What is held after a refusal of `sent`: another token of the same user, or null. */
  async function renewedSession(sent: Session): Promise<Session | null> {
    // the refusal of an older token than the one held says nothing of the one held
    if (isSameGrant(sent, vault.session)) await options.renew(sent).catch(() => {})
    const { session: held } = vault
    const isNews = held && isSameOwner(sent, held, rules) && !isSameGrant(sent, held) && isGood(held, rules.clock)
    return isNews ? held : null
  }
}

/** A copy is made only if more is asked for than what every answer says. */
function onDemand(response: Response): Response {
  let copy: Response | undefined
  return new Proxy(response, {
    get(_, name) {
      const isCheap = name === 'status' || name === 'ok' || name === 'headers'
      const own = isCheap ? response : (copy ??= response.clone())
      const value: unknown = Reflect.get(own, name, own)
      return typeof value === 'function' ? (value.bind(own) as unknown) : value
    },
  })
}

/** Not behind a redirect to another server: what that one says is about a request without our token. */
function isOf({ url }: Response, origin: string): boolean {
  return !url || originOf(url) === origin
}

function attempt<T>(ask: () => T, otherwise: T): T {
  try {
    return ask()
  } catch (error) {
    report(error)
    return otherwise
  }
}

/** As fetch reads it; `''` if that is no address. */
function resolve(address: string): string {
  try {
    return new URL(address, globalThis.document?.baseURI ?? globalThis.location?.href).href
  } catch {
    return ''
  }
}

function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return ''
  }
}

function abortable<T>(signal: AbortSignal | null | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return promise
  return new Promise((settle, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(settle, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
