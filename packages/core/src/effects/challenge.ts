import { AuthError } from '../errors.ts'
import { schedule } from '../ports/clock.ts'
import type { World } from '../world.ts'
import { effect } from './effect.ts'

/** Password and handle do not wait for ever: reports when the time for the second factor is over. */
export const watchChallenge = ({ vault, clock, network }: World) =>
  effect(({ sendBack }) => {
    let left = vault.pending()?.left ?? (() => 0)
    let cancel = (): void => {}
    const judge = (): void => {
      cancel()
      if (left() > 0) cancel = schedule(clock, () => left(), judge)
      else sendBack({ type: 'challenge.lapsed', error: new AuthError('challenge-expired') })
    }
    const unwatch = network.onWake((wake) => {
      // a page that comes back from the back-forward cache may come back to another user
      if (wake?.restored) left = () => 0
      judge()
    })
    judge()
    return () => {
      cancel()
      unwatch()
    }
  })
