import { AuthError } from '../errors.ts'
import type { AuthFact } from '../machine/types.ts'
import type { Session } from '../session/session.ts'
import type { Stored } from '../session/stored.ts'
import type { Persistence } from '../storage/persistence.ts'
import { withTimeout } from '../timeout.ts'
import type { Clock } from '../types.ts'
import type { Vault } from '../vault.ts'
import type { Endings } from './endings.ts'
import type { Tombstones } from './tombstones.ts'

/** A page that was frozen, asleep or in the back-forward cache knows nothing until it has read the record. */
export interface Waking {
  readonly wake: (restored: boolean) => void
  /** The session that was shown when the page woke up; undefined if the record has been read since. */
  readonly before: () => Session | null | undefined
  /**
   * Resolves when the record has been read.
   *
   * @throws AuthError `'storage-unavailable'` if it cannot be read, and nothing else says that this session goes on
   */
  readonly looked: () => Promise<void>
}

export interface WakingOptions {
  readonly vault: Vault
  readonly tombstones: Tombstones
  readonly endings: Endings
  readonly clock: Clock
  readonly storageTimeout: number
  readonly lifetime: () => AbortSignal
  readonly persistence: Pick<Persistence, 'read' | 'isBehind'>
  readonly reconcile: (stored: Stored | null) => unknown
  readonly invalidate: () => void
  readonly emit: (fact: AuthFact) => void
}

export function createWaking(options: WakingOptions): Waking {
  const { vault, tombstones } = options
  let looking: { readonly before: Session | null; readonly done: Promise<boolean> } | null = null
  let isReading = false
  let isWokenAgain = false
  /** Not shown any more, by the word beside the record alone. */
  let hidden: string | null = null

  const read = (): Promise<Stored | null | undefined> => readIfWorking(options.persistence)

  /** What is read must be newer than the last wake-up. */
  async function look(): Promise<boolean> {
    try {
      let stored: Stored | null | undefined
      let attempt: number | null
      do {
        isWokenAgain = false
        attempt = attemptOf(vault)
        stored = await withTimeout(options.clock, options.storageTimeout, read, options.lifetime())
        // what was read before a sign-in says nothing of it
      } while (isWokenAgain || attemptOf(vault) !== attempt)
      if (stored === undefined) return true
      if (hidden !== null) show(options, hidden)
      hidden = null
      options.reconcile(stored)
      return true
    } catch {
      return false
    } finally {
      isReading = false
    }
  }

  /** Those who wait go on, and who comes later need not wait. */
  function begin(before: Session | null): void {
    isWokenAgain = isReading
    if (isReading) return
    isReading = true
    const own = { before, done: look() }
    looking = own
    void own.done.then((isKnown) => {
      const id = vault.session?.id
      if (looking === own && (isKnown || id === undefined || tombstones.isAlive(id))) looking = null
    })
  }

  /** Of a session that began since the page woke up there is no doubt. */
  const isAway = (): boolean => looking !== null && (vault.session === null || vault.session.id === looking.before?.id)

  return {
    wake(restored) {
      const { session } = vault
      begin(looking?.before ?? session)
      // a page that goes on by itself, with a session of its own, is none of what others sign in
      const isGone = options.persistence.isBehind() ? tombstones.has : tombstones.isGone
      if (session && isGone(session.id)) {
        hidden = session.id
        hide(options, session.id)
      } else if (restored) options.invalidate()
    },
    before: () => (isAway() ? looking?.before : undefined),
    async looked() {
      if (!looking || !isAway()) return
      await looking.done
      if (!looking || !isAway() || options.lifetime().aborted) return
      // for who comes next
      begin(looking.before)
      throw new AuthError('storage-unavailable')
    },
  }
}

/** The sign-in of this page that began the session. */
const attemptOf = ({ session }: Vault): number | null => session?.attempt ?? null

/** Of a storage that had failed before nothing is to be learned: undefined. */
async function readIfWorking({ read, isBehind }: WakingOptions['persistence']): Promise<Stored | null | undefined> {
  const wasBehind = isBehind()
  try {
    return await read()
  } catch (error) {
    if (wasBehind) return undefined
    throw error
  }
}

/** Shows this session no more, until the record has been read. */
function hide({ endings, tombstones, emit }: WakingOptions, id: string): void {
  emit({ type: 'tabs.signedOut' })
  // the page that signed out may not have come to the record: what is still there is removed
  if (tombstones.has(id)) endings.upTo.delete(id)
  else endings.left.add(id)
}

function show({ endings }: WakingOptions, id: string): void {
  if (endings.left.delete(id)) endings.upTo.delete(id)
}
