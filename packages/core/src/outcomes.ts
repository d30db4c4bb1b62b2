import { AuthError } from './errors.ts'
import type { Attempt, SessionView } from './machine/types.ts'
import { isAnotherUser, type SessionRules } from './session/session.ts'
import { isExpired, isRestoring, isSignedIn, isVerifying, renewalOf, statusOf, type AuthSnapshot } from './state.ts'

/**
 * What a command that waits makes of a snapshot: an answer, an error, or undefined to wait on. Settled by what is true,
 * not by who reported it, so that no promise can be forgotten.
 */
type Settled<T> = { readonly value: T } | { readonly error: AuthError } | undefined
export type Decide<T> = (snapshot: AuthSnapshot) => Settled<T>

/** How a sign-in stands: by the session it began, by the error it left, or by a later one. */
export const attemptOutcome =
  (attempt: Attempt): Decide<unknown> =>
  (snapshot) => {
    const { session, attempt: current, error } = snapshot.context
    if (session?.attempt === attempt && isSignedIn(snapshot)) return { value: session.user }
    if (current === attempt) {
      const isAsked = statusOf(snapshot) === 'challenged' && !isVerifying(snapshot)
      return isAsked ? { error: error ?? new AuthError('challenge-required') } : undefined
    }
    return { error: current === null ? (error ?? new AuthError('cancelled')) : new AuthError('superseded') }
  }

/** A renewal has come when the session is another generation of itself; or why it will not come. */
export const renewalOutcome =
  (before: Pick<SessionView, 'id' | 'generation' | 'user'>, rules: Pick<SessionRules, 'userId'>): Decide<void> =>
  (snapshot) => {
    const { session, renewalError } = snapshot.context
    if (session && session.id !== before.id) {
      // the same user, who signed in once more, has a new token, too
      const isOther = isAnotherUser(before.user, session.user, rules)
      return isOther ? { error: new AuthError('identity-changed') } : { value: undefined }
    }
    if (session && session.generation > before.generation) return { value: undefined }
    if (isRestoring(snapshot)) return undefined
    if (!isSignedIn(snapshot)) return notSignedIn(snapshot)
    const renewal = renewalOf(snapshot)
    if (renewal === 'refreshing') return undefined
    if (renewal === 'indeterminate') return { error: new AuthError('refresh-indeterminate') }
    return { error: renewalError ?? new AuthError('not-supported') }
  }

/** Whether a user is signed in, as soon as that is known. A sign-in under way changes nothing. */
export const settledOutcome: Decide<boolean> = (snapshot) => {
  if (isRestoring(snapshot)) return undefined
  if (isExpired(snapshot)) return { error: new AuthError('session-expired') }
  return { value: isSignedIn(snapshot) }
}

/**
 * The user, when it is known who that is and, where `isAllowed` asks a guard, that the server says so. A sign-in under way
 * is not waited for: it may take minutes to answer a challenge, and until then the current user stays signed in.
 */
export const userOutcome =
  (isAllowed: ((snapshot: AuthSnapshot) => boolean) | null, confirm: () => boolean): Decide<unknown> =>
  (snapshot) => {
    if (isRestoring(snapshot)) return undefined
    const { session } = snapshot.context
    if (!session) return notSignedIn(snapshot)
    if (isAllowed === null) return { value: session.user }
    if (!session.confirmed && (confirm() || renewalOf(snapshot) === 'refreshing')) return undefined
    return isAllowed(snapshot) ? { value: session.user } : { error: new AuthError('forbidden') }
  }

function notSignedIn(snapshot: AuthSnapshot): { readonly error: AuthError } {
  return { error: new AuthError(isExpired(snapshot) ? 'session-expired' : 'not-authenticated') }
}
