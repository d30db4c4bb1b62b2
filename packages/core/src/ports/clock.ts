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
 * Milliseconds since now, by the clock that saw more of them: the wall clock may be set back, the monotonic one may
 * stand still while the machine sleeps.
 */
export function stopwatch(clock: Clock): () => number {
  const [wall, monotonic] = [clock.now(), clock.monotonic()]
  return () => Math.max(0, clock.now() - wall, clock.monotonic() - monotonic)
}

const PARTS = 4

/**
 * Calls `callback` after so many milliseconds in which the event loop had its turns. A busy main thread, an alert or a
 * sleep makes a timer late, and what it waited for may have come meanwhile: the time is counted in parts, each as long as
 * it should have been.
 *
 * @returns how to stop
 */
export function countdown(clock: Clock, milliseconds: number, callback: () => void): () => void {
  let timer: unknown
  const arm = (left: number, parts: number): void => {
    if (parts === 0) return callback()
    const part = Math.ceil(left / parts)
    if (part < Infinity)
      timer = clock.setTimeout(() => arm(left - part, parts - 1), Math.min(Math.max(0, part), LONGEST))
  }
  arm(milliseconds, PARTS)
  return () => clock.clearTimeout(timer)
}

/** Calls `callback` once, so many milliseconds from now by the clock that saw more of them. */
export function later(clock: Clock, milliseconds: number, callback: () => void): () => void {
  const elapsed = stopwatch(clock)
  return schedule(clock, () => milliseconds - elapsed(), callback)
}

/**
 * Calls `callback` once, later, when `delay()` says that no milliseconds are left (Infinity: never). It is asked again
 * whenever the timer fires: one that came early, or a clock that was put back, only means waiting on. A clock that was
 * put forward is noticed when the timer fires; a caller that knows sooner stops this one and schedules again.
 *
 * @returns how to stop
 * @throws RangeError when `delay()` is NaN
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
