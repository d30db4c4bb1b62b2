import type { EndReason } from '../machine/types.ts'
import type { Session } from '../session/session.ts'

/** Sessions that ended in this tab: a record or a message that still shows one is late. */
export interface Endings {
  /** The last generation that ended, by session; Infinity for the whole sign-in. */
  readonly upTo: Map<string, number>
  /** Those that are left in the storage as they are. */
  readonly left: Set<string>
}

/** A word about the sign-in itself, and not about its tokens up to some generation. */
export function isWhole(reason: EndReason): boolean {
  return !['session-expired', 'refresh-indeterminate', 'access-token-expired'].includes(reason)
}

/** The last generation that such an end is about. */
export function lastOf({ generation }: Session, reason: EndReason): number {
  return isWhole(reason) ? Infinity : generation
}
