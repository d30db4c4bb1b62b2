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
import type { GuardName, ParamsOf, RegisteredState } from './register.ts'
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
  return computed(useAnswer((state) => gateOf(auth, state, [guard, ...params.map(toValue)]) === 'open'))
}

/**
 * What `ask` makes of the state: the one on the screen, which may be older than the auth while it hydrates. A change that
 * leaves the last answer as it is touches nothing that depends on it: there may be a thousand of them.
 */
export function useAnswer<T>(ask: (state: RegisteredState) => T): () => T {
  let now: RegisteredState
  let last: T
  const state = useAuthState(
    (next) => (now = next),
    (_, next) => Object.is(ask(next), last),
  )
  return () => (state.value, (last = ask(now)))
}

/** The way is open, not known yet, or closed: then it is the state that says why. Open, it is the number of the user. */
export type Gate = number | 'pending' | RegisteredState

/** Whether the signed-in user may pass. Asked is a guard with its parameters, or nothing: then every user may. */
export function useGate(asked: () => readonly unknown[]): () => Gate {
  const auth = useAnyAuth()
  let known: readonly unknown[] = []
  let owner: unknown
  let owners = 0
  const read = useAnswer((state) => {
    const gate = gateOf(auth, state, known)
    if (gate !== 'open') return gate === 'closed' ? state : gate
    if (state.user !== owner && !(owner && auth.isSameUser(state.user, owner))) owners += 1
    owner = state.user
    return owners
  })
  // props that change render anew by themselves
  return () => ((known = asked()), read())
}

/** An open slot, anew for another user: what one user left in it, the next one is not shown. */
export const toContent = (key: number, nodes: VNode[] = []): VNode => createVNode(Fragment, { key }, nodes)
