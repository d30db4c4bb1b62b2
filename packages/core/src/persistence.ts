import { AuthError } from './errors.ts'
import type { EndedSession } from './machine/types.ts'
import { fromRecord, toEndedRecord, toRecord, type Held, type SessionRules, type Stored } from './session.ts'
import { memoryStorage } from './storage/memory.ts'
import type { AuthStorage, CallOptions, StoredRecord } from './types.ts'
import { withTimeout } from './timeout.ts'

/** The one stored record, read and written so that a storage that fails costs persistence and never the session. */
export interface Persistence {
  readonly read: () => Promise<Stored | null>
  /** Replaces whatever is stored. Hands out how to put that back, as long as nobody replaced it again. */
  readonly put: (held: Held) => Promise<() => Promise<void>>
  /** Replaces the record of that revision, and says the new one's; null when another was faster. */
  readonly replace: (revision: string, held: Held, marked: boolean) => Promise<string | null>
  /** Removes the record of such a session, leaving word of why it ended where there is one. Resolves to what was there. */
  readonly end: (isMeant: (id: string) => boolean, ended: EndedSession | null) => Promise<Stored | null>
  /** Removes the word of an ended session. */
  readonly forgetEnded: () => Promise<void>
  /** Nobody who opens the app later can find this token unmarked. False: the storage failed, and may still have it. */
  readonly isSafeToSpend: (held: Held) => Promise<boolean>
}

export interface PersistenceOptions {
  readonly storage: AuthStorage
  readonly key: string
  readonly rules: SessionRules
  readonly timeout: number
  /** Fires on destroy: nobody waits for a read any longer. What is being written is let finish. */
  readonly lifetime: AbortSignal
  readonly onLost: (error: AuthError) => void
}

export function createPersistence({ storage, key, rules, timeout, lifetime, onLost }: PersistenceOptions): Persistence {
  let current = storage
  let known: StoredRecord | null = null
  let degrading: Promise<void> | undefined
  /** The storage that failed may still hold a session. */
  let isLeftBehind = false

  /** From the first failure on this tab keeps its record to itself, starting from what it last knew. */
  function degrade(cause: unknown): Promise<void> {
    degrading ??= (async () => {
      const memory = memoryStorage()
      isLeftBehind = known !== null && storage.scope !== 'memory'
      if (known) await memory.compareAndSet(key, null, known)
      current = memory
      onLost(new AuthError('storage-unavailable', { cause }))
    })()
    return degrading
  }

  async function attempt<T>(
    operation: (storage: AuthStorage, options?: CallOptions) => Promise<T>,
    parent?: AbortSignal,
  ): Promise<T> {
    const failed = current
    try {
      return await withTimeout(rules.clock, timeout, (signal) => operation(failed, { signal }), parent)
    } catch (error) {
      await degrade(error)
      return operation(current)
    }
  }

  async function write(expected: string | null, next: StoredRecord | null): Promise<boolean> {
    const written = await attempt((storage, options) => storage.compareAndSet(key, expected, next, options))
    if (written) known = next
    return written
  }

  async function read(): Promise<Stored | null> {
    const raw = await attempt((storage, options) => storage.read(key, options), lifetime)
    const stored = fromRecord(raw, rules)
    if (stored?.kind !== 'foreign') known = (raw ?? null) as StoredRecord | null // fromRecord has looked at its shape
    return stored
  }

  /** Reads, then writes what `decide` makes of it (undefined: nothing), until nobody came between. */
  async function update(decide: (stored: Stored | null) => StoredRecord | null | undefined): Promise<Stored | null> {
    for (let tries = 0; tries < 5; tries += 1) {
      const stored = await read()
      const next = decide(stored)
      if (next === undefined) return stored
      if (await write(stored?.revision ?? null, next)) return stored
    }
    await degrade(undefined)
    const stored = await read()
    const next = decide(stored)
    if (next !== undefined) await write(stored?.revision ?? null, next)
    return stored
  }

  /** As `end`, where the storage that failed may still have the session: it must not come back with the next page. */
  async function endLeftBehind(decide: (stored: Stored | null) => StoredRecord | null | undefined): Promise<void> {
    if (!isLeftBehind) return
    const inTime = <T>(operation: (options: CallOptions) => Promise<T>): Promise<T> =>
      withTimeout(rules.clock, timeout, (signal) => operation({ signal }))
    const stored = fromRecord(await inTime((options) => storage.read(key, options)), rules)
    const next = decide(stored)
    if (next === undefined) isLeftBehind = false
    else
      isLeftBehind = !(await inTime((options) => storage.compareAndSet(key, stored?.revision ?? null, next, options)))
  }

  return {
    read,
    async put(held) {
      const record = toRecord(held)
      let replaced: StoredRecord | null = null
      await update((stored) => {
        replaced = stored === null || stored.kind === 'foreign' ? null : known
        return record
      })
      return async () => {
        await write(record.revision, replaced)
      }
    },
    async replace(revision, held, marked) {
      const record = toRecord(held, marked)
      return (await write(revision, record)) ? record.revision : null
    },
    async end(isMeant, ended) {
      const decide = (stored: Stored | null): StoredRecord | null | undefined => {
        if (stored === null || stored.kind === 'foreign') return undefined
        const storedId = stored.kind === 'session' ? stored.held.id : stored.id
        return isMeant(storedId) ? ended && toEndedRecord(storedId, ended) : undefined
      }
      const found = await update(decide)
      await endLeftBehind(decide).catch(() => {})
      return found
    },
    async forgetEnded() {
      const decide = (stored: Stored | null) => (stored?.kind === 'ended' ? null : undefined)
      await update(decide)
      await endLeftBehind(decide).catch(() => {})
    },
    async isSafeToSpend({ id, generation }) {
      // another's record, or a newer one of ours, does not have this token
      const hasToken = (stored: Stored | null): boolean =>
        stored?.kind === 'session' && stored.held.id === id && stored.held.generation === generation
      await endLeftBehind((stored) => (hasToken(stored) ? null : undefined)).catch(() => {})
      return !isLeftBehind
    },
  }
}
