import { useSelector } from '@xstate/react'
import { useSyncExternalStore } from 'react'
import { useWhileHidden } from './hidden.ts'
import { useStore } from './provider.tsx'
import type { RegisteredState } from './register.ts'

/**
 * What is true now, or what a selector makes of it. Renders anew when that is another value by `Object.is`, or by the
 * comparison given.
 *
 * @example
 * const status = useAuthState((state) => state.status)
 */
export function useAuthState(): RegisteredState
export function useAuthState<T>(selector: (state: RegisteredState) => T, compare?: (before: T, after: T) => boolean): T
export function useAuthState(selector = itself, compare = Object.is): unknown {
  const store = useStore()
  const select = (state: unknown) => selector(state as RegisteredState) // AuthProvider took no auth of other users
  // useSelector takes what is true now for what the server rendered. Where a part of the page hydrates after the
  // session moved on, this gives it the first state instead, and renders it anew once it is hydrated; elsewhere nothing
  const past = useSyncExternalStore(never, nothing, store.getPast)
  const selected = useSelector(store, select, compare)
  useWhileHidden(store)
  return past ? select(past) : selected
}

export const never = () => () => {}
export const nothing = () => null
const itself = (state: RegisteredState): unknown => state
