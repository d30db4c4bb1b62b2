import { AuthError } from './errors.ts'
import { schedule, stopwatch } from './ports/clock.ts'
import {
  fromRecord,
  toEndedRecord,
  toRecord,
  type EndedTokens,
  type Held,
  type Mark,
  type SessionRules,
  type Stored,
} from './session.ts'
import type { AuthStorage, CallOptions, StoredRecord } from './types.ts'
import { withTimeout } from './timeout.ts'

/**
 * The one stored record. What is wanted there is kept as a list of changes until the storage has taken them, however long
 * that lasts: a storage that is slow, full or gone costs persistence and never the session, and is brought up to date as
 * soon as it answers. A read that fails says nothing, and changes nothing.
 */
export interface Persistence {
  /**
   * What is stored; while the storage is behind, what is wanted there.
   *
   * @throws AuthError `'storage-unavailable'` if the storage does not say: that is not "nothing"
   */
  readonly read: () => Promise<Stored | null>
  /**
   * Replaces whatever is stored. Hands out how to put that back, as long as it was not replaced again; a session that
   * is over by then is not brought back. Writes nothing when it is not wanted any more.
   */
  readonly put: (held: Held, isWanted?: () => boolean) => Promise<(isOver: (id: string) => boolean) => Promise<void>>
  /** Replaces the record of that revision, and says the new one's; null when another was faster. */
  readonly replace: (revision: string, held: Held, mark: Mark | null) => Promise<string | null>
  /** Removes the record of such a session, leaving word of why it ended where there is one. Resolves to what was there. */
  readonly end: (isMeant: (id: string, found: Stored) => boolean, ended: EndedTokens | null) => Promise<Stored | null>
  /** Removes the word of an ended session. */
  readonly forgetEnded: () => Promise<unknown>
  /** No later page can find this token unmarked. False: the storage is behind, and may still have it. */
  readonly isSafeToSpend: (held: Held) => Promise<boolean>
  /** Leaves the storage as it is: this page goes on by itself. */
  readonly leave: () => void
  /** The storage did not say what it holds: listens until it does. */
  readonly listen: (error: unknown) => void
  /** The storage has not said yet what it holds. */
  readonly isUnknown: () => boolean
}

/** If another writer is always faster, there is something wrong with the storage. */
const MOST_TRIES = 5
const FIRST_DELAY = 1000
const LONGEST_DELAY = 60_000

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
  /** The storage is behind what is wanted. */
  readonly onLost: (error: AuthError) => void
  /** It is not any more. */
  readonly onBack: () => void
  /** What the storage holds has changed since other tabs were told of it. */
  readonly onLate: () => void
  /** What the storage holds is known again. */
  readonly onKnown: () => void
}

/** What is wanted of the record that is found. Undefined: nothing. */
interface Change {
  readonly apply: (found: Stored | null, raw: StoredRecord | null) => StoredRecord | null | undefined
  /** What is found is none of what this change was made for: a sign-in of another tab. */
  readonly isOthers?: (found: Stored | null) => boolean
}

export function createPersistence(options: PersistenceOptions): Persistence {
  const { storage, key, rules, timeout, lifetime, onLost, onBack, onLate, onKnown } = options
  /** What the storage held when it last answered; undefined: it never has. */
  let seen: StoredRecord | null | undefined
  /** What is wanted there and is not there yet, oldest first. */
  let wanted: readonly Change[] = []
  /** The record of a page that goes on by itself, because the storage has the session of another one. */
  let own: StoredRecord | null = null
  /** What was written and not answered: it may be there at any moment. */
  const adrift = new Set<StoredRecord | null>()
  /** Sign-ins that were given up, with what they had replaced: another tab may put one back. */
  const givenUp = new Map<string, () => StoredRecord | null>()
  /** Reads that were answered and writes that were done. */
  let answers = 0
  let isBehind = false
  let failures = 0
  let cancelRetry: (() => void) | undefined
  let bringing: Promise<void> | undefined

  /** An answer that is not waited for any more still says that the storage answers. */
  function inTime<T>(work: (options: CallOptions) => Promise<T>, parent?: AbortSignal): Promise<T> {
    let isGivenUp = false
    const ask = async (signal: AbortSignal): Promise<T> => {
      const answer = await work({ signal })
      if (isGivenUp) void catchUp()
      return answer
    }
    return withTimeout(rules.clock, timeout, ask, parent).catch((cause: unknown) => {
      isGivenUp = !parent?.aborted
      throw isGivenUp ? new AuthError('storage-unavailable', { cause }) : cause
    })
  }

  async function find(parent?: AbortSignal): Promise<{ stored: Stored | null; raw: StoredRecord | null }> {
    const before = answers
    const found = await inTime((call) => storage.read(key, call), parent)
    const stored = fromRecord(found, rules)
    // another answer came between and says something else: it is not known which of the two is newer
    if (answers !== before && stored?.revision !== seen?.revision) return find(parent)
    answers += 1
    failures = 0
    seen = stored?.kind === 'foreign' ? null : ((found ?? null) as StoredRecord | null) // fromRecord has looked at it
    return { stored, raw: seen }
  }

  /** False: another was faster. */
  async function swap(expected: string | null, next: StoredRecord | null): Promise<boolean> {
    adrift.add(next)
    const written = await inTime(async (call) => {
      try {
        return await storage.compareAndSet(key, expected, next, call)
      } finally {
        adrift.delete(next)
      }
    })
    if (written) {
      seen = next
      answers += 1
    }
    return written
  }

  /** What these changes make of what is found, and whether they meet a sign-in of another tab. */
  function applied(found: Stored | null, raw: StoredRecord | null, changes: readonly Change[]) {
    let [record, isOthers] = [raw, false]
    for (const change of changes) {
      const stored = record === raw ? found : fromRecord(record, rules)
      isOthers ||= change.isOthers?.(stored) === true
      const next = change.apply(stored, record)
      if (next !== undefined) record = next
    }
    return { record, isOthers }
  }

  /** The record as this page has it. */
  const view = (): StoredRecord | null => own ?? applied(fromRecord(seen, rules), seen ?? null, wanted).record

  /** Brings the storage to what is wanted. Rejects if it does not answer, or always has something else. */
  function bring(): Promise<void> {
    bringing ??= bringAll().finally(() => {
      bringing = undefined
    })
    return bringing
  }

  async function bringAll(): Promise<void> {
    for (let tries = 0; wanted.length > 0; tries += 1) {
      if (tries === MOST_TRIES) throw new AuthError('storage-unavailable')
      const mine = view()
      const { stored, raw } = await find()
      const changes = wanted
      const { record: next, isOthers } = applied(stored, raw, changes)
      if (isOthers) {
        own = mine
        wanted = []
        return
      }
      const isSame = next === raw && stored?.kind !== 'foreign'
      if (isSame || (await swap(stored?.revision ?? null, next)))
        wanted = wanted.filter((one) => !changes.includes(one))
    }
    comeBack()
  }

  function comeBack(): void {
    if (wanted.length > 0) return
    cancelRetry?.()
    cancelRetry = undefined
    failures = 0
    if (!isBehind || own) return
    isBehind = false
    onBack()
    onLate()
  }

  function fallBehind(error: unknown): void {
    if (!isBehind) {
      isBehind = true
      onLost(error instanceof AuthError ? error : new AuthError('storage-unavailable', { cause: error }))
    }
    retryLater()
  }

  /** Does what is left to do, and has the rest of the page look at what is there now. */
  const catchUp = (): Promise<void> =>
    (wanted.length > 0 ? bring() : find(lifetime()).then(comeBack)).then(onKnown, retryLater)

  /** For as long as the page lives. A read tries at once. */
  function retryLater(): void {
    cancelRetry?.()
    if (lifetime().aborted || storage.scope === 'memory') return
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures)
    failures += 1
    const elapsed = stopwatch(rules.clock)
    const cancel = schedule(
      rules.clock,
      () => delay - elapsed(),
      () => {
        cancelRetry = undefined
        void catchUp()
      },
    )
    const end = lifetime()
    end.addEventListener('abort', cancel, { once: true })
    cancelRetry = () => {
      cancel()
      end.removeEventListener('abort', cancel)
    }
  }

  /** Wanted as `now` says, and as `later` says where the storage does not answer at once. */
  async function want(now: Change, later: Change = now): Promise<void> {
    wanted = [...wanted, now]
    try {
      while (wanted.includes(now)) await bring()
    } catch (error) {
      wanted = wanted.map((one) => (one === now ? later : one))
      fallBehind(error)
    }
  }

  /** Not waited for: the storage has not answered for a while. */
  function wantLater(later: Change): void {
    wanted = [...wanted, later]
    void bring().catch(retryLater)
  }

  /** The same session, further on, whatever the storage has of it. A record that another script wrote over is ours. */
  const goOn = (record: StoredRecord, held: Held): Change => ({
    apply: (found) => {
      const isOlder = found?.kind === 'session' && found.held.id === held.id && found.held.generation <= held.generation
      return isOlder || isGarbage(found) ? record : undefined
    },
  })

  async function read(): Promise<Stored | null> {
    if (wanted.length > 0) await bring().catch(retryLater)
    const isAhead = (): boolean => own !== null || wanted.length > 0
    const found = isAhead() ? null : await findOrListen()
    const stored = isAhead() ? fromRecord(view(), rules) : (found?.stored ?? null)
    if (stored?.kind !== 'session') return stored
    const { id } = stored.held
    const before = givenUp.get(id)
    if (before) {
      givenUp.delete(id)
      await want({ apply: (found) => (idOf(found) === id ? before() : undefined) })
      onLate()
      return fromRecord(view(), rules)
    }
    if (!options.isOver(id)) return stored
    options.onOver(stored.held)
    return null
  }

  async function findOrListen() {
    try {
      return await find(lifetime())
    } catch (error) {
      if (!cancelRetry) retryLater()
      throw error
    }
  }

  async function replace(revision: string, held: Held, mark: Mark | null): Promise<string | null> {
    // what a sign-in had replaced has gone on: it must not be put back
    givenUp.clear()
    const record = toRecord(held, rules, mark)
    if (wanted.length > 0) await bring().catch(retryLater)
    if (own || wanted.length > 0) {
      if (view()?.revision !== revision) return null
      if (own) own = record
      else wanted = [...wanted, goOn(record, held)]
      return record.revision
    }
    try {
      if (await swap(revision, record)) return record.revision
      const { stored } = await find()
      return isGarbage(stored) && (await swap(stored?.revision ?? null, record)) ? record.revision : null
    } catch (error) {
      wanted = [...wanted, goOn(record, held)]
      fallBehind(error)
      return record.revision
    }
  }

  async function put(held: Held, isWanted: () => boolean = () => true) {
    const record = toRecord(held, rules)
    const basis = seen === undefined && wanted.length === 0 ? undefined : idOf(fromRecord(view(), rules))
    let replaced: StoredRecord | null = null
    const now: Change = {
      apply: (_found, raw) => {
        replaced = raw
        return isWanted() ? record : undefined
      },
    }
    const later: Change = {
      apply: (_found, raw) => {
        if (raw?.revision !== record.revision) replaced = raw
        return record
      },
      isOthers: (found) =>
        basis !== undefined && found?.kind === 'session' && found.held.id !== basis && found.held.id !== held.id,
    }
    own = null
    await (isBehind ? wantLater(later) : want(now, later))
    // a full disk still deletes: the next page must not find the session before
    if (wanted.length > 0 && seen) void swap(String(seen['revision']), null).catch(() => {})
    // other tabs may have taken it up and renewed it meanwhile
    return async (isOver: (id: string) => boolean) => {
      const before = (): StoredRecord | null => (isOver(String(replaced?.['id'])) ? null : replaced)
      givenUp.set(held.id, before)
      if (own?.['id'] === held.id) own = null
      await want({ apply: (found) => (idOf(found) === held.id ? before() : undefined) })
    }
  }

  return {
    read,
    put,
    replace,
    async end(isMeant, ended) {
      // and what is over is kept nowhere
      givenUp.clear()
      let ending: Stored | null = null
      const apply: Change['apply'] = (found) => {
        const id = idOf(found)
        if (found === null || id === null || !isMeant(id, found)) return undefined
        ending = found
        return ended && toEndedRecord(id, ended)
      }
      const left = own && apply(fromRecord(own, rules), own)
      if (own && left !== undefined) own = left
      else await want({ apply })
      return ending
    },
    forgetEnded: () => want({ apply: (found) => (found?.kind === 'ended' ? null : undefined) }),
    leave() {
      own = view()
      wanted = []
      fallBehind(undefined)
      cancelRetry?.()
    },
    listen: fallBehind,
    isUnknown: () => seen === undefined,
    async isSafeToSpend({ id, generation }) {
      const isAdrift = (): boolean => Array.from(adrift).some((record) => record?.['id'] === id)
      if (own || wanted.length === 0) return true
      if (isAdrift()) return false
      // it may work again, and then the mark belongs there
      await bring().catch(retryLater)
      if (wanted.length === 0) return true
      if (isAdrift()) return false
      const found = fromRecord(seen, rules)
      const hasToken =
        found?.kind === 'session' && found.held.id === id && found.held.generation === generation && !found.marked
      if (!hasToken) return true
      // a full disk still deletes
      const mine = view()
      const isRemoved = await swap(found.revision, null).catch(() => false)
      if (isRemoved) wanted = [{ apply: (other) => (other === null ? mine : undefined) }]
      return isRemoved
    },
  }
}

/** Another script wrote over it. */
export function isGarbage(stored: Stored | null): boolean {
  return stored?.kind === 'foreign' && !stored.isNewer
}

/** How far these tokens go, or the word that they are over. */
export function generationOf(stored: Stored): number {
  if (stored.kind === 'session') return stored.held.generation
  return stored.kind === 'ended' ? stored.generation : 0
}

function idOf(stored: Stored | null): string | null {
  if (stored?.kind === 'session') return stored.held.id
  return stored?.kind === 'ended' ? stored.id : null
}
