import { isAuthenticated } from '@authchart/core'
import { computed, type ComputedRef } from 'vue'
import { isAllowed, useAuthState } from './composables.ts'
import type { RegisteredState } from './register.ts'
import { useAnyAuth } from './store.ts'

/** The way is open, not known yet, or closed: then it is the state that says why. */
export type Gate = 'open' | 'pending' | RegisteredState

/** Whether whoever is signed in may pass; without a guard, everybody may. */
export function useGate(guard: () => string | undefined, params: () => readonly unknown[]): ComputedRef<Gate> {
  const auth = useAnyAuth()
  const state = useAuthState()
  return computed(() => {
    const [now, name] = [state.value, guard()]
    if (now.status === 'restoring') return 'pending'
    if (!isAuthenticated(now)) return now
    if (name === undefined || isAllowed(auth, now, name, ...params())) return 'open'
    return now.confirmed ? now : 'pending'
  })
}
