import type { Connection } from './connection.ts'
import { isBearerRefused } from './refusal.ts'
import { report } from './report.ts'
import { originOf, readHeaders, type Outgoing } from './request.ts'
import { isGood, isSameGrant, isSameOwner, type Session, type SessionRules } from './session/session.ts'
import type { AuthClient } from './types.ts'
import type { Vault } from './vault.ts'

export interface SendOptions {
  readonly vault: Vault
  readonly rules: SessionRules
  /** Renews unless that has been done since; joins a renewal under way. Rejects if it cannot be done now. */
  readonly renew: (held: Session) => Promise<void>
  readonly client: Pick<AuthClient, 'headers' | 'isRefused'>
  /** The client's own: only its answers vouch for the auth server, and only it gets the client's headers. */
  readonly origin: string | undefined
  readonly fetch: typeof globalThis.fetch
  /** Hears whether the client's own server answers. */
  readonly connection: Connection
  /** Waits no longer than for any request of the client. */
  readonly inTime: <T>(work: () => Promise<T>) => Promise<T>
}

/** Sends a request with the token of a session, and once more if the server refused that and another one is to be had. */
export type Send = (
  outgoing: Outgoing,
  origin: string,
  held?: Session | null,
  again?: Outgoing | null,
) => Promise<Response>

export function createSend(options: SendOptions): Send {
  const { client, connection } = options

  /** `again` is null for what can be sent once. */
  const send: Send = ({ target, init, headers, signal }, origin, held, again) => {
    const isOwn = origin === options.origin
    // of this try alone: the next one has another token, and asks the client anew
    const own = { ...(isOwn && client.headers && headersOf(client)), ...headers }
    if (held) own['authorization'] = `Bearer ${held.accessToken}`
    return options.fetch(target, { ...init, headers: own }).then(
      (response) => {
        // not behind a redirect to another server: what that one says is about a request without our token
        const { url } = response
        if (url && !url.startsWith(`${origin}/`) && originOf(url) !== origin) return response
        if (isOwn) connection.succeeded()
        const refused = held && again && isRefused(options, response)
        if (!refused) return response
        return abortable(signal, renewedSession(options, held, refused)).then((session) => {
          if (!session) return response
          void response.body?.cancel().catch(() => {})
          return send(again, origin, session)
        })
      },
      (error: unknown) => {
        if (isOwn && !signal?.aborted) connection.failed()
        throw error
      },
    )
  }
  return send
}

/** What is held after a refusal of `sent`: another token of the same user, or null. */
async function renewedSession(
  { vault, rules, renew }: SendOptions,
  sent: Session,
  isRefused: true | Promise<boolean>,
): Promise<Session | null> {
  if (!(isRefused === true || (await isRefused))) return null
  // the refusal of an older token than the one held says nothing of the one held
  if (isSameGrant(sent, vault.session)) await renew(sent).catch(() => {})
  const { session } = vault
  const isNews = session && isSameOwner(sent, session, rules) && !isSameGrant(sent, session)
  return isNews && isGood(session, rules.clock) ? session : null
}

function headersOf(client: SendOptions['client']): Record<string, string> {
  return attempt(() => readHeaders(new Headers(client.headers?.())), {})
}

function isRefused({ client, inTime }: SendOptions, response: Response): boolean | Promise<boolean> {
  if (!client.isRefused) return isBearerRefused(response)
  const answer = attempt(() => client.isRefused?.(onDemand(response)) ?? false, false)
  return typeof answer === 'boolean' ? answer : inTime(() => answer).catch((error: unknown) => (report(error), false))
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

export function abortable<T>(signal: AbortSignal | null | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return promise
  return new Promise((settle, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(settle, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
