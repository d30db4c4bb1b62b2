import { isAuthenticated, type AuthState } from '@authchart/core'
import { useStore } from './provider.tsx'
import type { AnyAuth, RegisteredState } from './register.ts'
import { useAuthState } from './state.ts'

/** The way is open, not known yet, or closed: then it is the state that says why. Open, it is the number of the user. */
export type Gate = number | 'pending' | RegisteredState

/** Whether the signed-in user may pass. Asked is a guard with its parameters, or nothing: then every user may. */
export function useGate(asked: readonly unknown[]): Gate {
  const { auth, ownerOf } = useStore()
  return useAuthState((state): Gate => {
    if (state.status === 'restoring') return 'pending'
    if (!isAuthenticated(state)) return state
    if (asked.length === 0 || isAllowed(auth, state, asked)) return ownerOf(state)
    return state.confirmed ? state : 'pending'
  })
}

/** The number of the user for whom a guard says yes; 0 for no. */
export function useAllowed(asked: readonly unknown[]): number {
  const { auth, ownerOf } = useStore()
  return useAuthState((state) => (isAllowed(auth, state, asked) ? ownerOf(state) : 0))
}

/** Before the server said who this is, guards are closed: so they were when the page was rendered on a server. */
function isAllowed(auth: AnyAuth, state: AuthState, asked: readonly unknown[]): boolean {
  return isAuthenticated(state) && state.confirmed && auth.can(...(asked as [string])) // what is no guard is closed
}
