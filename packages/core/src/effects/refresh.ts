import { AuthError } from '../errors.ts'
import { later, schedule, stopwatch } from '../ports/clock.ts'
import type { Broker } from '../custody/broker.ts'
import type { Effect } from '../machine/parts.ts'
import { isSameGrant } from '../session/session.ts'
import type { AuthClient, Clock, Network } from '../types.ts'
import type { Vault } from '../vault.ts'

const SAFETY_DELAY = 10_000
/** A browser that says it is offline may be wrong. */
const OFFLINE_DELAY = 30_000

interface Renewals {
  readonly broker: Pick<Broker, 'renew'>
  readonly vault: Vault
  readonly clock: Clock
}

/** Listens to a renewal. Leaving stops the listening; nothing aborts or repeats the spend. */
export const refresh =
  ({ broker, vault, clock }: Renewals): Effect =>
  ({ sendBack }) => {
    const before = vault.session
    void broker.renew().then((outcome) => {
      if (outcome.type === 'lost') return sendBack({ type: 'refresh.lost', error: outcome.error })
      if (outcome.type === 'deferred') return sendBack({ ...outcome, type: 'refresh.deferred' })
      if (!isSameGrant(vault.session, before)) return
      // nothing came of it, and no report says why: a record of a newer version of this library, say
      const retryAt = clock.now() + SAFETY_DELAY
      sendBack({ type: 'refresh.deferred', error: new AuthError('storage-unavailable'), retryAt })
    })
  }

interface Retry {
  readonly clock: Clock
  readonly network: Network
  readonly client: Pick<AuthClient, 'ping'>
}

/** Reports when a renewal that was put off may be tried again. */
export const awaitRetry =
  ({ clock, network, client }: Retry): Effect<{ retryAt: number }> =>
  ({ input, sendBack }) => {
    // as a duration from here on: the wall clock may jump meanwhile
    const delay = input.retryAt - clock.now()
    const elapsed = stopwatch(clock)
    const remaining = (): number => delay - elapsed()
    let cancel = (): void => {}
    const reschedule = (): void => {
      cancel()
      if (remaining() > 0) cancel = schedule(clock, remaining, reschedule)
      else if (network.isOnline()) sendBack({ type: 'retry.due' })
      else if (client.ping) cancel = later(clock, OFFLINE_DELAY, () => sendBack({ type: 'retry.due' }))
      else cancel = later(clock, OFFLINE_DELAY, reschedule)
    }
    const unwatch = network.onWake(reschedule)
    reschedule()
    return () => {
      cancel()
      unwatch()
    }
  }
