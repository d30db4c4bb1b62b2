import type { AuthState } from '@authchart/core'
import { toObserver, type Subscribable } from 'xstate'
import type { AcceptedAuth, AnyAuth } from './register.ts'

/** An auth in the shape of an actor, for `useSelector`. */
export interface AuthStore extends Subscribable<AuthState> {
  readonly auth: AnyAuth
  getSnapshot(): AuthState
  /** What a server rendered, if that is true no longer. */
  readonly getPast: () => AuthState | null
  /** Another number for each user who follows another one, from 1. */
  readonly ownerOf: (state: AuthState) => number
  /** Resolves at the next change. One promise and one listener for all who wait. */
  readonly changed: () => Promise<void>
}

export function toStore(auth: AcceptedAuth): AuthStore {
  let change: Promise<void> | null = null
  let owner: unknown = null
  let owners = 0
  return {
    ownerOf({ user }) {
      if (user === owner || user === null) return owners
      if (!auth.isSameUser(user, owner)) owners += 1
      owner = user
      return owners
    },
    auth: auth as AnyAuth, // inside the binding nothing is known of the user and the guards
    getSnapshot: auth.getState,
    getPast: () => (auth.getState() === auth.getInitialState() ? null : auth.getInitialState()),
    subscribe: (...listeners: Parameters<typeof toObserver<AuthState>>) => {
      const { next } = toObserver(...listeners)
      return { unsubscribe: auth.subscribe((state) => next?.(state)) }
    },
    changed() {
      if (change) return change
      let stop = (): void => {}
      const heard = new Promise<void>((resolve) => (stop = auth.subscribe(() => resolve())))
      change = heard.then(() => {
        change = null
        stop()
      })
      return change
    },
  }
}
