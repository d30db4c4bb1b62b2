import type { Auth, AuthState, EndReason } from '@authchart/core'
import type { BkendUser } from '@authchart/core/bkend'
import { createStore, type Store, type WritableStore } from './store.ts'

type State = AuthState<BkendUser>

/** What stands above the sign-in form. It stays while a sign-in is under way, so that the form does not jump. */
export type Entrance =
  | { readonly kind: 'plain' }
  | { readonly kind: 'expired'; readonly reason: EndReason; readonly lastUser: BkendUser | null }
  | { readonly kind: 'signedOut'; readonly reason: EndReason }

/** What the sign-in page shows. `passing`: a user is signed in, or may be, and there is nothing to fill in. */
export type Screen = 'passing' | 'enter' | 'challenge'

export function screenOf(status: State['status']): Screen {
  if (status === 'restoring' || status === 'authenticated' || status === 'refreshing') return 'passing'
  return status === 'challenged' ? 'challenge' : 'enter'
}

/** `email` is what stands in the form: the address of the user whose session is over. */
export function createEntrance(
  auth: Pick<Auth<BkendUser>, 'getState' | 'subscribe'>,
  email: WritableStore<string>,
): Store<Entrance> {
  const plain: Entrance = { kind: 'plain' }
  const entrance = createStore<Entrance>(plain)

  function follow(state: State): void {
    const { kind } = entrance.get()
    switch (state.status) {
      case 'expired':
        if (kind === 'expired') return
        email.set(state.lastUser?.email ?? email.get())
        return entrance.set({ kind: 'expired', reason: state.reason, lastUser: state.lastUser })
      case 'signingOut':
        return entrance.set({ kind: 'signedOut', reason: 'signed-out' })
      case 'signedOut':
        if (kind === 'signedOut' && state.reason === 'signed-out') return
        return entrance.set({ kind: 'signedOut', reason: state.reason })
      case 'authenticating':
      case 'challenged':
        return
      case 'restoring':
      case 'anonymous':
      case 'authenticated':
      case 'refreshing':
        return entrance.set(plain)
    }
  }

  auth.subscribe(follow)
  follow(auth.getState())
  return entrance
}
