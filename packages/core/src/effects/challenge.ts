import { AuthError } from '../errors.ts'
import type { Effect } from '../machine/parts.ts'
import { schedule } from '../ports/clock.ts'
import type { Clock, Network } from '../types.ts'
import type { Vault } from '../vault.ts'

interface Watch {
  readonly vault: Vault
  readonly clock: Clock
  readonly network: Network
}

/** Password and handle do not wait for ever: reports when the time for the second factor is over. */
export const watchChallenge =
  ({ vault, clock, network }: Watch): Effect =>
  ({ sendBack }) => {
    let left = vault.credentials.current()?.left ?? (() => 0)
    let cancel = (): void => {}
    const reschedule = (): void => {
      cancel()
      if (left() > 0) cancel = schedule(clock, () => left(), reschedule)
      else sendBack({ type: 'challenge.lapsed', error: new AuthError('challenge-expired') })
    }
    const unwatch = network.onWake((wake) => {
      // a page that comes back from the back-forward cache may come back to another user
      if (wake?.restored) left = () => 0
      reschedule()
    })
    reschedule()
    return () => {
      cancel()
      unwatch()
    }
  }
