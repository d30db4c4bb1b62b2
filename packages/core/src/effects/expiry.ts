import { schedule } from '../ports/clock.ts'
import type { EndToken } from '../custody/end-token.ts'
import { ageOf, sinceSignIn } from '../session/session.ts'
import type { Clock, Network } from '../types.ts'
import type { Vault } from '../vault.ts'
import { effect } from './effect.ts'

interface Watch {
  readonly vault: Vault
  readonly clock: Clock
  readonly network: Network
}

/** Reports when a renewal is due and when the access token has ended; judges anew on every change and wake-up. */
export const watchExpiry = ({ vault, clock, network, endToken }: Watch & { readonly endToken: EndToken }) =>
  effect(({ sendBack }) => {
    let stopped = false
    let cancel = (): void => {}
    const reschedule = (): void => {
      cancel()
      const { session } = vault
      if (!session) return
      // whose an unnamed token is, a renewal asks
      const isDue = session.renewable && (!session.identified || ageOf(session, clock) >= session.renewAge)
      const isOver = ageOf(session, clock) >= session.lifetime
      if (isDue) sendBack({ type: 'expiry.due' })
      if (isOver) void endToken(session)
      // hearing of it the chart may have gone on already
      if (isOver || stopped) return
      const next = session.renewable && !isDue ? Math.min(session.renewAge, session.lifetime) : session.lifetime
      cancel = schedule(clock, () => next - ageOf(session, clock), reschedule)
    }
    const unwatch = [vault.onChange(reschedule), network.onWake(reschedule)]
    reschedule()
    return () => {
      stopped = true
      cancel()
      for (const stop of unwatch) stop()
    }
  })

/** Reports which of the guards' age limits the sign-in has passed, so that a step-up guard closes by itself. */
export const watchAge = ({ vault, clock, network, ageLimits }: Watch & { readonly ageLimits: readonly number[] }) =>
  effect(({ sendBack }) => {
    if (ageLimits.length === 0) return
    let cancel = (): void => {}
    let reported: number | null = null
    const reschedule = (): void => {
      cancel()
      const { session } = vault
      if (!session) return
      // if it is not known when, it is too long ago for all of them
      const age = (): number => sinceSignIn(session, clock) ?? Infinity
      const now = age()
      const next = ageLimits.find((limit) => limit > now)
      const ageLimitsPassed = ageLimits.filter((limit) => limit <= now).length
      if (ageLimitsPassed !== reported) sendBack({ type: 'session.aged', ageLimitsPassed })
      reported = ageLimitsPassed
      if (next !== undefined) cancel = schedule(clock, () => next - age(), reschedule)
    }
    const unwatch = [vault.onChange(reschedule), network.onWake(reschedule)]
    reschedule()
    return () => {
      cancel()
      for (const stop of unwatch) stop()
    }
  })
