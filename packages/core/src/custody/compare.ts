import type { EndedSession } from '../machine/types.ts'
import { isSameGrant, replaceEqual, type Session } from '../session/session.ts'
import type { Stored, StoredSession, Tombstone } from '../session/stored.ts'

/** What this tab knows of its own when it looks at the stored record. */
export interface Custody {
  readonly held: Session | null
  /** It is not known yet what this tab starts with. */
  readonly isRestoring: boolean
  /** The session that a sign-in of this tab is storing. */
  readonly storing: string | null
  /** This tab is removing a record: one that is read now is about to go. */
  readonly isRemoving: boolean
  /** What stands beside the record says that this session goes on. False where a storage has no such word. */
  readonly isAlive: (id: string) => boolean
  /** The last generation of this session that ended here; -1 if none did. */
  readonly endedUpTo: (id: string) => number
  /** It ended here, was stored again and was removed again: once is enough, for a storage may lie. */
  readonly isLeft: (id: string) => boolean
  readonly isSameUser: (one: unknown, other: unknown) => boolean
}

/** What the stored record says that this tab does not hold. */
export type Finding =
  | { readonly type: 'nothing' }
  /** Look again when what this tab is doing is done. */
  | { readonly type: 'postponed' }
  | { readonly type: 'signedIn' | 'renewed' | 'unmarked'; readonly session: Session }
  | { readonly type: 'signedOut' | 'userMismatch' }
  | { readonly type: 'ended'; readonly ended: EndedSession }
  /** A session that ended here is stored again: by a tab that gave up a sign-in, or was late. */
  | { readonly type: 'revived'; readonly session: Session }

const nothing: Finding = { type: 'nothing' }

export function compare(stored: Stored | null, custody: Custody): Finding {
  const { held } = custody
  if (custody.isRestoring) return { type: 'postponed' }
  switch (stored?.kind) {
    case undefined:
      // without a record it goes on by that word alone: the record was lost, or another tab holds it in memory
      if (!held || custody.isAlive(held.id)) return nothing
      // what was read before this sign-in was stored says nothing of it
      return { type: held.id === custody.storing ? 'postponed' : 'signedOut' }
    case 'unreadable':
      return nothing
    case 'ended':
      return compareEnded(stored, custody)
    case 'session':
      return custody.isRemoving ? nothing : compareSession(stored, custody)
  }
}

function compareEnded({ id, generation, ended }: Tombstone, { held, isRemoving }: Custody): Finding {
  // what was taken up from there, and is there no more, has been given up by the tab that began it
  if (held?.attempt === null && held.id !== id) return { type: 'signedOut' }
  const isMeant = held?.id === id && held.generation <= generation
  return isMeant && !isRemoving ? { type: 'ended', ended } : nothing
}

function compareSession({ session: found, spend }: StoredSession, custody: Custody): Finding {
  const { held, storing } = custody
  const last = custody.endedUpTo(found.id)
  if (found.generation <= last)
    return storing !== null || custody.isLeft(found.id) ? nothing : { type: 'revived', session: found }
  if (held?.id !== found.id) {
    // what ended here because its owner could not be told is not begun anew with that
    if (!found.identified && last >= 0) return nothing
    if (storing === null) return { type: 'signedIn', session: found }
    // a sign-in of this tab takes its place, or has lost its place to it: that is seen when it is stored
    return storing === found.id ? nothing : { type: 'postponed' }
  }
  const isUnmarked = held.spendUnknown && spend === null && isSameGrant(found, held)
  if (isUnmarked) return { type: 'unmarked', session: { ...held, spendUnknown: false } }
  // one whose owner is not known yet is left to the next renewal
  if (found.generation <= held.generation || !found.identified) return nothing
  if (!custody.isSameUser(held.user, found.user)) return { type: 'userMismatch' }
  // the same sign-in, renewed by another tab: its user comes along, whose role may be another one by now
  const { attempt, userGeneration } = held
  return { type: 'renewed', session: { ...found, attempt, user: replaceEqual(held.user, found.user), userGeneration } }
}
