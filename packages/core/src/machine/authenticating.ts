import { authSetup } from './setup.ts'
import {
  askGuard,
  beginAttempt,
  fallBack,
  fallBackWithError,
  holdTokens,
  noteAge,
  noteEnded,
  noteError,
  noteSession,
  signOut,
} from './transitions.ts'
import type { AuthContext } from './types.ts'

const currentAttempt = ({ context }: { context: AuthContext }) => ({ attempt: context.attempt ?? 0 })

/** A sign-in or sign-up by any method. The session it would replace stays held until it is granted. */
export const authenticating = authSetup.createStateConfig({
  invoke: { id: 'watchAge', src: 'watchAge' },
  initial: 'submitting',
  exit: ['dropAttempt', 'clearAttempt'],
  on: {
    signIn: beginAttempt,
    signUp: beginAttempt,
    cancel: fallBack,
    signOut: signOut,
    'authenticate.granted': {
      target: '#auth.authenticated',
      actions: [
        { type: 'replaceTokens', params: ({ event }) => ({ session: event.session }) },
        noteSession,
        'clearEnded',
        'clearError',
      ],
    },
    'authenticate.failed': fallBackWithError,
    access: askGuard,
    'session.renewed': { actions: [noteSession] },
    'session.aged': noteAge,
    'session.ended': { actions: [noteEnded] },
    'tabs.signedIn': { actions: [holdTokens, noteSession, 'clearEnded'] },
    'tabs.signedOut': {
      actions: [{ type: 'dropTokens', params: { reason: 'signed-out-elsewhere' } }, 'clearSession'],
    },
  },
  states: {
    submitting: {
      invoke: { id: 'authenticate', src: 'authenticate', input: currentAttempt },
      on: {
        'authenticate.challenged': {
          target: 'challenged',
          actions: [{ type: 'noteChallenge', params: ({ event }) => ({ kind: event.kind }) }],
        },
      },
    },
    challenged: {
      invoke: { id: 'watchChallenge', src: 'watchChallenge' },
      initial: 'awaitingCode',
      on: {
        'challenge.lapsed': fallBackWithError,
      },
      states: {
        awaitingCode: {
          on: {
            answerChallenge: { target: 'verifyingCode', actions: ['clearError'] },
          },
        },
        verifyingCode: {
          invoke: { id: 'answerChallenge', src: 'answerChallenge', input: currentAttempt },
          on: {
            // one more factor
            'authenticate.challenged': {
              target: 'awaitingCode',
              actions: [{ type: 'noteChallenge', params: ({ event }) => ({ kind: event.kind }) }],
            },
            'authenticate.failed': {
              guard: { type: 'isAnswerRetryable', params: ({ event }) => ({ error: event.error }) },
              target: 'awaitingCode',
              actions: [noteError],
            },
          },
        },
      },
    },
  },
})
