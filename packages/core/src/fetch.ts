import { explain, type AuthError } from './errors.ts'
import { copyRequest, originOf, readRequest, urlOfRequest, type Outgoing } from './request.ts'
import { abortable, createSend, type SendOptions } from './send.ts'
import { isGood, stillOurs, type Session } from './session/session.ts'

export interface AuthFetchOptions extends SendOptions {
  /** The session with a good token, of the user whose the request is; null if signed out. */
  readonly session: () => Promise<Session | null>
  readonly allowedOrigins: readonly string[]
  /** False: the user has signed out in this turn, or the page has just woken up and does not know who is signed in. */
  readonly mayLeave: () => boolean
  readonly warn: (warning: AuthError) => void
}

/** Drop-in `fetch` with the session of one auth. */
export function createAuthFetch(options: AuthFetchOptions): typeof globalThis.fetch {
  const { vault, rules, allowedOrigins } = options
  const send = createSend(options)
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
}

/** As fetch reads it; `''` if that is no address. */
function resolve(address: string): string {
  try {
    return new URL(address, globalThis.document?.baseURI ?? globalThis.location?.href).href
  } catch {
    return ''
  }
}
