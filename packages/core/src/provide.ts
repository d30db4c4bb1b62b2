import { answerChallenge, authenticate } from './effects/authenticate.ts'
import { watchChallenge } from './effects/challenge.ts'
import { watchAge, watchExpiry, type AgeLimits } from './effects/expiry.ts'
import { awaitRetry, refresh } from './effects/refresh.ts'
import { restore } from './effects/restore.ts'
import { revoke, watchSession, watchTabs } from './effects/tabs.ts'
import { confirmUser } from './effects/user.ts'
import type { Parts } from './machine/parts.ts'
import type { Wired } from './wire.ts'

/** What the chart does for one auth: the real effects, and what its actions ask of custody. */
export function partsFor(wired: Wired, limits: AgeLimits, isAllowed: Parts['isAllowed']): Parts {
  const { vault, handover, signOut, persistence } = wired
  return {
    watchTabs: watchTabs(wired),
    watchSession: watchSession(wired),
    restore: restore(wired),
    authenticate: authenticate(wired),
    watchChallenge: watchChallenge(wired),
    answerChallenge: answerChallenge(wired),
    watchExpiry: watchExpiry(wired),
    watchAge: watchAge(wired, limits),
    confirmUser: confirmUser(wired),
    refresh: refresh(wired),
    awaitRetry: awaitRetry(wired),
    revoke: revoke(signOut),
    holdTokens: handover.hold,
    replaceTokens: handover.replace,
    dropTokens: signOut.drop,
    dropAttempt: vault.credentials.forget,
    forgetEnded: persistence.forgetEnded,
    isAllowed,
  }
}
