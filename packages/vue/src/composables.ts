import { isAuthenticated } from '@authchart/core'
import { useSelector } from '@xstate/vue'
import { computed, shallowReadonly, toValue, type ComputedRef, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import { useStore } from './plugin.ts'
import type { GuardName, ParamsOf, RegisteredState } from './register.ts'

type Reactive<TParams extends readonly unknown[]> = { [I in keyof TParams]: MaybeRefOrGetter<TParams[I]> }

/**
 * What is true now, or what a selector makes of it. Changes when that is another value by `Object.is`.
 *
 * @example
 * const status = useAuthState((state) => state.status)
 */
export function useAuthState(): Readonly<ShallowRef<RegisteredState>>
export function useAuthState<T>(selector: (state: RegisteredState) => T): Readonly<ShallowRef<T>>
export function useAuthState(
  selector: (state: RegisteredState) => unknown = (state) => state,
): Readonly<ShallowRef<unknown>> {
  // createAuthPlugin took no auth with states of another user
  return shallowReadonly(useSelector(useStore(), (state) => selector(state as RegisteredState), Object.is))
}

/**
 * Who is signed in, or null. A renewal of the token does not change it.
 *
 * @example
 * const user = useUser()
 * const greeting = computed(() => `Hello ${user.value?.name ?? 'stranger'}`)
 */
export function useUser(): Readonly<ShallowRef<RegisteredState['user']>> {
  return useAuthState(({ user }) => user)
}

/**
 * Asks a guard about the signed-in user, again when a parameter that is a ref or getter changes. The server decides.
 *
 * @example
 * const canEdit = useCan('canEdit', () => props.post)
 */
export function useCan<K extends GuardName>(guard: K, ...params: Reactive<ParamsOf<K>>): ComputedRef<boolean> {
  return useAllowed(
    () => guard,
    () => params.map((param) => toValue(param)),
  )
}

/** A computed, because a selector is asked when the state changes, and parameters change on their own. */
export function useAllowed(guard: () => string, params: () => readonly unknown[]): ComputedRef<boolean> {
  const { auth } = useStore()
  const state = useAuthState()
  return computed(() => isAuthenticated(state.value) && auth.can(guard(), ...params()))
}
