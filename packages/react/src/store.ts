import type { AuthState } from '@authchart/core'
import { toObserver, type Subscribable } from 'xstate'
import type { AcceptedAuth, AnyAuth } from './register.ts'

/** An auth in the shape of an actor, for `useSelector`. */
export interface AuthStore extends Subscribable<AuthState> {
  readonly auth: AnyAuth
  getSnapshot(): AuthState
}

export function toStore(auth: AcceptedAuth): AuthStore {
  return {
    auth: auth as AnyAuth, // inside the binding nothing is known of the user and the guards
    getSnapshot: auth.getState,
    subscribe: (...listeners: Parameters<typeof toObserver<AuthState>>) => {
      const { next } = toObserver(...listeners)
      return { unsubscribe: auth.subscribe((state) => next?.(state)) }
    },
  }
}
