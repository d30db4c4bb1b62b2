import { isSameGrant, type Session } from '../session/session.ts'
import { isGarbage, type Stored, type StoredSession } from '../session/stored.ts'

/** What is known before a refresh token is spent. */
export interface SpendFacts {
  /** What the renewal was asked for. */
  readonly meant: Session
  readonly held: Session | null
  /** The record as it was read under the lock. */
  readonly stored: Stored | null
  /** The server asked to be left alone, and the time is not over. */
  readonly isPaused: boolean
  readonly isOnline: boolean
  /** The server takes a token once more whose spend began then. */
  readonly isReplayable: (startedAt: number | null) => boolean
  readonly isThrottled: boolean
}

export type Permission =
  | 'granted'
  /** What was to be renewed is not what is held and stored any more. */
  | 'settled'
  | 'paused'
  | 'offline'
  /** The record carries a mark: the token may be spent. */
  | 'lost'
  | 'throttled'

/** Whether the token may be sent. Each "no" leaves it unspent. */
export function maySpend({ meant, held, stored, ...facts }: SpendFacts): Permission {
  const isStored = stored?.kind === 'session' && stored.session.id === meant.id
  if (!isStored || !isSameGrant(meant, held)) return 'settled'
  if (facts.isPaused) return 'paused'
  if (!facts.isOnline) return 'offline'
  if (stored.spend !== null && !facts.isReplayable(stored.spend.startedAt)) return 'lost'
  return facts.isThrottled ? 'throttled' : 'granted'
}

/** The session has to be stored again: over nothing, garbage, or the word that other tokens are over. */
export function isOverwritten(stored: Stored | null, { id, generation }: Session): boolean {
  if (stored?.kind === 'ended') return stored.id !== id || stored.generation < generation
  return !stored || isGarbage(stored)
}

/** Tokens of the same sign-in, as far or further on, whose owner is not known yet. */
export function unidentifiedIn(stored: Stored | null, { id, generation }: Session): StoredSession | null {
  if (stored?.kind !== 'session' || stored.session.identified) return null
  return stored.session.id === id && stored.session.generation >= generation ? stored : null
}
