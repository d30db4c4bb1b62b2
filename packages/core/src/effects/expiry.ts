import { schedule } from '../ports/clock.ts'
import type { EndToken } from '../custody/end-token.ts'
import type { Effect } from '../machine/parts.ts'
import { ageOf, sinceSignIn, type Session } from '../session/session.ts'
import type { Clock, Network } from '../types.ts'
import type { Vault } from '../vault.ts'

interface Watch {
  readonly vault: Vault
  readonly clock: Clock
  readonly network: Network
}

/** Looks at once, on every change of the session, at every wake-up, and when the milliseconds are over that `look` hands out. */
function watch({ vault, clock, network }: Watch, look: (session: Session) => (() => number) | void): () => void {
  let stopped = false
  let cancel = (): void => {}
  const again = (): void => {
    cancel()
    const left = vault.session && look(vault.session)
    // hearing of it the chart may have gone on already
    if (left && !stopped) cancel = schedule(clock, left, again)
  }
  const unwatch = [vault.onChange(again), network.onWake(again)]
  again()
  return () => {
    stopped = true
    cancel()
    for (const stop of unwatch) stop()
  }
}

/** Reports when a renewal is due and when the access token has ended. */
export const watchExpiry =
  (tools: Watch & { readonly endToken: EndToken }): Effect =>
  ({ sendBack }) =>
    watch(tools, (session) => {
      const age = (): number => ageOf(session, tools.clock)
      // whose an unnamed token is, a renewal asks
      const isDue = session.renewable && (!session.identified || age() >= session.renewAge)
      const isOver = age() >= session.lifetime
      if (isDue) sendBack({ type: 'expiry.due' })
      if (isOver) return void tools.endToken(session)
      const next = session.renewable && !isDue ? Math.min(session.renewAge, session.lifetime) : session.lifetime
      return () => next - age()
    })

/** Of the guards: milliseconds after a sign-in, in ascending order. */
export interface AgeLimits {
  readonly ageLimits: readonly number[]
  /** How many the sign-in has passed: all of them if it is not known when that was. */
  readonly ageLimitsPassed: () => number
}

/** Reports which of the guards' age limits the sign-in has passed, so that a step-up guard closes by itself. */
export const watchAge =
  (tools: Watch, { ageLimits, ageLimitsPassed }: AgeLimits): Effect =>
  ({ sendBack }) => {
    if (ageLimits.length === 0) return
    let reported: number | null = null
    return watch(tools, (session) => {
      const passed = ageLimitsPassed()
      const next = ageLimits[passed] ?? Infinity
      if (passed !== reported) sendBack({ type: 'session.aged', ageLimitsPassed: passed })
      reported = passed
      return () => next - (sinceSignIn(session, tools.clock) ?? 0)
    })
  }
