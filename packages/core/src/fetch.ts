import type { Connection } from './connection.ts'
import { explain, type AuthError } from './errors.ts'
import { isBearerRefused } from './refusal.ts'
import { report } from './report.ts'
import { copyRequest, readHeaders, readRequest, urlOfRequest, type Outgoing } from './request.ts'
import { isGood, isSameGrant, isSameOwner, stillOurs, type Session, type SessionRules } from './session/session.ts'
import type { AuthClient } from './types.ts'
import type { Vault } from './vault.ts'

export interface AuthFetchOptions {
  readonly vault: Vault
  readonly rules: SessionRules
  /** The session with a good token, of the user whose the request is; null if signed out. */
  readonly session: () => Promise<Session | null>
  /** Renews unless that has been done since; joins a renewal under way. Rejects if it cannot be done now. */
  readonly renew: (held: Session) => Promise<void>
  readonly client: Pick<AuthClient, 'headers' | 'isRefused'>
  /** The client's own: only its answers vouch for the auth server, and only it gets the client's headers. */
  readonly origin: string | undefined
  readonly allowedOrigins: readonly string[]
  readonly fetch: typeof globalThis.fetch
  /** Hears whether the client's own server answers. */
  readonly connection: Connection
  /** False: the user has signed out in this turn, or the page has just woken up and does not know who is signed in. */
  readonly mayLeave: () => boolean
  readonly warn: (warning: AuthError) => void
  /** Waits no longer than for any request of the client. */
  readonly inTime: <T>(work: () => Promise<T>) => Promise<T>
}

/** Drop-in `fetch` with the session of one auth. */
export function createAuthFetch(options: AuthFetchOptions): typeof globalThis.fetch {
  const { client, vault, rules, allowedOrigins, connection } = options
  let hasWarned = false

  return function authFetch(input, init) {
    try {
      const requested = urlOfRequest(input)
      const text = requested ?? `${input as string | URL}`
      // an address that begins with an origin and a slash is of that origin, whatever follows
      const allowed = allowedOrigins.find((own) => text.startsWith(`${own}/`))
      const url = allowed ? text : resolve(text)
      const origin = allowed ?? originOf(url)
      if (!allowedOrigins.includes(origin)) return sendElsewhere(input, init, origin)
      const outgoing = readRequest(requested === null ? url : (input as Request), init)
      return 'authorization' in outgoing.headers ? send(outgoing, origin) : sendAsUser(outgoing, origin)
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
    if (held && isGood(held, rules.clock) && options.mayLeave()) return send(outgoing, origin, held, copy)
    return abortable(outgoing.signal, options.session()).then((session) =>
      session
        ? send(copy ?? outgoing, origin, stillOurs(session, vault.session, rules), copy && copyRequest(copy))
        : send(copy ?? outgoing, origin),
    )
  }

  /** Sends `again` if the server refused the token; it is null for what can be sent once. */
  function send(
    { target, init, headers, signal }: Outgoing,
    origin: string,
    held: Session | null = null,
    again: Outgoing | null = null,
  ): Promise<Response> {
    const isOwn = origin === options.origin
    // of this try alone: the next one has another token, and asks the client anew
    const own = { ...(isOwn && client.headers && headersOfClient()), ...headers }
    if (held) own['authorization'] = `Bearer ${held.accessToken}`
    return options.fetch(target, { ...init, headers: own }).then(
      (response) => {
        // not behind a redirect to another server: what that one says is about a request without our token
        const { url } = response
        if (url && !url.startsWith(`${origin}/`) && originOf(url) !== origin) return response
        if (isOwn) connection.succeeded()
        const refused = held && again && isRefused(response)
        if (!refused) return response
        const replay = (): Response | Promise<Response> => {
          const { session: now } = vault
          const isNews = now && isSameOwner(held, now, rules) && !isSameGrant(held, now) && isGood(now, rules.clock)
          if (!isNews) return response
          void response.body?.cancel().catch(() => {})
          return send(again, origin, now)
        }
        const renew = (isSo: boolean): Response | Promise<Response> => {
          if (!isSo) return response
          // the refusal of an older token than the one held says nothing of the one held
          if (!isSameGrant(held, vault.session)) return replay()
          return abortable(
            signal,
            options.renew(held).catch(() => {}),
          ).then(replay)
        }
        return refused === true ? renew(true) : abortable(signal, refused).then(renew)
      },
      (error: unknown) => {
        if (isOwn && !signal?.aborted) connection.failed()
        throw error
      },
    )
  }

  function headersOfClient(): Record<string, string> {
    return attempt(() => readHeaders(new Headers(client.headers?.())), {})
  }

  function isRefused(response: Response): boolean | Promise<boolean> {
    if (!client.isRefused) return isBearerRefused(response)
    const answer = attempt(() => client.isRefused?.(onDemand(response)) ?? false, false)
    return typeof answer === 'boolean'
      ? answer
      : options.inTime(() => answer).catch((error: unknown) => (report(error), false))
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
