import { AuthError } from '../errors.ts'
import { later, schedule, stopwatch } from '../ports/clock.ts'
import { isSameGrant } from '../session.ts'
import type { World } from '../world.ts'
import { effect } from './effect.ts'

const SAFETY_DELAY = 10_000
/** A browser that says it is offline may be wrong. */
const OFFLINE_DELAY = 30_000

/** Listens to a renewal. Leaving stops the listening; nothing aborts or repeats the spend. */
export const refresh = ({ broker, vault, clock }: World) =>
  effect(({ sendBack }) => {
    const before = vault.held
    void broker.renew().then((outcome) => {
      if (outcome.type === 'lost') return sendBack({ type: 'refresh.lost', error: outcome.error })
      if (outcome.type === 'deferred') return sendBack({ ...outcome, type: 'refresh.deferred' })
      if (!isSameGrant(vault.held, before)) return
      // nothing came of it, and no report says why: a record of a newer version of this library, say
      const retryAt = clock.now() + SAFETY_DELAY
      sendBack({ type: 'refresh.deferred', error: new AuthError('storage-unavailable'), retryAt })
    })
  })

/** Reports when a renewal that was put off may be tried again. */
export const awaitRetry = ({ clock, network, client }: World) =>
  effect<{ retryAt: number }>(({ input, sendBack }) => {
    // as a duration from here on: the wall clock may jump meanwhile
    const delay = input.retryAt - clock.now()
    const elapsed = stopwatch(clock)
    const remaining = (): number => delay - elapsed()
    let cancel = (): void => {}
    const judge = (): void => {
      cancel()
      if (remaining() > 0) cancel = schedule(clock, remaining, judge)
      else if (network.isOnline()) sendBack({ type: 'retry.due' })
      else if (client.ping) cancel = later(clock, OFFLINE_DELAY, () => sendBack({ type: 'retry.due' }))
      else cancel = later(clock, OFFLINE_DELAY, judge)
    }
    const unwatch = network.onWake(judge)
    judge()
    return () => {
      cancel()
      unwatch()
    }
  })
