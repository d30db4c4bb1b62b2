import { fromCallback } from 'xstate'
import { AuthError, toAuthError } from '../errors.ts'
import type { AuthEvent } from '../machine/types.ts'
import { schedule, stopwatch } from '../ports/clock.ts'
import { isAnotherUser, isGood, isSameGrant, keepSame, readUser, toView, type Held } from '../session.ts'
import { withTimeout } from '../timeout.ts'
import type { World } from '../world.ts'

const FIRST_DELAY = 5000
const LONGEST_DELAY = 60_000

/** Asks the server who is signed in, once per generation: a stored user opens no guard, and roles change. */
export const confirmUser = (world: World) =>
  fromCallback<AuthEvent>(({ sendBack }) => {
    const { vault, client, clock, network } = world
    let failures = 0
    let asking = false
    let hasRenewed = false
    let stopped = false
    let cancel = (): void => {}

    const judge = (): void => {
      cancel()
      const { held } = vault
      if (stopped || asking || !held || held.userGeneration === held.generation) return
      if (!client.getUser || (held.renewAge === Infinity && !isGood(held, clock))) return renewInstead(held)
      if (!isGood(held, clock) || !network.isOnline()) return
      asking = true
      const accessToken = held.accessToken as string
      withTimeout(
        clock,
        world.requestTimeout,
        (signal) => client.getUser!({ accessToken }, { signal }),
        world.lifetime,
      ).then(
        (answer) => {
          asking = false
          note(held, answer)
        },
        (thrown: unknown) => {
          asking = false
          fail(held, thrown)
        },
      )
    }

    /** A server that cannot be asked now says who it is when it renews; once is enough to find out whether it does. */
    const renewInstead = ({ userGeneration, renewable }: Held): void => {
      if (userGeneration > 0 || !renewable || hasRenewed) return
      hasRenewed = true
      sendBack({ type: 'expiry.due' })
    }

    const note = (asked: Held, answer: unknown): void => {
      const { held } = vault
      if (stopped || held?.id !== asked.id) return
      let user: unknown
      try {
        user = readUser(answer, held.user)
      } catch (error) {
        return fail(asked, error)
      }
      if (user === undefined) return fail(asked, new AuthError('invalid-response'))
      failures = 0
      if (isAnotherUser(held.user, user)) {
        sendBack({ type: 'session.ended', ended: { reason: 'user-mismatch', user: held.user } })
        return
      }
      const confirmed = { ...held, user: keepSame(held.user, user), userGeneration: asked.generation }
      vault.hold(confirmed)
      sendBack({ type: 'session.confirmed', session: toView(confirmed) })
      judge()
    }

    const fail = (asked: Held, thrown: unknown): void => {
      if (stopped) return
      // the answer was about another token than the one that is held by now
      if (!isSameGrant(asked, vault.held)) return judge()
      const { code } = toAuthError(thrown, 'network')
      // who is no longer let in is out; a refused token may only be old
      if (code === 'account-banned') return void world.endHeld(code)
      if (code === 'session-expired') {
        if (asked.renewable) sendBack({ type: 'expiry.due' })
        sendBack({ type: 'expiry.reached' })
        return
      }
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures)
      failures += 1
      const elapsed = stopwatch(clock)
      cancel = schedule(clock, () => delay - elapsed(), judge)
    }

    // not at once: whoever takes the place of a session leaves and enters its state in the same turn, and asks himself
    const unwatch = [vault.onChange(() => queueMicrotask(judge)), network.onWake(judge)]
    judge()
    return () => {
      stopped = true
      cancel()
      for (const stop of unwatch) stop()
    }
  })
