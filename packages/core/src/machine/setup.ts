import { assign, fromCallback, setup } from 'xstate'
import type { AuthError, AuthErrorCode } from '../errors.ts'
import { partsOf, type Effect, type Effects } from './parts.ts'
import type { Attempt, AuthContext, AuthEvent, AuthInput, EndedSession, EndReason, SessionView } from './types.ts'

type InputOf<K extends keyof Effects> = Effects[K] extends Effect<infer TInput> ? TInput : never

/** An actor that watches one outside world and reports facts. */
const effect = <K extends keyof Effects>(name: K) =>
  fromCallback<AuthEvent, InputOf<K>>((args) => (partsOf.get(args.system)?.[name] as Effect<InputOf<K>>)?.(args))

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
    watchTabs: effect('watchTabs'),
    watchSession: effect('watchSession'),
    restore: effect('restore'),
    authenticate: effect('authenticate'),
    watchChallenge: effect('watchChallenge'),
    answerChallenge: effect('answerChallenge'),
    watchExpiry: effect('watchExpiry'),
    watchAge: effect('watchAge'),
    confirmUser: effect('confirmUser'),
    refresh: effect('refresh'),
    awaitRetry: effect('awaitRetry'),
    revoke: effect('revoke'),
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
    holdTokens: ({ system }, { session }: { session: SessionView }) => partsOf.get(system)?.holdTokens(session),
    /** As holdTokens, after a sign-in of our own: the session it takes the place of is revoked. */
    replaceTokens: ({ system }, { session }: { session: SessionView }) => partsOf.get(system)?.replaceTokens(session),
    /** Empties the vault, and the storage of what was in it. */
    dropTokens: ({ system }, { reason }: { reason: EndReason }) => partsOf.get(system)?.dropTokens(reason),
    /** Wipes credentials and challenge handle; a grant that comes late is revoked. */
    dropAttempt: ({ context, system }) => partsOf.get(system)?.dropAttempt(context.attempt),
    /** Removes the note of an ended session from the storage. */
    forgetEnded: ({ system }) => partsOf.get(system)?.forgetEnded(),
    /** Nothing: a guard is asked by its event, and an event without a consequence would be refused. */
    allow: () => {},
  },
  guards: {
    isAttempting: ({ context }) => context.attempt !== null,
    isSpendUnknown: (_, { spendUnknown }: { spendUnknown: boolean }) => spendUnknown,
    isRenewable: ({ context }) => context.session?.renewable === true,
    isLastToken: ({ context }) => context.session?.renewable === false,
    isAnswerRetryable: (_, { error }: { error: AuthError }) => retryableAnswers.includes(error.code),
    isAllowed: ({ context }, asked: { guard: string; params: readonly unknown[] }) =>
      partsOf.get(context.input)?.isAllowed({ context }, asked) === true,
  },
})
