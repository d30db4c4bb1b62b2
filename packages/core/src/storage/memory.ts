import type { AuthStorage, StoredRecord } from '../types.ts'
import { mayReplace } from './record.ts'

/**
 * Keeps the session in this page only: a reload signs in again. Nothing durable is written, and it never fails.
 *
 * @example
 * const auth = createAuth({ client, storage: memoryStorage() })
 */
export function memoryStorage(): AuthStorage {
  const records = new Map<string, StoredRecord>()
  return {
    scope: 'memory',
    async read(key) {
      const record = records.get(key)
      return record ? copy(record) : null
    },
    async compareAndSet(key, expected, next) {
      if (!mayReplace(records.get(key), expected)) return false
      if (next) records.set(key, copy(next))
      else records.delete(key)
      return true
    },
  }
}

/** A user with methods cannot be cloned, and jsdom has no structuredClone: the last resort must not fail over that. */
function copy(record: StoredRecord): StoredRecord {
  try {
    return structuredClone(record)
  } catch {
    return { ...record }
  }
}
