import { fromCallback } from 'xstate'
import type { AuthEvent } from '../machine/types.ts'
import { schedule } from '../ports/clock.ts'
import { ageOf } from '../session.ts'
import type { World } from '../world.ts'

/** Reports when a renewal is due and when the access token has ended; judges anew on every change and wake-up. */
export const watchExpiry = ({ vault, clock, network }: World) =>
  fromCallback<AuthEvent>(({ sendBack }) => {
    let stopped = false
    let cancel = (): void => {}
    const judge = (): void => {
      cancel()
      const { held } = vault
      if (!held) return
      const isDue = held.renewable && ageOf(held, clock) >= held.renewAge
      const isOver = ageOf(held, clock) >= held.lifetime
      if (isDue) sendBack({ type: 'expiry.due' })
      if (isOver) sendBack({ type: 'expiry.reached' })
      // hearing of it the chart may have gone on already
      if (isOver || stopped) return
      const next = held.renewable && !isDue ? held.renewAge : held.lifetime
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
