import type { EndReason } from './machine/types.ts'
import type { SessionRules } from './session/session.ts'
import type { AuthClient, CallOptions, Grant } from './types.ts'
import type { Vault } from './vault.ts'

/** What a client's account functions may do with an auth, beyond its public face. */
export interface Internals {
  readonly version: 1
  readonly client: AuthClient
  /** One request within the time limit. */
  inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** The session is over, here and in every tab, and nothing may try to renew it. */
  readonly endSession: (reason: EndReason) => Promise<void>
  /** Exchanges the tokens for a new pair by another call than a renewal, with the same care. */
  replaceGrant(exchange: (tokens: { accessToken: string }, options: CallOptions) => Promise<Grant>): Promise<void>
}

/** For a test that begins with a session. */
export interface Secrets {
  readonly vault: Vault
  readonly rules: SessionRules
}

/** Reached by the modules of this copy alone: no symbol leads a script of the page to the tokens. */
export const secretsOf: WeakMap<object, Secrets> = new WeakMap()

/** Known to every copy of this library, so that an auth of one copy serves the account functions of another. */
const key = Symbol.for('authchart.internals')

export function register(auth: object, internals: Internals): void {
  // behind a function: what walks through an auth finds no client
  Object.defineProperty(auth, key, { value: () => internals })
}

/** @throws TypeError for anything that `createAuth` did not make, or that another version of it made */
export function internalsOf(auth: object): Internals {
  const { [key]: open } = Object(auth) as { readonly [key]?: () => Internals }
  if (!open) throw new TypeError('This is not what createAuth() returned. Pass the auth itself, not a copy.')
  const internals = open()
  if (internals.version !== 1)
    throw new TypeError('This auth is of another version of @authchart/core. Install one only.')
  return internals
}
