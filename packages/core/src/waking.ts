import { AuthError } from './errors.ts'
import type { Held, Stored } from './session.ts'
import { withTimeout } from './timeout.ts'
import type { Tombstones } from './twin.ts'
import type { Clock } from './types.ts'

/** A page that was frozen, asleep or in the back-forward cache knows nothing until it has read the record. */
export interface Waking {
  readonly wake: (restored: boolean) => void
  /** The session that was shown when the page woke up; undefined if the record has been read since. */
  readonly before: () => Held | null | undefined
  /**
   * Resolves when the record has been read.
   *
   * @throws AuthError `'storage-unavailable'` if it cannot be read, and nothing else says that this session goes on
   */
  readonly looked: () => Promise<void>
}

interface WakingOptions {
  readonly held: () => Held | null
  readonly tombstones: Tombstones
  readonly clock: Clock
  readonly timeout: number
  readonly lifetime: () => AbortSignal
  /** What the storage says; undefined if no answer is to be had; rejects if it does not answer. */
  readonly read: () => Promise<Stored | null | undefined>
  readonly observe: (stored: Stored | null) => unknown
  /** Shows this session no more, until the record has been read. */
  readonly hide: (held: Held) => void
  readonly show: (held: Held) => void
  readonly doubt: () => void
}

export function createWaking(options: WakingOptions): Waking {
  const { held: current, tombstones } = options
  let looking: { readonly before: Held | null; readonly done: Promise<boolean> } | null = null
  let isReading = false
  let isWokenAgain = false
  /** Not shown any more, by the word beside the record alone. */
  let hidden: Held | null = null

  /** What is read must be newer than the last wake-up. */
  async function look(): Promise<boolean> {
    try {
      let stored: Stored | null | undefined
      do {
        isWokenAgain = false
        stored = await withTimeout(options.clock, options.timeout, options.read, options.lifetime())
      } while (isWokenAgain)
      if (stored === undefined) return true
      if (hidden) options.show(hidden)
      hidden = null
      options.observe(stored)
      return true
    } catch {
      return false
    } finally {
      isReading = false
    }
  }

  /** Those who wait go on, and who comes later need not wait. */
  function begin(before: Held | null): void {
    isWokenAgain = isReading
    if (isReading) return
    isReading = true
    const own = { before, done: look() }
    looking = own
    void own.done.then((isKnown) => {
      const held = current()
      if (looking === own && (isKnown || held === null || tombstones.agrees(held.id))) looking = null
    })
  }

  /** Of a session that began since the page woke up there is no doubt. */
  const isAway = (): boolean => looking !== null && (current() === null || current()?.id === looking.before?.id)

  return {
    wake(restored) {
      const held = current()
      begin(looking?.before ?? held)
      if (held && tombstones.isGone(held.id)) {
        hidden = held
        options.hide(held)
      } else if (restored) options.doubt()
    },
    before: () => (isAway() ? looking?.before : undefined),
    async looked() {
      if (!looking || !isAway()) return
      await looking.done
      if (!looking || !isAway()) return
      // for who comes next
      begin(looking.before)
      throw new AuthError('storage-unavailable')
    },
  }
}
