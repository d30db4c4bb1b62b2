import { isAuthenticated, type AuthState } from '@authchart/core'
import { useStore } from './provider.tsx'
import type { AnyAuth, RegisteredState } from './register.ts'
import { useAuthState } from './state.ts'

/** The way is open, not known yet, or closed: then it is the state that says why. */
export type Gate = 'open' | 'pending' | RegisteredState

/** Whether whoever is signed in may pass; without a guard, everybody may. */
export function useGate(guard: string | undefined, params: readonly unknown[]): Gate {
  const { auth } = useStore()
  return useAuthState((state): Gate => {
    if (state.status === 'restoring') return 'pending'
    if (!isAuthenticated(state)) return state
    if (guard === undefined || isAllowed(auth, state, guard, params)) return 'open'
    return state.confirmed ? state : 'pending'
  })
}

/** What a guard says. */
export function useAllowed(guard: string, params: readonly unknown[]): boolean {
  const { auth } = useStore()
  return useAuthState((state) => isAllowed(auth, state, guard, params))
}

/** Before the server said who this is, guards are closed: so they were when the page was rendered on a server. */
function isAllowed(auth: AnyAuth, state: AuthState, guard: string, params: readonly unknown[]): boolean {
  return isAuthenticated(state) && state.confirmed && auth.can(guard, ...params)
}
