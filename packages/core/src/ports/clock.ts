import type { Clock } from '../types.ts'

/** The longest delay that timers keep; a longer one fires at once. */
const LONGEST = 2 ** 31 - 1

/** The globals, read at call time, so that fake timers installed later count too. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as number), // ours, from the line above
}

/**
 * Calls `callback` once, when `delay()` says that no milliseconds are left. It is asked again at each wake-up, so a
 * timer that comes early or a clock that was set back only makes it wait on. Infinity: not as long as it says so.
 * Returns how to stop.
 *
 * @throws RangeError when `delay()` is not a number
 */
export function schedule(clock: Clock, delay: () => number, callback: () => void): () => void {
  let armed = false
  let stopped = false
  let timer: unknown
  const look = () => {
    const left = delay()
    if (Number.isNaN(left)) throw new RangeError('delay is NaN')
    if (stopped) return
    if (armed && left <= 0) return callback()
    armed = true
    // whole milliseconds: timers cut off the rest, and would come early each time
    if (left < Infinity) timer = clock.setTimeout(look, Math.min(Math.max(0, Math.ceil(left)), LONGEST))
  }
  look()
  return () => {
    stopped = true
    clock.clearTimeout(timer)
  }
}
