import type { AuthError } from '../errors.ts'

/** Why a session is over. */
export type EndReason =
  /** The server refused to renew it. */
  | 'session-expired'
  /** A renewal was sent, its answer was lost, and the access token has ended since. */
  | 'refresh-indeterminate'
  /** The access token ended and nothing can renew it. */
  | 'access-token-expired'
  /** The server answered for another user. */
  | 'user-mismatch'
  /** The password changed, the account was deleted, or the user ended this very session. */
  | 'credentials-changed'
  | 'account-banned'
  /** The user asked for it here. */
  | 'signed-out'
  /** The user asked for it in another tab. */
  | 'signed-out-elsewhere'

/** What the chart knows of a session. The tokens are in the vault. */
export interface SessionView {
  /** Names this sign-in. Not a secret. */
  readonly id: string
  /** Counts its renewals. Never goes down. */
  readonly generation: number
  /** The sign-in of this tab that began it; null where it was found or taken over. */
  readonly attempt: Attempt | null
  readonly user: unknown
  /** Epoch milliseconds. */
  readonly expiresAt: number
  /** Something can renew it. */
  readonly renewable: boolean
  /** The server said who this is, not only the storage. */
  readonly confirmed: boolean
}

/** A sign-in or sign-up that was asked for. Its credentials wait in the vault under this number. */
export type Attempt = number

/** What a renewal does, one after the other: see `custody/renewal.ts`. */
export type RenewalStep = 'lock' | 'read' | 'probe' | 'mark' | 'send' | 'store' | 'identify'

export interface EndedSession {
  readonly reason: EndReason
  readonly user: unknown
}

export interface AuthContext {
  /** The session that is held. */
  readonly session: SessionView | null
  readonly attempt: Attempt | null
  readonly challenge: { readonly kind: string } | null
  /** The session that is over, until it is dismissed. */
  readonly ended: EndedSession | null
  /** Why the last sign-in failed. */
  readonly error: AuthError | null
  /** Why the last renewal has not come. */
  readonly renewalError: AuthError | null
  /** How many of the guards' age limits the sign-in has passed. */
  readonly ageLimitsPassed: number
  /** When the renewal may be tried again, epoch milliseconds. */
  readonly retryAt: number
  readonly persistence: 'stored' | 'memory'
  readonly input: AuthInput
}

export interface AuthInput {
  readonly persistence: 'stored' | 'memory'
  /** What the server that rendered the page knew: undefined when it said nothing. */
  readonly hint: { readonly user: unknown } | null | undefined
}

type AuthCommand =
  | { readonly type: 'signIn'; readonly attempt: Attempt }
  | { readonly type: 'signUp'; readonly attempt: Attempt }
  | { readonly type: 'answerChallenge' }
  | { readonly type: 'cancel' }
  | { readonly type: 'signOut' }
  | { readonly type: 'refresh' }
  | { readonly type: 'dismiss' }
  /** Never sent: `can` asks the snapshot whether it would be accepted. */
  | { readonly type: 'access'; readonly guard: string; readonly params: readonly unknown[] }

export type AuthFact =
  | { readonly type: 'restore.found'; readonly session: SessionView; readonly spendUnknown: boolean }
  | { readonly type: 'restore.ended'; readonly ended: EndedSession }
  | { readonly type: 'restore.empty' }
  | { readonly type: 'authenticate.granted'; readonly session: SessionView }
  | { readonly type: 'authenticate.challenged'; readonly kind: string }
  | { readonly type: 'authenticate.failed'; readonly error: AuthError }
  | { readonly type: 'challenge.lapsed'; readonly error: AuthError }
  | { readonly type: 'expiry.due' }
  | { readonly type: 'expiry.reached' }
  | { readonly type: 'refresh.deferred'; readonly error: AuthError; readonly retryAt: number }
  | { readonly type: 'refresh.lost'; readonly error: AuthError }
  /** Where a renewal stands. Nothing follows from it: it is for those who look on. */
  | { readonly type: 'refresh.stepped'; readonly step: RenewalStep }
  | { readonly type: 'retry.due' }
  | { readonly type: 'session.renewed'; readonly session: SessionView }
  | { readonly type: 'session.confirmed'; readonly session: SessionView }
  | { readonly type: 'session.invalidated'; readonly session: SessionView }
  | { readonly type: 'session.aged'; readonly ageLimitsPassed: number }
  | { readonly type: 'session.ended'; readonly ended: EndedSession }
  | { readonly type: 'tabs.signedIn'; readonly session: SessionView }
  | { readonly type: 'tabs.signedOut' }
  | { readonly type: 'revoke.settled' }
  | { readonly type: 'storage.lost' }
  | { readonly type: 'storage.back' }

export type AuthEvent = AuthCommand | AuthFact
