import { recordsIn } from '../storage/browser.ts'
import type { StoredRecord, Tabs } from '../types.ts'

/** Milliseconds. Longer than any spend may take, so that none is taken over in the middle. */
const TERM = 45_000
/** By how much a clock is put back in everyday life. */
const SLACK = 5000
const RENEW = 10_000
const LOOK_AGAIN = 250

interface Lease extends StoredRecord {
  readonly holder: string
  /** Epoch milliseconds. */
  readonly until: number
}

/** A lease that ends later than any can, or that cannot be read, is none: a clock was wrong, or another script wrote it. */
function leaseIn(stored: unknown): Lease | null {
  const { version, revision, until } = Object(stored) as Partial<Lease>
  const isLease = version === 1 && typeof revision === 'string' && Number(until) <= Date.now() + TERM + SLACK
  return isLease ? (stored as Lease) : null
}

/**
 * A lock for browsers without Web Locks: a lease in IndexedDB, taken and prolonged by compare-and-set. A holder that
 * dies keeps others waiting for the rest of its term. One that is frozen for longer loses it: what it does later meets
 * the fence, for the record it meant to replace has another revision by then, and the mark it left stops the next one
 * from spending its token.
 */
export function leases(): Tabs['lock'] {
  const mayTake = (stored: unknown, expected: string | null): boolean =>
    (leaseIn(stored)?.revision ?? null) === expected
  const records = recordsIn('authchart-leases', mayTake)
  // not made before it is needed: some runtimes allow nothing random while a module is evaluated
  let holder: string | undefined

  /** Null if another holder has it. */
  async function take(name: string, own: string | null): Promise<string | null> {
    const found = leaseIn(await records.read(name))
    const isFree = found === null || !(found.until > Date.now())
    if (found?.revision !== own && !isFree) return null
    const next: Lease = {
      version: 1,
      revision: randomWord(),
      holder: (holder ??= randomWord()),
      until: Date.now() + TERM,
    }
    return (await records.compareAndSet(name, found?.revision ?? null, next)) ? next.revision : null
  }

  return async (name, work) => {
    let own = await take(name, null)
    while (own === null) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN))
      own = await take(name, null)
    }
    let prolonging: Promise<void> = Promise.resolve()
    const timer = setInterval(() => {
      prolonging = take(name, own).then(
        (revision) => {
          own = revision ?? own
        },
        () => {}, // then it runs out
      )
    }, RENEW)
    try {
      return await work()
    } finally {
      clearInterval(timer)
      await prolonging
      await records.compareAndSet(name, own, null).catch(() => {})
    }
  }
}

function randomWord(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join('')
}
