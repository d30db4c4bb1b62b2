import type { EndedSession } from '../machine/types.ts'
import type { Session } from './session.ts'

/** What a stored record can say. */
export type Stored = StoredSession | Tombstone | Unreadable

export interface StoredSession {
  readonly kind: 'session'
  readonly session: Session
  /** The mark: this token may be spent. */
  readonly spend: Spend | null
  readonly revision: string
}

/** A session that is over, up to a generation: a newer one is not touched by that. */
export interface Tombstone {
  readonly kind: 'ended'
  readonly ended: EndedSession
  readonly id: string
  readonly generation: number
  readonly revision: string
}

/** With a revision it is a broken record of ours. `isNewer`: it belongs to a newer version, or to another server. */
export interface Unreadable {
  readonly kind: 'unreadable'
  readonly revision: string | null
  readonly isNewer: boolean
}

/** A mark: since when this token may be spent, epoch milliseconds, and by which tab. Null if that is not known. */
export interface Spend {
  readonly startedAt: number | null
  readonly tab: string | null
}

/** The end of a session. `generation` left out or Infinity: all of it. */
export interface EndedTokens extends EndedSession {
  readonly generation?: number
}

/** Another script wrote over the record. */
export function isGarbage(stored: Stored | null): boolean {
  return stored?.kind === 'unreadable' && !stored.isNewer
}

/** How far these tokens go, or the word that they are over. */
export function generationOf(stored: Stored): number {
  if (stored.kind === 'session') return stored.session.generation
  return stored.kind === 'ended' ? stored.generation : 0
}

/** The session that a record is about. */
export function idOf(stored: Stored | null): string | null {
  if (stored?.kind === 'session') return stored.session.id
  return stored?.kind === 'ended' ? stored.id : null
}
