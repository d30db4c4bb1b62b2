import { AuthError } from '../errors.ts'
import type { SessionRules } from '../session/session.ts'
import type { Stored } from '../session/stored.ts'
import { withTimeout } from '../timeout.ts'
import type { AuthStorage, CallOptions, StoredRecord } from '../types.ts'
import { fromRecord } from './record.ts'

/** The storage, asked within a time limit. What it does not say is unknown, and not "nothing". */
export interface Disk {
  /** What it held when it last answered; undefined: it never has. */
  readonly seen: () => StoredRecord | null | undefined
  /** What it held is not known any more. */
  readonly forget: () => void
  /** @throws AuthError `'storage-unavailable'` */
  readonly find: (parent?: AbortSignal) => Promise<Found>
  /**
   * False: another writer was faster.
   *
   * @throws AuthError `'storage-unavailable'`
   */
  readonly swap: (expected: string | null, next: StoredRecord | null) => Promise<boolean>
  /** A record of this session was written and the storage has not answered: it may be there at any moment. */
  readonly isWriting: (id: string) => boolean
}

export interface Found {
  readonly stored: Stored | null
  readonly raw: StoredRecord | null
}

export interface DiskOptions {
  readonly storage: AuthStorage
  readonly key: string
  readonly rules: SessionRules
  /** Milliseconds. */
  readonly storageTimeout: number
  /** An answer that is not waited for any more still says that the storage answers. */
  readonly onLateAnswer: () => void
}

export function createDisk({ storage, key, rules, storageTimeout, onLateAnswer }: DiskOptions): Disk {
  let seen: StoredRecord | null | undefined
  const lateWrites = new Set<StoredRecord | null>()
  /** Reads that were answered and writes that were done. */
  let answers = 0

  function inTime<T>(work: (options: CallOptions) => Promise<T>, parent?: AbortSignal): Promise<T> {
    let isGivenUp = false
    const ask = async (signal: AbortSignal): Promise<T> => {
      const answer = await work({ signal })
      if (isGivenUp) onLateAnswer()
      return answer
    }
    return withTimeout(rules.clock, storageTimeout, ask, parent).catch((cause: unknown) => {
      isGivenUp = !parent?.aborted
      throw isGivenUp ? new AuthError('storage-unavailable', { cause }) : cause
    })
  }

  async function find(parent?: AbortSignal): Promise<Found> {
    const before = answers
    const found = await inTime((call) => storage.read(key, call), parent)
    const stored = fromRecord(found, rules)
    // another answer came between and says something else: it is not known which of the two is newer
    if (answers !== before && stored?.revision !== seen?.revision) return find(parent)
    answers += 1
    seen = stored?.kind === 'unreadable' ? null : ((found ?? null) as StoredRecord | null) // fromRecord has looked at it
    return { stored, raw: seen }
  }

  return {
    seen: () => seen,
    forget() {
      seen = undefined
    },
    find,
    async swap(expected, next) {
      lateWrites.add(next)
      const written = await inTime(async (call) => {
        try {
          return await storage.compareAndSet(key, expected, next, call)
        } finally {
          lateWrites.delete(next)
        }
      })
      if (!written) return false
      seen = next
      answers += 1
      return true
    },
    isWriting: (id) => Array.from(lateWrites).some((record) => record?.['id'] === id),
  }
}
