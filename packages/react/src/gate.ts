import { isAuthenticated } from '@authchart/core'
import { useAuthState } from './hooks.ts'
import { useStore } from './provider.tsx'
import type { RegisteredState } from './register.ts'

/** The way is open, not known yet, or closed: then it is the state that says why. */
export type Gate = 'open' | 'pending' | RegisteredState

/** Whether whoever is signed in may pass; without a guard, everybody may. */
export function useGate(guard: string | undefined, params: readonly unknown[]): Gate {
  const { auth } = useStore()
  return useAuthState((state): Gate => {
    if (state.status === 'restoring') return 'pending'
    if (!isAuthenticated(state)) return state
    if (guard === undefined || auth.can(guard, ...params)) return 'open'
    return state.confirmed ? state : 'pending'
  })
}
