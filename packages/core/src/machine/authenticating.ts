import { authSetup } from './setup.ts'
import { begin, fail, setError, stop } from './transitions.ts'
import type { AuthContext } from './types.ts'

const currentAttempt = ({ context }: { context: AuthContext }) => ({ attempt: context.attempt ?? 0 })

const setChallenge = {
  type: 'setChallenge',
  params: ({ event }: { event: { kind: string } }) => ({ kind: event.kind }),
} as const

/** A sign-in or sign-up by any method. */
export const authenticating = authSetup.createStateConfig({
  initial: 'submitting',
  exit: ['dropAttempt', 'clearAttempt'],
  on: {
    signIn: begin,
    signUp: begin,
    cancel: stop,
    signOut: stop,
    'authenticate.granted': stop,
    'authenticate.failed': fail,
  },
  states: {
    submitting: {
      invoke: { id: 'authenticate', src: 'authenticate', input: currentAttempt },
      on: {
        'authenticate.challenged': { target: 'challenged', actions: [setChallenge] },
      },
    },
    challenged: {
      invoke: { id: 'watchChallenge', src: 'watchChallenge' },
      initial: 'awaitingCode',
      on: {
        'challenge.lapsed': fail,
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
            'authenticate.challenged': { target: 'awaitingCode', actions: [setChallenge] },
            'authenticate.failed': {
              guard: { type: 'isAnswerRetryable', params: ({ event }) => ({ error: event.error }) },
              target: 'awaitingCode',
              actions: [setError],
            },
          },
        },
      },
    },
  },
})
