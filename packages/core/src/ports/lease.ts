import { browserStorage } from '../storage/browser.ts'
import type { StoredRecord, Tabs } from '../types.ts'

/** Milliseconds. Longer than any spend may take, so that none is taken over in the middle. */
const TERM = 45_000
const RENEW = 10_000
const LOOK_AGAIN = 250

interface Lease extends StoredRecord {
  readonly holder: string
  /** Epoch milliseconds. */
  readonly until: number
}

/**
 * A lock for browsers without Web Locks: a lease in IndexedDB, taken and prolonged by compare-and-set. A holder that
 * dies keeps others waiting for the rest of its term. One that is frozen for longer loses it: what it does later meets
 * the fence, for the record it meant to replace has another revision by then, and the mark it left stops the next one
 * from spending its token.
 */
export function leases(): Tabs['lock'] {
  const records = browserStorage({ name: 'authchart-leases' })
  // not made before it is needed: some runtimes allow nothing random while a module is evaluated
  let holder: string | undefined

  /** Null if another holder has it. */
  async function take(name: string, own: string | null): Promise<string | null> {
    const found = (await records.read(name)) as Lease | null
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
