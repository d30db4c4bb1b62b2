import { gateOf, type AuthState } from '@authchart/core'
import { useSelector } from '@xstate/vue'
import {
  computed,
  createVNode,
  Fragment,
  shallowReadonly,
  toValue,
  type ComputedRef,
  type MaybeRefOrGetter,
  type ShallowRef,
  type VNode,
} from 'vue'
import type { AnyAuth, GuardName, ParamsOf, RegisteredState } from './register.ts'
import { useAnyAuth, useStore } from './store.ts'

type Reactive<TParams extends readonly unknown[]> = { [I in keyof TParams]: MaybeRefOrGetter<TParams[I]> }

/**
 * What is true now, or what a selector makes of it. Changes when that is another value, by `Object.is` or by `compare`.
 *
 * @example
 * const status = useAuthState((state) => state.status)
 */
export function useAuthState<T = RegisteredState>(
  selector: (state: RegisteredState) => T = (state) => state as T, // without a selector T is what it is by default
  compare: (before: T, after: T) => boolean = Object.is,
): Readonly<ShallowRef<T>> {
  // createAuthPlugin took no auth with states of another user
  return shallowReadonly(useSelector(useStore(), selector as (state: AuthState) => T, compare))
}

/**
 * The signed-in user, or null. A renewal of the token does not change it.
 *
 * @example
 * const user = useUser()
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
  const auth = useAnyAuth()
  const state = useAuthState()
  return computed(() => isAllowed(auth, state.value, guard, ...params.map(toValue)))
}

/** What a guard says in this state: the one on the screen, which may be older than the auth while it hydrates. */
export function isAllowed(auth: AnyAuth, state: AuthState, guard: string, ...params: readonly unknown[]): boolean {
  return gateOf(auth, state, [guard, ...params]) === 'open'
}

/** Renders an open slot, anew for another user: what one user left in it, the next one is not shown. */
export function useContent(auth: AnyAuth, state: Readonly<ShallowRef<AuthState>>): (nodes?: VNode[]) => VNode {
  const owner = computed<unknown>((before) => {
    const { user } = state.value
    return user === null || (before && auth.isSameUser(before, user)) ? before : user
  })
  // Vue compares keys by identity, whatever they are
  return (nodes = []) => createVNode(Fragment, { key: owner.value as PropertyKey }, nodes)
}
