import type { SnapshotFrom } from 'xstate'
import type { AuthMachine } from './machine/machine.ts'
import type { AuthState, AuthStatus, Renewal } from './types.ts'

/** What others see of a snapshot. The only place that knows both the chart's states and the public words for them. */

export type AuthSnapshot = SnapshotFrom<AuthMachine>

/** What an app sees of a snapshot. */
export function toState(snapshot: AuthSnapshot): AuthState {
  const { persistence, session, ended, error, renewalError, challenge } = snapshot.context
  const { hint } = snapshot.context.input
  const nobody = { persistence, user: null } as const
  const signedIn = { persistence, user: session?.user ?? null, confirmed: session?.confirmed === true } as const
  const status = statusOf(snapshot)
  switch (status) {
    case 'restoring':
      if (hint === undefined) return { ...nobody, status, error: null }
      if (hint === null) return { ...nobody, status: 'anonymous', error: null }
      return { status: 'authenticated', persistence, user: hint.user, error: null, renewal: 'idle', confirmed: false }
    case 'anonymous':
      return { ...nobody, status, error }
    case 'signingOut':
      return { ...nobody, status, error: null }
    case 'authenticating':
      return { ...signedIn, status, error: null }
    case 'challenged':
      return {
        ...signedIn,
        status,
        error,
        challenge: { kind: challenge?.kind ?? '', verifying: isVerifying(snapshot) },
      }
    case 'authenticated':
    case 'refreshing':
      // a session is held in these states: the chart's invariant
      return { ...signedIn, status, error: error ?? renewalError, renewal: renewalOf(snapshot) }
    case 'expired':
      return { ...nobody, status, error, reason: ended?.reason ?? 'session-expired', lastUser: ended?.user ?? null }
    case 'signedOut':
      return { ...nobody, status, error, reason: ended?.reason ?? 'signed-out' }
  }
}

export function statusOf({ value }: AuthSnapshot): AuthStatus {
  const { session, attempt } = value
  if (typeof attempt === 'object') return attempt.authenticating === 'submitting' ? 'authenticating' : 'challenged'
  if (typeof session === 'string') return session
  return session.authenticated === 'refreshing' ? 'refreshing' : 'authenticated'
}

/** How the renewal stands, while a user is signed in. */
export function renewalOf({ value: { session } }: AuthSnapshot): Renewal {
  const child = typeof session === 'object' ? session.authenticated : 'fresh'
  return child === 'fresh' ? 'idle' : child
}

/** A code was given and is being looked at. */
export function isVerifying(snapshot: AuthSnapshot): boolean {
  return snapshot.matches({ attempt: { authenticating: { challenged: 'verifyingCode' } } })
}

/** It is not known yet whether a user is signed in. */
export function isRestoring(snapshot: AuthSnapshot): boolean {
  return snapshot.matches({ session: 'restoring' })
}

/** The session ended, and no user has dismissed that; also while a user signs in again. */
export function isExpired(snapshot: AuthSnapshot): boolean {
  return snapshot.matches({ session: 'expired' })
}

/** A sign-out is under way; also while a user signs in again. */
export function isSigningOut(snapshot: AuthSnapshot): boolean {
  return snapshot.matches({ session: 'signingOut' })
}

/** A user is signed in: `refreshing` counts, and so does a sign-in that would switch the user. */
export function isSignedIn(snapshot: AuthSnapshot): boolean {
  return snapshot.matches({ session: 'authenticated' })
}

/** `next`, or `previous` where an app could not tell them apart. */
export function keepEqual<T extends object>(previous: T, next: T): T {
  const keys = Object.keys(next) as (keyof T)[]
  const isEqual = keys.length === Object.keys(previous).length && keys.every((key) => isSame(previous[key], next[key]))
  return isEqual ? previous : next
}

/** A challenge is made anew for each state; everything else is kept as long as it is the same. */
function isSame(before: unknown, after: unknown): boolean {
  if (Object.is(before, after)) return true
  const isChallenge = typeof after === 'object' && after !== null && 'verifying' in after
  return isChallenge && JSON.stringify(before) === JSON.stringify(after)
}
