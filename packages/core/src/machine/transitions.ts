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

/** The sign-in has passed one more of the guards' age limits, or is a new one. */
export const noteAge = {
  actions: [
    {
      type: 'noteAge',
      params: ({ event }: { event: { outgrown: number } }) => ({ outgrown: event.outgrown }),
    },
  ],
} as const

/** Asks a guard about the current user. */
export const askGuard = {
  guard: {
    type: 'isAllowed',
    params: ({ event }: { event: { guard: string; params: readonly unknown[] } }) => ({
      guard: event.guard,
      params: event.params,
    }),
  },
  actions: ['allow'],
} as const

export const queueAttempt = { actions: [noteAttempt] } as const

export const beginAttempt = { target: '#auth.authenticating', reenter: true, actions: [noteAttempt] } as const

export const signOut = {
  target: '#auth.signingOut',
  actions: [
    { type: 'endSession', params: { reason: 'signed-out' } },
    { type: 'dropTokens', params: { reason: 'signed-out' } },
    'clearError',
  ],
} as const

export const signedOutElsewhere = {
  target: '#auth.signedOut',
  actions: [
    { type: 'endSession', params: { reason: 'signed-out-elsewhere' } },
    { type: 'dropTokens', params: { reason: 'signed-out-elsewhere' } },
    'clearError',
  ],
} as const

/** A session that another tab began, or that was found in the storage, is taken as our own. */
export const takeSession = {
  target: '#auth.authenticated',
  reenter: true,
  actions: [holdTokens, noteSession, 'clearEnded', 'clearError'],
} as const

/** A sign-in that came to nothing leaves everything as it was before it. */
export const fallBack = [
  { guard: 'isSessionHeld', target: '#auth.authenticated', actions: ['clearError'] },
  { guard: 'isSessionEnded', target: '#auth.expired', actions: ['clearError'] },
  { target: '#auth.anonymous', actions: ['clearError'] },
] as const

/** As fallBack, and says why. */
export const fallBackWithError = [
  { guard: 'isSessionHeld', target: '#auth.authenticated', actions: [noteError] },
  { guard: 'isSessionEnded', target: '#auth.expired', actions: [noteError] },
  { target: '#auth.anonymous', actions: [noteError] },
] as const
