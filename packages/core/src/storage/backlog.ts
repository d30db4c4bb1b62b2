import { stepHealth, type Health, type HealthEvent } from '../custody/health.ts'
import { AuthError } from '../errors.ts'
import type { SessionRules } from '../session/session.ts'
import type { Stored } from '../session/stored.ts'
import type { StoredRecord } from '../types.ts'
import type { Disk } from './disk.ts'
import { fromRecord } from './record.ts'
import type { Retry } from './retry.ts'

/** What is wanted of the record that is found. Undefined: nothing. */
export interface Change {
  readonly apply: (found: Stored | null, raw: StoredRecord | null) => StoredRecord | null | undefined
  /** What is found is none of what this change was made for: a sign-in of another tab. */
  readonly isOthers?: (found: Stored | null) => boolean
}

/** What is wanted in the storage and is not there yet, and the loop that brings it there. */
export interface Backlog {
  readonly health: () => Health
  readonly step: (event: HealthEvent, error?: unknown) => void
  readonly isEmpty: () => boolean
  /** The record as this page has it. */
  readonly view: () => StoredRecord | null
  /** Wanted as `now` says, and as `later` says where the storage does not answer at once. */
  readonly want: (now: Change, later?: Change) => Promise<void>
  readonly add: (change: Change) => void
  readonly set: (changes: readonly Change[]) => void
  /** Brings the storage to what is wanted, or tries again later. */
  readonly bring: () => Promise<void>
  /** Does what is left to do, and has the rest of the page look at what is there now. */
  readonly catchUp: () => Promise<void>
}

export interface BacklogOptions {
  readonly disk: Disk
  readonly rules: SessionRules
  readonly retry: Retry
  readonly lifetime: () => AbortSignal
  /** The storage is behind what is wanted. */
  readonly onLost: (error: AuthError) => void
  /** It is not any more. */
  readonly onBack: () => void
  /** What the storage holds is known again. */
  readonly onKnown: () => void
}

/** If another writer is always faster, there is something wrong with the storage. */
const MOST_TRIES = 5

export function createBacklog(options: BacklogOptions): Backlog {
  const { disk, rules, retry, lifetime } = options
  /** Oldest first. */
  let wanted: readonly Change[] = []
  let health: Health = { type: 'working' }
  let bringing: Promise<void> | undefined

  function step(event: HealthEvent, error?: unknown): void {
    const before = health
    health = stepHealth(before, event)
    tell(options, before, health, error)
    if (event.type === 'failed' || health.type === 'behind') retry.later()
  }

  const view = (): StoredRecord | null => viewOf(health, disk.seen() ?? null, wanted, rules)

  function settle(): void {
    if (wanted.length > 0) return
    retry.cancel()
    retry.reset()
    step({ type: 'caughtUp' })
  }

  async function bringAll(): Promise<void> {
    for (let tries = 0; wanted.length > 0; tries += 1) {
      if (tries === MOST_TRIES) throw new AuthError('storage-unavailable')
      const mine = view()
      const { done, isOthers } = await bringOnce(disk, () => wanted, rules)
      wanted = isOthers ? [] : wanted.filter((one) => !done.includes(one))
      if (isOthers) return step({ type: 'left', record: mine })
    }
    settle()
  }

  /** Rejects if it does not answer, or always has something else. */
  const bringNow = (): Promise<void> =>
    (bringing ??= bringAll().finally(() => {
      bringing = undefined
    }))

  return {
    health: () => health,
    step,
    isEmpty: () => wanted.length === 0,
    view,
    async want(now, later = now) {
      wanted = [...wanted, now]
      try {
        while (wanted.includes(now)) await bringNow()
      } catch (error) {
        wanted = wanted.map((one) => (one === now ? later : one))
        step({ type: 'failed' }, error)
      }
    },
    add(change) {
      wanted = [...wanted, change]
    },
    set(changes) {
      wanted = changes
    },
    bring: () => bringNow().catch(retry.later),
    catchUp: () =>
      (wanted.length > 0 ? bringNow() : disk.find(lifetime()).then(settle)).then(options.onKnown, retry.later),
  }
}

function viewOf(health: Health, seen: StoredRecord | null, wanted: readonly Change[], rules: SessionRules) {
  return health.type === 'alone' ? health.record : applied(fromRecord(seen, rules), seen, wanted, rules).record
}

function tell({ onLost, onBack }: BacklogOptions, before: Health, after: Health, error: unknown): void {
  if (before.type === 'working' && after.type !== 'working')
    onLost(error instanceof AuthError ? error : new AuthError('storage-unavailable', { cause: error }))
  if (before.type === 'behind' && after.type === 'working') onBack()
}

/** One try: which of the changes are done, and whether they met a sign-in of another tab. */
async function bringOnce(disk: Disk, wanted: () => readonly Change[], rules: SessionRules) {
  const { stored, raw } = await disk.find()
  const changes = wanted()
  const { record: next, isOthers } = applied(stored, raw, changes, rules)
  if (isOthers) return { done: changes, isOthers }
  const isSame = next === raw && stored?.kind !== 'unreadable'
  const isDone = isSame || (await disk.swap(stored?.revision ?? null, next))
  return { done: isDone ? changes : [], isOthers }
}

/** What these changes make of what is found, and whether they meet a sign-in of another tab. */
function applied(found: Stored | null, raw: StoredRecord | null, changes: readonly Change[], rules: SessionRules) {
  let [record, isOthers] = [raw, false]
  for (const change of changes) {
    const stored = record === raw ? found : fromRecord(record, rules)
    isOthers ||= change.isOthers?.(stored) === true
    const next = change.apply(stored, record)
    if (next !== undefined) record = next
  }
  return { record, isOthers }
}
