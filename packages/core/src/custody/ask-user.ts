import { AuthError, toAuthError } from '../errors.ts'
import type { AuthFact, EndReason } from '../machine/types.ts'
import { readUser } from '../session/grant.ts'
import {
  isAnotherUser,
  isSameGrant,
  replaceEqual,
  toView,
  type Session,
  type SessionRules,
} from '../session/session.ts'
import { withTimeout } from '../timeout.ts'
import type { AuthClient } from '../types.ts'
import type { Vault } from '../vault.ts'

/**
 * Asks the server for the user of this session, and shows the answer. Another user ends the session.
 *
 * @throws AuthError why it failed; anything else that the client rejected with
 */
export type AskUser = (asked: Session) => Promise<unknown>

export interface AskUserOptions {
  readonly vault: Vault
  readonly client: AuthClient
  readonly rules: SessionRules
  readonly requestTimeout: number
  readonly lifetime: () => AbortSignal
  readonly endHeld: (reason: EndReason) => Promise<void>
  readonly emit: (fact: AuthFact) => void
}

export function createAskUser({
  vault,
  client,
  rules,
  requestTimeout,
  lifetime,
  endHeld,
  emit,
}: AskUserOptions): AskUser {
  return async (asked) => {
    const { accessToken } = asked
    const getUser = client.getUser?.bind(client)
    if (!getUser || accessToken === null) throw new AuthError('not-supported')
    const ask = (signal: AbortSignal): Promise<unknown> => getUser({ accessToken }, { signal })
    const answer = await withTimeout(rules.clock, requestTimeout, ask, lifetime()).catch((thrown: unknown) => {
      // who is no longer let in is out
      if (toAuthError(thrown, 'network').code === 'account-banned' && vault.session?.id === asked.id)
        void endHeld('account-banned')
      throw thrown
    })
    const { session } = vault
    if (session?.id !== asked.id) throw new AuthError('identity-changed')
    const user = readUser(answer, rules)
    if (user === undefined) throw new AuthError('invalid-response')
    if (isAnotherUser(session.user, user, rules)) {
      // the newer tokens of another tab, or of a renewal that came meanwhile, are asked for by themselves
      if (!isSameGrant(asked, session)) throw new AuthError('superseded')
      void endHeld('user-mismatch')
      throw new AuthError('user-mismatch')
    }
    const confirmed = { ...session, user: replaceEqual(session.user, user), userGeneration: asked.generation }
    vault.set(confirmed)
    emit({ type: 'session.confirmed', session: toView(confirmed) })
    return confirmed.user
  }
}
