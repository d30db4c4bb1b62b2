import { AuthError } from './errors.ts'
import { isGood, isSameOwner, type Session, type SessionRules } from './session/session.ts'
import type { Vault } from './vault.ts'

export interface CurrentSessionOptions {
  readonly vault: Vault
  readonly rules: SessionRules
  /** Waits until it is known if there is a session. */
  readonly settled: () => Promise<Session | null>
  /** Whose the request is, where that is another one than who is held. */
  readonly before?: () => Session | null | undefined
  /** Renews unless that has been done since; joins a renewal under way. Rejects if it cannot be done now. */
  readonly renew: (held: Session) => Promise<void>
}

/** The current session with a good token; null if signed out. Never the session of a user who signed in meanwhile. */
export async function currentSession(options: CurrentSessionOptions): Promise<Session | null> {
  const { vault, rules } = options
  // a page that has just woken up shows what it showed before
  const before = options.before?.() ?? vault.session
  const settled = await options.settled()
  if (before) stillOurs(before, settled, rules)
  if (!settled || isGood(settled, rules.clock)) return settled
  await options.renew(settled)
  return stillOurs(settled, vault.session, rules)
}

/** What one user asked for never happens with the token of another. */
export function stillOurs(before: Session, now: Session | null, rules: SessionRules): Session {
  if (!now || !isSameOwner(before, now, rules)) throw new AuthError(now ? 'identity-changed' : 'not-authenticated')
  return now
}
