import type { Session } from '../session/session.ts'
import type { AuthStorage } from '../types.ts'
import type { Vault } from '../vault.ts'

/**
 * Which session is stored and which were signed out, in a storage that is written at once. A page that closes right after
 * a sign-out may never reach the record itself; the next page obeys this word. It closes doors and never opens one.
 */
export interface Tombstones {
  /** The session that was seen last: the one that a sign-out means which comes before the record was read. */
  readonly latest: () => string | null
  readonly note: (id: string) => void
  readonly bury: (id: string) => void
  readonly has: (id: string) => boolean
  /** Where its record is gone, this sign-in was given up. */
  readonly noteUndone: (id: string) => void
  /** The token of this session and generation is about to be spent; null: it was not, and its record says so. */
  readonly noteSpend: (held: Session | null) => void
  /** This token, or a later one of its session. */
  readonly mayBeSpent: (held: Session) => boolean
  /** This session is over, or another one has taken its place. */
  readonly isGone: (id: string) => boolean
  /** This session is the one that was seen last, and was not given up. False where the record alone says that. */
  readonly isAlive: (id: string) => boolean
}

const MOST = 20

export function createTombstones({ twin, lossless }: Pick<AuthStorage, 'twin' | 'lossless'>, key: string): Tombstones {
  // A word for each, and no record of them all: tabs in other processes see a write late, and one that wrote back what it
  // had read would take a tombstone away.
  const read = (at: string): unknown => {
    try {
      return twin?.read(at) ?? null
    } catch {
      return null // forbidden here: the record alone has to do
    }
  }
  const write = (at: string, value: unknown): void => {
    try {
      twin?.write(at, value)
    } catch {
      // full or forbidden. A word that is missing must not keep a session alive
      if (value) write(key, null)
    }
  }
  const latest = (): string | null => {
    const id = read(key)
    return typeof id === 'string' ? id : null
  }
  const ended = (): readonly unknown[] => {
    const ids = read(`${key} ended`)
    return Array.isArray(ids) ? ids : []
  }
  const has = (id: string): boolean => ended().includes(id)
  return {
    latest,
    note: (id) => write(key, id),
    bury(id) {
      if (!has(id)) write(`${key} ended`, [...ended(), id].slice(-MOST))
    },
    has,
    noteUndone: (id) => write(`${key} undone`, id),
    noteSpend: (session) => write(`${key} spend`, session && { id: session.id, generation: session.generation }),
    mayBeSpent(session) {
      const { id, generation } = Object(read(`${key} spend`)) as Session
      return id === session.id && generation >= session.generation
    },
    isGone: (id) => has(id) || (latest() ?? id) !== id,
    isAlive: (id) => !lossless && !has(id) && latest() === id && read(`${key} undone`) !== id,
  }
}

/** Notes each session that this tab takes up. */
export function noteSeen(vault: Vault, { note }: Tombstones): void {
  let noted: string | null = null
  vault.onChange(() => {
    const id = vault.session?.id ?? null
    if (id !== null && id !== noted) note(id)
    noted = id
  })
}
