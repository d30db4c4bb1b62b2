import type { CallbackLogicFunction, NonReducibleUnknown } from 'xstate'
import type { Attempt, AuthContext, AuthEvent, AuthFact, EndReason, SessionView } from './types.ts'

/** What watches one outside world. It can report nothing but the facts of the chart, by their names. */
export type Effect<TInput extends NonReducibleUnknown = NonReducibleUnknown> = CallbackLogicFunction<
  AuthEvent,
  AuthFact,
  TInput
>

export interface Effects {
  readonly watchTabs: Effect
  readonly watchSession: Effect
  readonly restore: Effect
  readonly authenticate: Effect<{ attempt: Attempt }>
  readonly watchChallenge: Effect
  readonly answerChallenge: Effect<{ attempt: Attempt }>
  readonly watchExpiry: Effect
  readonly watchAge: Effect
  readonly confirmUser: Effect
  readonly refresh: Effect
  readonly awaitRetry: Effect<{ retryAt: number }>
  readonly revoke: Effect
}

/** What the chart does for one auth. */
export interface Parts extends Effects {
  readonly holdTokens: (session: SessionView) => void
  readonly replaceTokens: (session: SessionView) => void
  readonly dropTokens: (reason: EndReason) => void
  readonly dropAttempt: (attempt: Attempt | null) => void
  readonly forgetEnded: () => unknown
  readonly isAllowed: (args: { context: AuthContext }, asked: { guard: string; params: readonly unknown[] }) => boolean
}

/**
 * All auths share one chart, whose states take more memory than all the rest of an auth. Effects and actions find the parts of
 * theirs by the system of its actor, guards by the input in its context. Where there are none, the chart stands idle.
 */
export const partsOf: WeakMap<object, Parts> = new WeakMap()
