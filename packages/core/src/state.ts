import type { SnapshotFrom } from 'xstate'
import type { AuthMachine } from './machine/machine.ts'
import type { AuthState, Renewal } from './types.ts'

export type AuthSnapshot = SnapshotFrom<AuthMachine>

/** What an app sees of a snapshot: the only place that knows both. */
export function toState(snapshot: AuthSnapshot): AuthState {
  const { context } = snapshot
  const { persistence, session, ended, error } = context
  const nobody = { persistence, user: null } as const

  if (snapshot.matches('restoring')) {
    if (context.hint === undefined) return { ...nobody, status: 'restoring', error: null }
    if (context.hint === null) return { ...nobody, status: 'anonymous', error: null }
    return {
      status: 'authenticated',
      persistence,
      user: context.hint.user,
      error: null,
      renewal: 'idle',
      confirmed: false,
    }
  }
  if (snapshot.matches('authenticated') && session) {
    const renewal = renewalOf(snapshot)
    const status = renewal === 'refreshing' ? 'refreshing' : 'authenticated'
    return { status, persistence, user: session.user, error, renewal, confirmed: session.confirmed }
  }
  if (snapshot.matches({ authenticating: 'challenged' })) {
    const verifying = snapshot.matches({ authenticating: { challenged: 'verifyingCode' } })
    return { ...nobody, status: 'challenged', error, challenge: { kind: context.challenge?.kind ?? '', verifying } }
  }
  if (snapshot.matches('authenticating')) return { ...nobody, status: 'authenticating', error: null }
  if (snapshot.matches('expired')) {
    return {
      ...nobody,
      status: 'expired',
      error,
      reason: ended?.reason ?? 'session-expired',
      lastUser: ended?.user ?? null,
    }
  }
  if (snapshot.matches('signingOut')) return { ...nobody, status: 'signingOut', error: null }
  if (snapshot.matches('signedOut')) {
    return { ...nobody, status: 'signedOut', error: null, reason: ended?.reason ?? 'signed-out' }
  }
  return { ...nobody, status: 'anonymous', error }
}

function renewalOf(snapshot: AuthSnapshot): Renewal {
  if (snapshot.matches({ authenticated: 'refreshing' })) return 'refreshing'
  if (snapshot.matches({ authenticated: 'waiting' })) return 'waiting'
  if (snapshot.matches({ authenticated: 'indeterminate' })) return 'indeterminate'
  return 'idle'
}

/** `next`, or `previous` where an app could not tell them apart. */
export function keepEqual<T extends object>(previous: T, next: T): T {
  const keys = Object.keys(next) as (keyof T)[]
  const isEqual = keys.length === Object.keys(previous).length && keys.every((key) => isSame(previous[key], next[key]))
  return isEqual ? previous : next
}

function isSame(before: unknown, after: unknown): boolean {
  const isPlain = typeof after === 'object' && after !== null && Object.getPrototypeOf(after) === Object.prototype
  return Object.is(before, after) || (isPlain && 'kind' in after && JSON.stringify(before) === JSON.stringify(after))
}
