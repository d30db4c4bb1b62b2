import type { AuthError } from '../errors.ts'
import type { Attempt, EndedSession, SessionView } from './types.ts'

/** Transitions that several states share. */

const setAttempt = {
  type: 'setAttempt',
  params: ({ event }: { event: { attempt: Attempt } }) => ({ attempt: event.attempt }),
} as const

export const setError = {
  type: 'setError',
  params: ({ event }: { event: { error: AuthError } }) => ({ error: event.error }),
} as const

export const setSession = {
  type: 'setSession',
  params: ({ event }: { event: { session: SessionView } }) => ({ session: event.session }),
} as const

export const setEnded = {
  type: 'setEnded',
  params: ({ event }: { event: { ended: EndedSession } }) => ({ ended: event.ended }),
} as const

export const holdTokens = {
  type: 'holdTokens',
  params: ({ event }: { event: { session: SessionView } }) => ({ session: event.session }),
} as const

const replaceTokens = {
  type: 'replaceTokens',
  params: ({ event }: { event: { session: SessionView } }) => ({ session: event.session }),
} as const

export const queue = { target: '#auth.attempt.queued', actions: [setAttempt] } as const

export const giveUpQueued = { actions: ['dropAttempt', 'clearAttempt'] } as const

/** From the very beginning, also where one is under way. */
export const begin = { target: '#auth.attempt.authenticating', reenter: true, actions: [setAttempt] } as const

export const stop = { target: '#auth.attempt.idle', actions: ['clearError'] } as const

export const fail = { target: '#auth.attempt.idle', actions: [setError] } as const

export const signOut = {
  target: '#auth.session.signingOut',
  actions: [
    { type: 'endSession', params: { reason: 'signed-out' } },
    { type: 'dropTokens', params: { reason: 'signed-out' } },
    'clearErrors',
  ],
} as const

export const signedOutElsewhere = {
  target: '#auth.session.signedOut',
  actions: [
    { type: 'endSession', params: { reason: 'signed-out-elsewhere' } },
    { type: 'dropTokens', params: { reason: 'signed-out-elsewhere' } },
    'clearErrors',
  ],
} as const

/** A session that another tab began is taken as our own. */
export const takeSession = {
  target: '#auth.session.authenticated',
  actions: [holdTokens, setSession, 'clearEnded', 'clearErrors'],
} as const

/** As takeSession, after a sign-in of our own: the session from before is revoked. */
export const grantSession = {
  target: '#auth.session.authenticated',
  actions: [replaceTokens, setSession, 'clearEnded', 'clearErrors'],
} as const
