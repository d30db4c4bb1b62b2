import type { AuthError } from '../errors.ts'
import type { Attempt, EndedSession, SessionView } from './types.ts'

/** Transitions that several states share. */

const noteAttempt = {
  type: 'noteAttempt',
  params: ({ event }: { event: { attempt: Attempt } }) => ({ attempt: event.attempt }),
} as const

export const noteError = {
  type: 'noteError',
  params: ({ event }: { event: { error: AuthError } }) => ({ error: event.error }),
} as const

export const noteSession = {
  type: 'noteSession',
  params: ({ event }: { event: { session: SessionView } }) => ({ session: event.session }),
} as const

export const noteEnded = {
  type: 'noteEnded',
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

export const queue = { target: '#auth.attempt.queued', actions: [noteAttempt] } as const

export const giveUpQueued = { actions: ['dropAttempt', 'clearAttempt'] } as const

/** From the very beginning, also where one is under way. */
export const begin = { target: '#auth.attempt.authenticating', reenter: true, actions: [noteAttempt] } as const

export const stop = { target: '#auth.attempt.idle', actions: ['clearError'] } as const

export const fail = { target: '#auth.attempt.idle', actions: [noteError] } as const

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
  actions: [holdTokens, noteSession, 'clearEnded', 'clearErrors'],
} as const

/** As takeSession, after a sign-in of our own: the session from before is revoked. */
export const grantSession = {
  target: '#auth.session.authenticated',
  actions: [replaceTokens, noteSession, 'clearEnded', 'clearErrors'],
} as const
