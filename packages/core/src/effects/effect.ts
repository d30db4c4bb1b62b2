import { fromCallback, type CallbackLogicFunction, type NonReducibleUnknown } from 'xstate'
import type { AuthEvent, AuthFact } from '../machine/types.ts'

/** An actor that watches one outside world. It can report nothing but the facts of the chart, by their names. */
export const effect = <TInput extends NonReducibleUnknown = NonReducibleUnknown>(
  watch: CallbackLogicFunction<AuthEvent, AuthFact, TInput>,
) => fromCallback<AuthEvent, TInput>(watch)
