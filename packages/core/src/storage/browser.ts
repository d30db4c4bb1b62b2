import type { AuthStorage, CallOptions } from '../types.ts'
import { mayReplace } from './record.ts'
import { twinIn } from './twin.ts'

const STORE = 'records'

export interface BrowserStorageOptions {
  /** Name of the IndexedDB database. Default `'authchart'`. */
  readonly name?: string
}

/**
 * Keeps the session in IndexedDB, where all tabs of the origin see a write at once, also right after a lock changes
 * hands. Rejects where the browser has no IndexedDB or forbids it: the session then lasts as long as the page.
 *
 * @example
 * const auth = createAuth({ client, storage: browserStorage() })
 */
export function browserStorage({ name }: BrowserStorageOptions = {}): AuthStorage {
  const database = name ?? 'authchart'
  return { name, scope: 'shared', twin: twinIn(() => localStorage, database), ...recordsIn(database, mayReplace) }
}

/** The records of a database; `mayWrite` says whether one may be replaced where that revision is expected. */
export function recordsIn(
  database: string,
  mayWrite: (stored: unknown, expected: string | null) => boolean,
): Pick<AuthStorage, 'read' | 'compareAndSet'> {
  return {
    read: (key, options) => transact(database, 'readonly', key, (stored: unknown) => stored ?? null, options),
    async compareAndSet(key, expected, next, options) {
      // cloned before the first wait: the caller may change the record meanwhile, and what cannot be stored rejects here
      const record = structuredClone(next)
      return transact(
        database,
        'readwrite',
        key,
        (stored, store) => {
          const won = mayWrite(stored, expected)
          if (won && record) store.put(record, key)
          else if (won) store.delete(key)
          return won
        },
        options,
      )
    },
  }
}

/**
 * One connection for one transaction (0.2 ms more in Chromium, a few times an hour). A connection that is kept goes
 * stale in Safari, is closed by the browser when data is cleared, stands in the way of other tabs' upgrades and
 * deletes, is never collected, and has to be mended after each; one that is closed already does none of that, and
 * leaves nothing open for the back-forward cache to trip over.
 */
async function transact<T>(
  name: string,
  mode: IDBTransactionMode,
  key: string,
  use: (stored: unknown, store: IDBObjectStore) => T,
  options?: CallOptions,
): Promise<T> {
  const database = await open(name)
  try {
    // the caller may have given up while it was being opened: a late write would bring an old session back
    options?.signal.throwIfAborted()
    const transaction = database.transaction(STORE, mode, { durability: 'strict' })
    const store = transaction.objectStore(STORE)
    const stored = store.get(key)
    let result: T
    return new Promise((resolve, reject) => {
      stored.onsuccess = () => {
        result = use(stored.result, store)
        if (mode === 'readonly') resolve(result)
      }
      // what is written, not before it is on disk; a full one says so only now
      transaction.oncomplete = () => resolve(result)
      transaction.onabort = () => reject(transaction.error)
      // Chromium clears site data without a word to some of the transactions it ends
      database.onclose = () => reject(new Error('closed'))
      options?.signal.addEventListener('abort', () => abort(transaction), { once: true })
    })
  } finally {
    // at once: the transaction may finish, and a closing connection blocks others no longer than that
    database.close()
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // it was over
  }
}

/**
 * May wait for long, or for good: behind a delete that others block, or (Chromium) when site data is cleared meanwhile.
 * No event tells; the time limit of the core ends that.
 */
async function open(name: string, version?: number): Promise<IDBDatabase> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => {
      request.onsuccess = () => request.result.close()
      reject(new Error('blocked'))
    }
  })
  if (database.objectStoreNames.length > 0) return database
  // Firefox and Safari have been seen to leave a database without its stores behind (firebase-js-sdk#634)
  database.close()
  return open(name, database.version + 1)
}
