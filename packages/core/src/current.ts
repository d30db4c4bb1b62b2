import { renewalOutcome, settledOutcome } from './outcomes.ts'
import { shared } from './shared.ts'
import { isGood, isSameGrant, stillOurs, type Session } from './session/session.ts'
import { renewalOf } from './state.ts'
import type { Store } from './store.ts'
import type { AuthActor } from './types.ts'
import type { Wired } from './wire.ts'

/** The session that a request goes out with. */
export interface Current {
  /** What is held once it is known whether anything is. */
  readonly settled: () => Promise<Session | null>
  /** With a good token; null if signed out. Never the session of a user who signed in since `before` was held. */
  readonly session: (before?: Session | null) => Promise<Session | null>
  /** Joins a renewal or begins one, but does not hurry one that was put off. Rejects if it cannot be done now. */
  readonly renew: (before: Session) => Promise<void>
  /** False: the user has signed out in this turn, or the page has just woken up and does not know who is signed in. */
  readonly mayLeave: () => boolean
  /** The user has signed out: inside a listener the chart comes to it when the listeners are done. */
  readonly leave: () => Promise<void>
}

export function createCurrent(parts: Wired, store: Store, actor: AuthActor): Current {
  const { vault, clock, rules, waking } = parts
  let isLeaving = false

  const renew = shared(async (before: Session): Promise<void> => {
    if (vault.session?.spendUnknown) await parts.look()
    const isWaiting = renewalOf(actor.getSnapshot()) === 'waiting'
    if (isSameGrant(vault.session, before) && !isWaiting) store.send({ type: 'refresh' })
    return store.until(renewalOutcome(before, rules))
  })

  async function settled(): Promise<Session | null> {
    await waking.looked()
    return (await store.until(settledOutcome)) ? vault.session : null
  }

  async function find(before: Session | null): Promise<Session | null> {
    const found = await settled()
    if (before) stillOurs(before, found, rules)
    if (!found || isGood(found, clock)) return found
    // where nothing can renew it, it is over, whatever the timers say
    await parts.endToken(found)
    const { session } = vault
    // or the server still takes it: the wall clock was wrong
    if (!session || !isGood(session, clock)) await renew(found)
    return stillOurs(found, vault.session, rules)
  }

  const join = shared(find)
  return {
    settled,
    // what was asked for after `signOut()` in one turn waits for nothing that was asked for before it
    session: (before = vault.session) => (isLeaving ? find : join)(before),
    renew,
    mayLeave: () => !isLeaving && waking.before() === undefined,
    async leave() {
      isLeaving = vault.session !== null
      await Promise.resolve()
      isLeaving = false
    },
  }
}
