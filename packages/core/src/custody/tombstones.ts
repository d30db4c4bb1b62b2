import type { Session } from '../session/session.ts'
import type { SyncTwin } from '../types.ts'
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
  /** The token of this session and generation is about to be spent; null: it was not. */
  readonly noteSpend: (held: Session | null) => void
  readonly mayBeSpent: (held: Session) => boolean
  /** This session is over, or another one has taken its place. */
  readonly isGone: (id: string) => boolean
  /** This session is the one that was seen last. */
  readonly agrees: (id: string) => boolean
}

const MOST = 20

interface Word {
  readonly latest: string | null
  readonly spend: string | null
  readonly ended: readonly unknown[]
}

export function createTombstones(twin: SyncTwin | undefined, key: string): Tombstones {
  const read = (): Word => {
    try {
      const { latest, spend, ended } = Object(twin?.read(key)) as Partial<Record<string, unknown>>
      return { latest: textOrNull(latest), spend: textOrNull(spend), ended: Array.isArray(ended) ? ended : [] }
    } catch {
      return { latest: null, spend: null, ended: [] } // forbidden here: the record alone has to do
    }
  }
  const write = (change: Partial<Word>): void => {
    try {
      twin?.write(key, { ...read(), ...change })
    } catch {
      // full or forbidden
    }
  }
  return {
    latest: () => read().latest,
    note(id) {
      if (read().latest !== id) write({ latest: id })
    },
    bury(id) {
      const { ended } = read()
      if (!ended.includes(id)) write({ ended: [...ended, id].slice(-MOST) })
    },
    has: (id) => read().ended.includes(id),
    noteSpend: (held) => write({ spend: held && toWord(held) }),
    mayBeSpent: (held) => read().spend === toWord(held),
    isGone(id) {
      const { latest, ended } = read()
      return ended.includes(id) || (latest !== null && latest !== id)
    },
    agrees(id) {
      const { latest, ended } = read()
      return latest === id && !ended.includes(id)
    },
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

const toWord = ({ id, generation }: Session): string => `${id} ${generation}`
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
