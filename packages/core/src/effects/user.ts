import { AuthError, toAuthError } from '../errors.ts'
import { later } from '../ports/clock.ts'
import { isAnotherUser, isGood, isSameGrant, keepSame, readUser, toView, type Held } from '../session.ts'
import { withTimeout } from '../timeout.ts'
import type { World } from '../world.ts'
import { effect } from './effect.ts'

const FIRST_DELAY = 5000
const LONGEST_DELAY = 60_000
const OFFLINE_DELAY = 30_000

/**
 * Asks the server for the user of this session, and shows the answer. Another user ends the session.
 *
 * @throws AuthError why it failed; anything else that the client rejected with
 */
export async function askUser(world: World, asked: Held): Promise<unknown> {
  const { vault, client, clock, rules } = world
  const { accessToken } = asked
  const getUser = client.getUser?.bind(client)
  if (!getUser || accessToken === null) throw new AuthError('not-supported')
  const answer = await withTimeout(
    clock,
    world.requestTimeout,
    (signal) => getUser({ accessToken }, { signal }),
    world.lifetime,
  ).catch((thrown: unknown) => {
    // who is no longer let in is out
    if (toAuthError(thrown, 'network').code === 'account-banned' && world.vault.held?.id === asked.id)
      void world.endHeld('account-banned')
    throw thrown
  })
  const { held } = vault
  if (held?.id !== asked.id) throw new AuthError('identity-changed')
  const user = readUser(answer, rules)
  if (user === undefined) throw new AuthError('invalid-response')
  if (isAnotherUser(held.user, user, rules)) {
    // the newer tokens of another tab, or of a renewal that came meanwhile, are asked for by themselves
    if (!isSameGrant(asked, held)) throw new AuthError('superseded')
    void world.endHeld('user-mismatch')
    throw new AuthError('user-mismatch')
  }
  const confirmed = { ...held, user: keepSame(held.user, user), userGeneration: asked.generation }
  vault.hold(confirmed)
  world.report({ type: 'session.confirmed', session: toView(confirmed) })
  return confirmed.user
}

/** Asks the server who is signed in, once per generation: a stored user opens no guard, and roles change. */
export const confirmUser = (world: World) =>
  effect(({ sendBack }) => {
    const { vault, client, clock, network, waking } = world
    let failures = 0
    let asking = false
    let hasRenewed = false
    let stopped = false
    let cancel = (): void => {}

    const judge = (): void => {
      cancel()
      const { held } = vault
      if (stopped || asking || !held || held.userGeneration === held.generation) return
      // not with the token of a user who may have signed out while this page was away
      if (waking.before() !== undefined) return void waking.looked().then(judge, () => {})
      if (!client.getUser) return
      if (!isGood(held, clock)) return renewInstead(held)
      // the browser may be wrong: the answer to another request would show it
      if (!network.isOnline()) return void (cancel = later(clock, OFFLINE_DELAY, judge))
      asking = true
      askUser(world, held).then(
        () => {
          asking = false
          failures = 0
          judge()
        },
        (thrown: unknown) => {
          asking = false
          fail(held, thrown)
        },
      )
    }

    /** Where no timer renews it, the token has to be renewed before anything can be asked with it; once is enough. */
    const renewInstead = ({ userGeneration, renewable, renewAge }: Held): void => {
      if (userGeneration > 0 || !renewable || hasRenewed || renewAge < Infinity) return
      hasRenewed = true
      sendBack({ type: 'expiry.due' })
    }

    const fail = (asked: Held, thrown: unknown): void => {
      if (stopped) return
      // the answer was about another token than the one that is held by now
      if (!isSameGrant(asked, vault.held)) return judge()
      const { code } = toAuthError(thrown, 'network')
      // a refused token may only be old
      if (code === 'session-expired') {
        if (asked.renewable) sendBack({ type: 'expiry.due' })
        return void world.endToken(asked, true)
      }
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures)
      failures += 1
      cancel = later(clock, delay, judge)
    }

    // not at once: a session that replaces another one enters this state again in the same turn, which asks as well
    const unwatch = [vault.onChange(() => queueMicrotask(judge)), network.onWake(judge)]
    judge()
    return () => {
      stopped = true
      cancel()
      for (const stop of unwatch) stop()
    }
  })
