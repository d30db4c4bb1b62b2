import type { SyncTwin } from './types.ts'

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
}

const MOST = 20

/** Written as a list: the session that was seen last, then those that are over. */
export function createTombstones(twin: SyncTwin | undefined, key: string): Tombstones {
  const read = (): readonly unknown[] => {
    try {
      const list = twin?.read(key)
      return Array.isArray(list) ? list : []
    } catch {
      return [] // forbidden here: the record alone has to do
    }
  }
  const write = (latest: unknown, ended: readonly unknown[]): void => {
    try {
      twin?.write(key, [latest, ...ended.slice(-MOST)])
    } catch {
      // full or forbidden
    }
  }
  return {
    latest() {
      const [id] = read()
      return typeof id === 'string' ? id : null
    },
    note(id) {
      const [latest, ...ended] = read()
      if (latest !== id) write(id, ended)
    },
    bury(id) {
      const [latest, ...ended] = read()
      if (!ended.includes(id)) write(latest ?? null, [...ended, id])
    },
    has: (id) => read().indexOf(id, 1) > 0,
  }
}
