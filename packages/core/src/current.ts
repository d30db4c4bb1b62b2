import { AuthError } from './errors.ts'
import { isGood, isSameOwner, type Held, type SessionRules } from './session.ts'
import type { Vault } from './vault.ts'

export interface CurrentSessionOptions {
  readonly vault: Vault
  readonly rules: SessionRules
  /** Waits until it is known if there is a session. */
  readonly settled: () => Promise<Held | null>
  /** Whose the request is, where that is another one than who is held. */
  readonly before?: () => Held | null | undefined
  /** Renews unless that has been done since; joins a renewal under way. Rejects if it cannot be done now. */
  readonly renew: (held: Held) => Promise<void>
}

/** The current session with a good token; null if signed out. Never the session of a user who signed in meanwhile. */
export async function currentSession(options: CurrentSessionOptions): Promise<Held | null> {
  const { vault, rules } = options
  // a page that has just woken up shows what it showed before
  const before = options.before?.() ?? vault.held
  const settled = await options.settled()
  if (before) stillOurs(before, settled, rules)
  if (!settled || isGood(settled, rules.clock)) return settled
  await options.renew(settled)
  return stillOurs(settled, vault.held, rules)
}

/** What one user asked for never happens with the token of another. */
export function stillOurs(before: Held, now: Held | null, rules: SessionRules): Held {
  if (!now || !isSameOwner(before, now, rules)) throw new AuthError(now ? 'identity-changed' : 'not-authenticated')
  return now
}
