import { stopwatch } from '../ports/clock.ts'
import { randomId } from '../session/session.ts'
import type { Spend } from '../session/stored.ts'
import type { AuthClient, Clock } from '../types.ts'

/** What `'tolerated'` promises at least. */
const SHORT = 30_000

/** How long the server takes a used refresh token again. */
export interface Tolerance {
  /** Milliseconds; 0 if it takes a token once. */
  readonly time: number
  /** Begins a spend, or goes on with one: a spend that is tried again counts from its first try. */
  readonly begin: (before: Spend | null) => Spend
  /** A token whose spend began then is taken once more. Not if that is not known, or lies in the future. */
  readonly isReplayable: (startedAt: number | null) => boolean
}

export function createTolerance(replay: AuthClient['replay'], clock: Clock): Tolerance {
  const time = timeOf(replay)
  let tab: string | undefined
  /** The last spend of this page. */
  let last: { readonly startedAt: number; readonly elapsed: () => number } | null = null
  return {
    time,
    begin(before) {
      // not made before it is needed: some runtimes allow nothing random while a module is evaluated
      tab ??= randomId()
      if (before !== null && before.startedAt !== null) return { ...before, tab }
      last = { startedAt: clock.now(), elapsed: stopwatch(clock) }
      return { startedAt: last.startedAt, tab }
    },
    // by both clocks: one may be put back, the other knows this page's own spends only
    isReplayable(startedAt) {
      const now = clock.now()
      const isOver = last?.startedAt === startedAt && last.elapsed() >= time
      return !isOver && startedAt !== null && now >= startedAt && now - startedAt < time
    },
  }
}

function timeOf(replay: AuthClient['replay']): number {
  if (replay === 'tolerated') return SHORT
  const { toleratedFor } = Object(replay) as { readonly toleratedFor?: unknown }
  return typeof toleratedFor === 'number' && toleratedFor > 0 ? toleratedFor * 1000 : 0
}
