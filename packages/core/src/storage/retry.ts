import { later } from '../ports/clock.ts'
import type { Clock } from '../types.ts'

const FIRST_DELAY = 1000
const LONGEST_DELAY = 60_000

/** Tries again later, for as long as the page lives: each time later than before. */
export interface Retry {
  /** Does nothing if that is coming already: what fails in one moment counts once. */
  readonly later: () => void
  readonly cancel: () => void
  /** The next delay is a short one again. */
  readonly reset: () => void
}

export function createRetry(clock: Clock, lifetime: () => AbortSignal, work: () => void): Retry {
  let failures = 0
  let stop: (() => void) | undefined

  function cancel(): void {
    stop?.()
    stop = undefined
  }

  return {
    later() {
      const end = lifetime()
      if (stop || end.aborted) return
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures)
      failures += 1
      const due = (): void => {
        stop = undefined
        work()
      }
      const unschedule = later(clock, delay, due)
      end.addEventListener('abort', unschedule, { once: true })
      stop = () => {
        unschedule()
        end.removeEventListener('abort', unschedule)
      }
    },
    cancel,
    reset() {
      failures = 0
    },
  }
}
