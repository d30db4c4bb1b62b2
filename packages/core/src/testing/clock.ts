import type { Clock } from '../types.ts'
import { drain } from './drain.ts'

export interface FakeClock extends Clock {
  /** Lets time pass: both clocks go on and every timer that is due fires, in order. */
  readonly advance: (milliseconds: number) => void
  /**
   * The same, and everything that follows from one timer has happened before the next one fires.
   * @throws Error if timers never end
   */
  readonly pass: (milliseconds: number) => Promise<void>
  /** Sets the wall clock, as a person or NTP does: no time passes and no timer fires. */
  readonly jump: (milliseconds: number) => void
  /** The machine sleeps: the wall clock goes on, timers and the monotonic clock stand still. */
  readonly sleep: (milliseconds: number) => void
  /** Timers that are waiting. */
  readonly pending: number
  /** Milliseconds until the next of them fires. Infinity if none waits. */
  readonly untilNext: number
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** More timers than this in an hour are a loop. */
const BUSY = 10_000

/** Time that moves only when told. Begins at an arbitrary date. */
export function fakeClock(start: number = Date.UTC(2026, 0, 5, 9)): FakeClock {
  let wall = start
  let monotonic = 0
  let nextHandle = 1
  const timers = new Map<number, Timer>()
  const nextDue = (until: number): [number, Timer] | undefined =>
    [...timers].filter(([, { at }]) => at <= until).sort(([a, one], [b, other]) => one.at - other.at || a - b)[0]
  const clock: FakeClock = {
    now: () => wall,
    monotonic: () => monotonic,
    setTimeout(callback, milliseconds) {
      if (!(milliseconds >= 0 && milliseconds <= 2 ** 31 - 1)) throw new RangeError(`No timer keeps ${milliseconds} ms`)
      timers.set(nextHandle, { at: monotonic + milliseconds, callback })
      return nextHandle++
    },
    clearTimeout: (handle) => void timers.delete(handle as number),
    advance(milliseconds) {
      const until = monotonic + milliseconds
      for (let due = nextDue(until); due; due = nextDue(until)) {
        const [handle, { at, callback }] = due
        timers.delete(handle)
        wall += at - monotonic
        monotonic = at
        callback()
      }
      wall += until - monotonic
      monotonic = until
    },
    async pass(milliseconds) {
      await drain()
      const end = monotonic + milliseconds
      const most = BUSY * (1 + milliseconds / 3_600_000)
      for (let timers = 0; monotonic + clock.untilNext < end; timers += 1) {
        if (timers > most) throw new Error(`${timers} timers have fired: something is busy with nothing`)
        clock.advance(clock.untilNext)
        await drain()
      }
      clock.advance(end - monotonic)
      await drain()
    },
    jump(milliseconds) {
      wall += milliseconds
    },
    sleep(milliseconds) {
      wall += milliseconds
    },
    get pending() {
      return timers.size
    },
    get untilNext() {
      return Math.min(...Array.from(timers.values(), ({ at }) => Math.max(0, at - monotonic)))
    },
  }
  return clock
}
