import { AuthError } from './errors.ts'
import type { EndedSession } from './machine/types.ts'
import { fromRecord, toEndedRecord, toRecord, type Held, type SessionRules, type Stored } from './session.ts'
import { memoryStorage } from './storage/memory.ts'
import type { AuthStorage, CallOptions, StoredRecord } from './types.ts'
import { withTimeout } from './timeout.ts'

/** The one stored record, read and written so that a storage that fails costs persistence and never the session. */
export interface Persistence {
  readonly read: () => Promise<Stored | null>
  /**
   * Replaces whatever is stored. Hands out how to put that back, as long as nobody replaced it again; a session that
   * is over by then is not brought back. Writes nothing when it is not wanted any more.
   */
  readonly put: (held: Held, isWanted?: () => boolean) => Promise<(isOver: (id: string) => boolean) => Promise<void>>
  /** Replaces the record of that revision, and says the new one's; null when another was faster. */
  readonly replace: (revision: string, held: Held, marked: boolean) => Promise<string | null>
  /** Removes the record of such a session, leaving word of why it ended where there is one. Resolves to what was there. */
  readonly end: (
    isMeant: (id: string, kind: 'session' | 'ended') => boolean,
    ended: EndedSession | null,
  ) => Promise<Stored | null>
  /** Removes the word of an ended session. */
  readonly forgetEnded: () => Promise<void>
  /**
   * Goes back to a storage that failed and works again: what other tabs stored meanwhile counts. False: it still fails, and
   * may hold what nobody here can see.
   */
  readonly recover: () => Promise<boolean>
  /** Nobody who opens the app later can find this token unmarked. False: the storage failed, and may still have it. */
  readonly isSafeToSpend: (held: Held) => Promise<boolean>
}

/** Somebody is always faster: then there is something wrong with the storage. */
const MOST_TRIES = 5

export interface PersistenceOptions {
  readonly storage: AuthStorage
  readonly key: string
  readonly rules: SessionRules
  readonly timeout: number
  /** Fires on destroy: who only wants to know gets no answer any more. What is being written is let finish. */
  readonly lifetime: AbortSignal
  readonly onLost: (error: AuthError) => void
}

export function createPersistence({ storage, key, rules, timeout, lifetime, onLost }: PersistenceOptions): Persistence {
  let current = storage
  let known: StoredRecord | null = null
  let degrading: Promise<void> | undefined
  /** Reads that were answered and writes that were done. */
  let answers = 0
  /** The session that the storage that failed may still hold. */
  let leftBehind: string | null = null

  /** From the first failure on this tab keeps its record to itself, starting from what it last knew. */
  function degrade(cause: unknown): Promise<void> {
    degrading ??= (async () => {
      const memory = memoryStorage()
      leftBehind = known !== null && storage.scope !== 'memory' ? String(known['id']) : null
      if (known) await memory.compareAndSet(key, null, known)
      current = memory
      onLost(new AuthError('storage-unavailable', { cause }))
    })()
    return degrading
  }

  async function attempt<T>(
    operation: (storage: AuthStorage, options?: CallOptions) => Promise<T>,
    parent?: AbortSignal,
    onLate: (result: T) => void = () => {},
  ): Promise<T> {
    const failed = current
    const operating = (signal: AbortSignal): Promise<T> => {
      const running = operation(failed, { signal })
      signal.addEventListener('abort', () => void running.then(onLate, () => {}), { once: true })
      return running
    }
    try {
      return await withTimeout(rules.clock, timeout, operating, parent)
    } catch (error) {
      // nobody waits any more: that says nothing of the storage
      if (parent?.aborted) throw error
      await degrade(error)
      return operation(current)
    }
  }

  async function write(expected: string | null, next: StoredRecord | null): Promise<boolean> {
    // what is written after nobody waited any longer must not bring back what has been replaced since
    const takeBack = (isWritten: boolean): void => {
      const isOld = next !== null && next['marked'] !== true && known?.revision !== next.revision
      if (isWritten && isOld) void storage.compareAndSet(key, next.revision, null).catch(() => {})
    }
    const written = await attempt(
      (target, options) => target.compareAndSet(key, expected, next, options),
      undefined,
      takeBack,
    )
    if (!written) return false
    known = next
    answers += 1
    return true
  }

  async function readBoth(parent?: AbortSignal): Promise<{ stored: Stored | null; raw: StoredRecord | null }> {
    const before = answers
    const found = await attempt((storage, options) => storage.read(key, options), parent)
    const stored = fromRecord(found, rules)
    // another answer came between and says something else: nobody knows which of the two is news
    if (answers !== before && (stored?.revision ?? null) !== (known?.revision ?? null)) return readBoth(parent)
    answers += 1
    const isForeign = stored?.kind === 'foreign'
    const raw = isForeign ? null : ((found ?? null) as StoredRecord | null) // fromRecord has looked at its shape
    if (!isForeign) known = raw
    return { stored, raw }
  }

  const read = async (): Promise<Stored | null> => (await readBoth(lifetime)).stored

  /** Reads, then writes what `decide` makes of it (undefined: nothing), until nobody came between. */
  async function update(
    decide: (stored: Stored | null, raw: StoredRecord | null) => StoredRecord | null | undefined,
  ): Promise<Stored | null> {
    for (let tries = 0; ; tries += 1) {
      if (tries === MOST_TRIES) await degrade(undefined)
      const { stored, raw } = await readBoth()
      const next = decide(stored, raw)
      if (next === undefined || (await write(stored?.revision ?? null, next)) || tries > MOST_TRIES) return stored
    }
  }

  /** As `end`, where the storage that failed may still have the session: whenever it answers, it must not come back. */
  async function endLeftBehind(decide: (stored: Stored | null) => StoredRecord | null | undefined): Promise<void> {
    if (leftBehind === null) return
    const stored = fromRecord(await storage.read(key), rules)
    const next = decide(stored)
    if (next === undefined) return
    if (await storage.compareAndSet(key, stored?.revision ?? null, next)) leftBehind = null
  }

  const inTime = <T>(work: () => Promise<T>): Promise<T> => withTimeout(rules.clock, timeout, work)

  async function recover(): Promise<boolean> {
    if (current === storage || leftBehind === null) return true
    try {
      const raw = await inTime(() => storage.read(key))
      const stored = fromRecord(raw, rules)
      const mine = fromRecord(known, rules)
      const storedId = stored?.kind === 'session' ? stored.held.id : stored?.kind === 'ended' ? stored.id : null
      const isBehind =
        stored?.kind === 'session' &&
        mine?.kind === 'session' &&
        storedId === mine.held.id &&
        stored.held.generation < mine.held.generation
      // a sign-in since the storage failed: it has never been there
      const isNew = mine?.kind === 'session' && mine.held.id !== leftBehind
      const isOurs = isBehind || (isNew && (stored === null || storedId === leftBehind))
      if (isOurs && !(await inTime(() => storage.compareAndSet(key, stored?.revision ?? null, known)))) return false
      current = storage
      degrading = undefined
      leftBehind = null
      return true
    } catch {
      return false
    }
  }

  return {
    read,
    async put(held, isWanted = () => true) {
      const record = toRecord(held)
      let replaced: StoredRecord | null = null
      await update((_stored, raw) => {
        replaced = raw
        return isWanted() ? record : undefined
      })
      return async (isOver) => {
        const id: unknown = replaced?.['id']
        await write(record.revision, typeof id === 'string' && isOver(id) ? null : replaced)
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
        return isMeant(storedId, stored.kind) ? ended && toEndedRecord(storedId, ended) : undefined
      }
      const found = await update(decide)
      void endLeftBehind(decide).catch(() => {})
      return found
    },
    async forgetEnded() {
      const decide = (stored: Stored | null) => (stored?.kind === 'ended' ? null : undefined)
      await update(decide)
      void endLeftBehind(decide).catch(() => {})
    },
    recover,
    async isSafeToSpend({ id, generation }) {
      if (current === storage || leftBehind === null) return true
      try {
        const stored = await inTime(async () => fromRecord(await storage.read(key), rules))
        const hasToken =
          stored?.kind === 'session' && stored.held.id === id && stored.held.generation === generation && !stored.marked
        // whatever else is there is looked at when the storage is gone back to
        if (!hasToken) return false
        // a full disk still deletes
        const isRemoved = await inTime(() => storage.compareAndSet(key, stored.revision, null))
        if (isRemoved) leftBehind = null
        return isRemoved
      } catch {
        return false
      }
    },
  }
}
