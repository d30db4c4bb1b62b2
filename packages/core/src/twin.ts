import { fieldOf } from './data.ts'
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

export function createTombstones(twin: SyncTwin | undefined, key: string): Tombstones {
  const read = (): { id: string | null; ended: readonly unknown[] } => {
    let value: unknown
    try {
      value = twin?.read(key)
    } catch {
      // forbidden here: the record alone has to do
    }
    const [id, ended] = [fieldOf(value, 'id'), fieldOf(value, 'ended')]
    return { id: typeof id === 'string' ? id : null, ended: Array.isArray(ended) ? ended : [] }
  }
  const write = (value: ReturnType<typeof read>): void => {
    try {
      twin?.write(key, value)
    } catch {
      // full or forbidden
    }
  }
  return {
    latest: () => read().id,
    note(id) {
      const now = read()
      if (now.id !== id) write({ ...now, id })
    },
    bury(id) {
      const now = read()
      if (!now.ended.includes(id)) write({ ...now, ended: [...now.ended, id].slice(-MOST) })
    },
    has: (id) => read().ended.includes(id),
  }
}
