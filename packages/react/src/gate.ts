import { gateOf } from '@authchart/core'
import { useStore } from './provider.tsx'
import type { RegisteredState } from './register.ts'
import { useAuthState } from './state.ts'

/** The way is open, not known yet, or closed: then it is the state that says why. Open, it is the number of the user. */
export type Gate = number | 'pending' | RegisteredState

/** Whether the signed-in user may pass. Asked is a guard with its parameters, or nothing: then every user may. */
export function useGate(asked: readonly unknown[]): Gate {
  const { auth, ownerOf } = useStore()
  return useAuthState((state): Gate => {
    const gate = gateOf(auth, state, asked)
    if (gate === 'open') return ownerOf(state)
    return gate === 'pending' ? gate : state
  })
}

/** The number of the user for whom a guard says yes; 0 for no. */
export function useAllowed(asked: readonly unknown[]): number {
  const { auth, ownerOf } = useStore()
  return useAuthState((state) => (gateOf(auth, state, asked) === 'open' ? ownerOf(state) : 0))
}
