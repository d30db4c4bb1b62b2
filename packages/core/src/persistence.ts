import { AuthError } from './errors.ts'
import {
  fromRecord,
  toEndedRecord,
  toRecord,
  type EndedTokens,
  type Held,
  type SessionRules,
  type Stored,
} from './session.ts'
import { memoryStorage } from './storage/memory.ts'
import type { AuthStorage, CallOptions, StoredRecord } from './types.ts'
import { withTimeout } from './timeout.ts'

/** The one stored record, read and written so that a storage that fails costs persistence and never the session. */
export interface Persistence {
  readonly read: () => Promise<Stored | null>
  /**
   * Replaces whatever is stored. Hands out how to put that back, as long as it was not replaced again; a session that
   * is over by then is not brought back. Writes nothing when it is not wanted any more.
   */
  readonly put: (held: Held, isWanted?: () => boolean) => Promise<(isOver: (id: string) => boolean) => Promise<void>>
  /** Replaces the record of that revision, and says the new one's; null when another was faster. */
  readonly replace: (revision: string, held: Held, marked: boolean) => Promise<string | null>
  /** Removes the record of such a session, leaving word of why it ended where there is one. Resolves to what was there. */
  readonly end: (
    isMeant: (id: string, kind: 'session' | 'ended', generation: number) => boolean,
    ended: EndedTokens | null,
  ) => Promise<Stored | null>
  /** Leaves the storage that failed as it is, for good. */
  readonly abandon: () => void
  /** Removes the word of an ended session. */
  readonly forgetEnded: () => Promise<unknown>
  /**
   * Goes back to a storage that failed and works again: what other tabs stored meanwhile counts. False: it still fails, and
   * may hold what this page cannot see.
   */
  readonly recover: () => Promise<boolean>
  /** No later page can find this token unmarked. False: the storage failed, and may still have it. */
  readonly isSafeToSpend: (held: Held) => Promise<boolean>
}

/** If another writer is always faster, there is something wrong with the storage. */
const MOST_TRIES = 5

export interface PersistenceOptions {
  readonly storage: AuthStorage
  readonly key: string
  readonly rules: SessionRules
  readonly timeout: number
  /** Fires on destroy: who only wants to know gets no answer any more. What is being written is let finish. */
  readonly lifetime: () => AbortSignal
  /** This session was signed out by a page that may not have reached the record. */
  readonly isOver: (id: string) => boolean
  readonly onOver: (held: Held) => void
  readonly onLost: (error: AuthError) => void
  /** What the storage holds has changed since other tabs were told of it. */
  readonly onLate: () => void
}

export function createPersistence(options: PersistenceOptions): Persistence {
  const { storage, key, rules, timeout, lifetime, onLost, onLate } = options
  let current = storage
  let known: StoredRecord | null = null
  let degrading: Promise<void> | undefined
  /** Reads that were answered and writes that were done. */
  let answers = 0
  /** The session that the storage that failed may still hold. */
  let leftBehind: unknown = null
  /** A write that was not waited for any longer: what it wrote may be there at any moment. */
  let adrift: Promise<void> = Promise.resolve()

  /** From the first failure on this tab keeps its record to itself, starting from what it last knew. */
  function degrade(cause: unknown): Promise<void> {
    degrading ??= (async () => {
      const memory = memoryStorage()
      leftBehind = storage.scope === 'memory' ? null : (known?.['id'] ?? null)
      if (known) await memory.compareAndSet(key, null, known)
      current = memory
      onLost(new AuthError('storage-unavailable', { cause }))
    })()
    return degrading
  }

  /** Stops waiting after a while: what becomes of it then is for `onTimeout`. */
  function inTime<T>(
    work: (options: CallOptions) => Promise<T>,
    onTimeout?: (running: Promise<T>) => void,
    parent?: AbortSignal,
  ): Promise<T> {
    const begin = (signal: AbortSignal): Promise<T> => {
      const running = work({ signal })
      if (onTimeout) signal.addEventListener('abort', () => onTimeout(running), { once: true })
      return running
    }
    return withTimeout(rules.clock, timeout, begin, parent)
  }

  async function attempt<T>(
    operation: (storage: AuthStorage, options?: CallOptions) => Promise<T>,
    parent?: AbortSignal,
    onTimeout?: (running: Promise<T>) => void,
  ): Promise<T> {
    const failed = current
    try {
      return await inTime((options) => operation(failed, options), onTimeout, parent)
    } catch (error) {
      // it is not waited for any more: that says nothing of the storage
      if (parent?.aborted) throw error
      await degrade(error)
      return operation(current)
    }
  }

  /** What is written too late must not bring back what has been replaced since. */
  const watchLate = (next: StoredRecord | null) => (running: Promise<boolean>) => {
    const settle = (isWritten: boolean): void => {
      if (!isWritten || next === null) return
      const isOld = next['marked'] !== true && known?.revision !== next.revision
      if (isOld) return void storage.compareAndSet(key, next.revision, null).then(onLate, () => {})
      leftBehind = next['id']
      onLate()
    }
    adrift = running.then(settle, () => {})
  }

  async function write(expected: string | null, next: StoredRecord | null): Promise<boolean> {
    const written = await attempt(
      (target, options) => target.compareAndSet(key, expected, next, options),
      undefined,
      watchLate(next),
    )
    if (written) {
      known = next
      answers += 1
    }
    return written
  }

  async function readBoth(parent?: AbortSignal): Promise<{ stored: Stored | null; raw: StoredRecord | null }> {
    const before = answers
    const found = await attempt((storage, options) => storage.read(key, options), parent)
    const stored = fromRecord(found, rules)
    // another answer came between and says something else: it is not known which of the two is newer
    if (answers !== before && stored?.revision !== known?.revision) return readBoth(parent)
    answers += 1
    if (stored?.kind === 'foreign') return { stored, raw: null }
    known = (found ?? null) as StoredRecord | null // fromRecord has looked at its shape
    return { stored, raw: known }
  }

  async function read(): Promise<Stored | null> {
    const { stored } = await readBoth(lifetime())
    if (stored?.kind !== 'session' || !options.isOver(stored.held.id)) return stored
    options.onOver(stored.held)
    return null
  }

  /** Reads, then writes what `decide` makes of it (undefined: nothing), until no other write came between. */
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

  /** Also where the storage that failed may still have the session: whenever it answers, it must not come back. */
  async function end(decide: (stored: Stored | null) => StoredRecord | null | undefined): Promise<Stored | null> {
    const found = await update(decide)
    if (leftBehind !== null) void endLeftBehind(decide).catch(() => {})
    return found
  }

  async function endLeftBehind(decide: (stored: Stored | null) => StoredRecord | null | undefined): Promise<void> {
    const stored = fromRecord(await storage.read(key), rules)
    const next = decide(stored)
    if (next === undefined) return
    if (!(await storage.compareAndSet(key, stored?.revision ?? null, next))) return
    leftBehind = null
    onLate()
  }

  /** False: another was faster. */
  async function goBack(expected: string | null, next: StoredRecord | null): Promise<boolean> {
    const isWritten = await inTime(() => storage.compareAndSet(key, expected, next), watchLate(next))
    if (!isWritten) return false
    // a user signed in or out here meanwhile
    if (known !== next) return goBack(next?.revision ?? null, known)
    comeBack()
    onLate()
    return true
  }

  function comeBack(): void {
    current = storage
    degrading = undefined
    leftBehind = null
  }

  const readStorage = async (): Promise<Stored | null> => fromRecord(await inTime(() => storage.read(key)), rules)

  async function recover(): Promise<boolean> {
    if (current === storage) return true
    try {
      await inTime(() => adrift)
      if (leftBehind === null) return true
      const stored = await readStorage()
      const storedId = idOf(stored)
      const mineId = known?.['id']
      const isBehind =
        stored?.kind === 'session' && storedId === mineId && stored.held.generation < Number(known?.['generation'])
      // a sign-in since the storage failed: it has never been there
      const isNew = known !== null && mineId !== leftBehind && (stored === null || storedId === leftBehind)
      if (isBehind || isNew) return await goBack(stored?.revision ?? null, known)
      comeBack()
      return true
    } catch {
      return false
    }
  }

  return {
    read,
    async put(held, isWanted = () => true) {
      const record = toRecord(held, rules)
      let replaced: StoredRecord | null = null
      await update((_stored, raw) => {
        replaced = raw
        return isWanted() ? record : undefined
      })
      // other tabs may have taken it up and renewed it meanwhile
      return async (isOver) => {
        const before = isOver(String(replaced?.['id'])) ? null : replaced
        await update((stored) => (idOf(stored) === held.id ? before : undefined))
      }
    },
    async replace(revision, held, marked) {
      const record = toRecord(held, rules, marked)
      return (await write(revision, record)) ? record.revision : null
    },
    end: (isMeant, ended) =>
      end((stored) => {
        const id = idOf(stored)
        const isOurs = id !== null && isMeant(id, stored?.kind === 'ended' ? 'ended' : 'session', generationOf(stored))
        return isOurs ? ended && toEndedRecord(id, ended) : undefined
      }),
    abandon() {
      leftBehind = null
      adrift = Promise.resolve()
    },
    forgetEnded: () => end((stored) => (stored?.kind === 'ended' ? null : undefined)),
    recover,
    async isSafeToSpend({ id, generation }) {
      if (current === storage || leftBehind === null) return true
      try {
        const stored = await readStorage()
        const hasToken =
          stored?.kind === 'session' && stored.held.id === id && stored.held.generation === generation && !stored.marked
        // whatever else is there is looked at when the storage is gone back to
        if (!hasToken) return false
        // it may work again, and then the mark belongs there
        const isMarked = await goBack(stored.revision, known).catch(() => null)
        if (isMarked !== null) return isMarked
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

function generationOf(stored: Stored | null): number {
  if (stored?.kind === 'session') return stored.held.generation
  return stored?.kind === 'ended' ? stored.generation : 0
}

function idOf(stored: Stored | null): string | null {
  if (stored?.kind === 'session') return stored.held.id
  return stored?.kind === 'ended' ? stored.id : null
}
