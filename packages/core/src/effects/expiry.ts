import { schedule } from '../ports/clock.ts'
import { ageOf, sinceSignIn } from '../session.ts'
import type { World } from '../world.ts'
import { effect } from './effect.ts'

/** Reports when a renewal is due and when the access token has ended; judges anew on every change and wake-up. */
export const watchExpiry = ({ vault, clock, network, endToken }: World) =>
  effect(({ sendBack }) => {
    let stopped = false
    let cancel = (): void => {}
    const judge = (): void => {
      cancel()
      const { held } = vault
      if (!held) return
      // whose an unnamed token is, a renewal asks
      const isDue = held.renewable && (!held.isNamed || ageOf(held, clock) >= held.renewAge)
      const isOver = ageOf(held, clock) >= held.lifetime
      if (isDue) sendBack({ type: 'expiry.due' })
      if (isOver) void endToken(held)
      // hearing of it the chart may have gone on already
      if (isOver || stopped) return
      const next = held.renewable && !isDue ? Math.min(held.renewAge, held.lifetime) : held.lifetime
      cancel = schedule(clock, () => next - ageOf(held, clock), judge)
    }
    const unwatch = [vault.onChange(judge), network.onWake(judge)]
    judge()
    return () => {
      stopped = true
      cancel()
      for (const stop of unwatch) stop()
    }
  })

/** Reports which of the guards' age limits the sign-in has passed, so that a step-up guard closes by itself. */
export const watchAge = ({ vault, clock, network, ageLimits }: World) =>
  effect(({ sendBack }) => {
    if (ageLimits.length === 0) return
    let cancel = (): void => {}
    let reported: number | null = null
    const judge = (): void => {
      cancel()
      const { held } = vault
      if (!held) return
      // if it is not known when, it is too long ago for all of them
      const age = (): number => sinceSignIn(held, clock) ?? Infinity
      const now = age()
      const next = ageLimits.find((limit) => limit > now)
      const outgrown = ageLimits.filter((limit) => limit <= now).length
      if (outgrown !== reported) sendBack({ type: 'session.aged', outgrown })
      reported = outgrown
      if (next !== undefined) cancel = schedule(clock, () => next - age(), judge)
    }
    const unwatch = [vault.onChange(judge), network.onWake(judge)]
    judge()
    return () => {
      cancel()
      for (const stop of unwatch) stop()
    }
  })
