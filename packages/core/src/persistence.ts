import { AuthError } from './errors.ts'
import type { EndedSession } from './machine/types.ts'
import { fromRecord, toEndedRecord, toRecord, type Held, type SessionRules, type Stored } from './session.ts'
import { memoryStorage } from './storage/memory.ts'
import type { AuthStorage, CallOptions, StoredRecord } from './types.ts'
import { withTimeout } from './timeout.ts'

/** The one stored record, read and written so that a storage that fails costs persistence and never the session. */
export interface Persistence {
  readonly read: () => Promise<Stored | null>
  /** Replaces whatever is stored. */
  readonly put: (held: Held) => Promise<void>
  /** Replaces the record of that revision, and says the new one's; null when another was faster. */
  readonly replace: (revision: string, held: Held, marked: boolean) => Promise<string | null>
  /** Removes the record of such a session, leaving word of why it ended where there is one. Resolves to what was there. */
  readonly end: (isMeant: (id: string) => boolean, ended: EndedSession | null) => Promise<Stored | null>
  /** Removes the word of an ended session. */
  readonly forgetEnded: () => Promise<void>
}

export interface PersistenceOptions {
  readonly storage: AuthStorage
  readonly key: string
  readonly rules: SessionRules
  readonly timeout: number
  readonly onLost: (error: AuthError) => void
}

export function createPersistence({ storage, key, rules, timeout, onLost }: PersistenceOptions): Persistence {
  let current = storage
  let known: StoredRecord | null = null
  let degrading: Promise<void> | undefined

  /** From the first failure on this tab keeps its record to itself, starting from what it last knew. */
  function degrade(cause: unknown): Promise<void> {
    degrading ??= (async () => {
      const memory = memoryStorage()
      if (known) await memory.compareAndSet(key, null, known)
      current = memory
      onLost(new AuthError('storage-unavailable', { cause }))
    })()
    return degrading
  }

  async function attempt<T>(operation: (storage: AuthStorage, options?: CallOptions) => Promise<T>): Promise<T> {
    try {
      return await withTimeout(rules.clock, timeout, (signal) => operation(current, { signal }))
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
    const raw = await attempt((storage, options) => storage.read(key, options))
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

  return {
    read,
    async put(held) {
      await update(() => toRecord(held))
    },
    async replace(revision, held, marked) {
      const record = toRecord(held, marked)
      return (await write(revision, record)) ? record.revision : null
    },
    end: (isMeant, ended) =>
      update((stored) => {
        if (stored === null || stored.kind === 'foreign') return undefined
        const storedId = stored.kind === 'session' ? stored.held.id : stored.id
        if (!isMeant(storedId)) return undefined
        return ended && toEndedRecord(storedId, ended)
      }),
    async forgetEnded() {
      await update((stored) => (stored?.kind === 'ended' ? null : undefined))
    },
  }
}
