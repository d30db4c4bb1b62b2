import type { AskUser } from '../custody/ask-user.ts'
import type { EndToken } from '../custody/end-token.ts'
import type { Waking } from '../custody/waking.ts'
import { toAuthError } from '../errors.ts'
import type { Effect } from '../machine/parts.ts'
import { later } from '../ports/clock.ts'
import { isGood, isSameGrant, type Session } from '../session/session.ts'
import type { AuthClient, Clock, Network } from '../types.ts'
import type { Vault } from '../vault.ts'

const FIRST_DELAY = 5000
const LONGEST_DELAY = 60_000
const OFFLINE_DELAY = 30_000

interface Confirming {
  readonly vault: Vault
  readonly client: AuthClient
  readonly clock: Clock
  readonly network: Network
  readonly waking: Waking
  readonly askUser: AskUser
  readonly endToken: EndToken
}

/** Asks the server who is signed in, once per generation: a stored user opens no guard, and roles change. */
export const confirmUser =
  ({ vault, client, clock, network, waking, askUser, endToken }: Confirming): Effect =>
  ({ sendBack }) => {
    let failures = 0
    let asking = false
    let hasRenewed = false
    let stopped = false
    let cancel = (): void => {}

    const reschedule = (): void => {
      cancel()
      const { session } = vault
      if (stopped || asking || !session || session.userGeneration === session.generation) return
      // not with the token of a user who may have signed out while this page was away
      if (waking.before() !== undefined) return void waking.looked().then(reschedule, (thrown) => fail(session, thrown))
      if (!client.getUser) return
      if (!isGood(session, clock)) return renewInstead(session)
      // the browser may be wrong: the answer to another request would show it
      if (!network.isOnline()) return void (cancel = later(clock, OFFLINE_DELAY, reschedule))
      asking = true
      askUser(session).then(
        () => {
          asking = false
          failures = 0
          reschedule()
        },
        (thrown: unknown) => {
          asking = false
          fail(session, thrown)
        },
      )
    }

    /** Where no timer renews it, the token has to be renewed before anything can be asked with it; once is enough. */
    const renewInstead = ({ userGeneration, renewable, renewAge }: Session): void => {
      if (userGeneration > 0 || !renewable || hasRenewed || renewAge < Infinity) return
      hasRenewed = true
      sendBack({ type: 'expiry.due' })
    }

    const fail = (asked: Session, thrown: unknown): void => {
      if (stopped) return
      // the answer was about another token than the one that is held by now
      if (!isSameGrant(asked, vault.session)) return reschedule()
      const { code } = toAuthError(thrown, 'network')
      // a refused token may only be old
      if (code === 'session-expired') {
        if (asked.renewable) sendBack({ type: 'expiry.due' })
        return void endToken(asked, true)
      }
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures)
      failures += 1
      // more than one may have waited for the record
      cancel()
      cancel = later(clock, delay, reschedule)
    }

    // not at once: a session that replaces another one enters this state again in the same turn, which asks as well
    const unwatch = [vault.onChange(() => queueMicrotask(reschedule)), network.onWake(reschedule)]
    reschedule()
    return () => {
      stopped = true
      cancel()
      for (const stop of unwatch) stop()
    }
  }
