import { assign, fromCallback, setup, type NonReducibleUnknown } from 'xstate'
import type { AuthError, AuthErrorCode } from '../errors.ts'
import type { Attempt, AuthContext, AuthEvent, AuthInput, EndedSession, EndReason, SessionView } from './types.ts'

/** An effect watches one outside world and reports facts. It stands idle here: `createAuth` provides the real ones. */
const effect = <TInput extends NonReducibleUnknown = NonReducibleUnknown>() => fromCallback<AuthEvent, TInput>(() => {})

const retryableAnswers: readonly AuthErrorCode[] = [
  'invalid-code',
  'rate-limited',
  'network',
  'offline',
  'timeout',
  'unavailable',
  'invalid-response',
  'unknown',
]

export const authSetup = setup({
  types: {
    context: {} as AuthContext,
    events: {} as AuthEvent,
    input: {} as AuthInput,
  },
  actors: {
    watchTabs: effect(),
    watchSession: effect(),
    restore: effect(),
    authenticate: effect<{ attempt: Attempt }>(),
    watchChallenge: effect(),
    answerChallenge: effect<{ attempt: Attempt }>(),
    watchExpiry: effect(),
    watchAge: effect(),
    confirmUser: effect(),
    refresh: effect(),
    awaitRetry: effect<{ retryAt: number }>(),
    revoke: effect(),
  },
  actions: {
    setAttempt: assign({ attempt: (_, { attempt }: { attempt: Attempt }) => attempt, challenge: null, error: null }),
    setChallenge: assign({ challenge: (_, { kind }: { kind: string }) => ({ kind }) }),
    setSession: assign({ session: (_, { session }: { session: SessionView }) => session }),
    setEnded: assign({ ended: (_, { ended }: { ended: EndedSession }) => ended, session: null, renewalError: null }),
    setDelay: assign({ retryAt: (_, { retryAt }: { retryAt: number }) => retryAt }),
    setError: assign({ error: (_, { error }: { error: AuthError }) => error }),
    setRenewalError: assign({ renewalError: (_, { error }: { error: AuthError }) => error }),
    setAgeLimitsPassed: assign({
      ageLimitsPassed: (_, { ageLimitsPassed }: { ageLimitsPassed: number }) => ageLimitsPassed,
    }),
    setStorageLost: assign({ persistence: 'memory' }),
    setStorageBack: assign({ persistence: 'stored' }),
    endSession: assign({
      ended: ({ context }, { reason }: { reason: EndReason }) => ({ reason, user: context.session?.user ?? null }),
      session: null,
      renewalError: null,
    }),
    clearAttempt: assign({ attempt: null, challenge: null }),
    clearEnded: assign({ ended: null }),
    clearError: assign({ error: null }),
    /** The error of a sign-in under way stays: it is about that. */
    clearErrors: assign({
      renewalError: null,
      error: ({ context }) => (context.attempt === null ? null : context.error),
    }),
    /** Takes the staged tokens of this session into the vault. */
    holdTokens: (_, _params: { session: SessionView }) => {},
    /** As holdTokens, after a sign-in of our own: the session it takes the place of is revoked. */
    replaceTokens: (_, _params: { session: SessionView }) => {},
    /** Empties the vault, and the storage of what was in it. */
    dropTokens: (_, _params: { reason: EndReason }) => {},
    /** Wipes credentials and challenge handle; a grant that comes late is revoked. */
    dropAttempt: () => {},
    /** Removes the note of an ended session from the storage. */
    forgetEnded: () => {},
    /** Nothing: a guard is asked by its event, and an event without a consequence would be refused. */
    allow: () => {},
  },
  guards: {
    isAttempting: ({ context }) => context.attempt !== null,
    isSpendUnknown: (_, { spendUnknown }: { spendUnknown: boolean }) => spendUnknown,
    isRenewable: ({ context }) => context.session?.renewable === true,
    isLastToken: ({ context }) => context.session?.renewable === false,
    isAnswerRetryable: (_, { error }: { error: AuthError }) => retryableAnswers.includes(error.code),
    isAllowed: (_, _params: { guard: string; params: readonly unknown[] }) => false,
  },
})
