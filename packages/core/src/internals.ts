import type { EndReason } from './machine/types.ts'
import type { AuthClient, CallOptions, Grant } from './types.ts'

/** What a client's account functions may do with an auth, beyond its public face. */
export interface Internals {
  readonly client: AuthClient
  /** One request within the time limit. */
  inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** The session is over, here and in every tab, and nothing may try to renew it. */
  readonly endSession: (reason: EndReason) => Promise<void>
  /** Spends the tokens on something that hands out a new pair, as carefully as a renewal. */
  replaceGrant(
    spend: (tokens: { accessToken: string; refreshToken: string | null }, options: CallOptions) => Promise<Grant>,
  ): Promise<void>
}

const registry = new WeakMap<object, Internals>()

export function register(auth: object, internals: Internals): void {
  registry.set(auth, internals)
}

/** @throws TypeError for anything that `createAuth` did not make */
export function internalsOf(auth: object): Internals {
  const internals = registry.get(auth)
  if (!internals) throw new TypeError('This is not what createAuth() returned. Pass the auth itself, not a copy.')
  return internals
}
