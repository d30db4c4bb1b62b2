import { useSelector } from '@xstate/react'
import { useStore } from './provider.tsx'
import type { GuardName, ParamsOf, RegisteredState } from './register.ts'

/**
 * What is true now, or what a selector makes of it. Renders anew when that is another value by `Object.is`.
 *
 * @example
 * const status = useAuthState((state) => state.status)
 */
export function useAuthState(): RegisteredState
export function useAuthState<T>(selector: (state: RegisteredState) => T): T
export function useAuthState(selector: (state: RegisteredState) => unknown = (state) => state): unknown {
  // AuthProvider took no auth with states of another user
  return useSelector(useStore(), (state) => selector(state as RegisteredState), Object.is)
}

/**
 * Who is signed in, or null. A renewal of the token does not render anew.
 *
 * @example
 * const user = useUser()
 * return user ? <p>Hello {user.name}</p> : <SignIn />
 */
export function useUser(): RegisteredState['user'] {
  return useAuthState(({ user }) => user)
}

/**
 * Asks a guard about the signed-in user. Renders anew only when the answer changes. The server decides.
 *
 * @example
 * const canEdit = useCan('canEdit', post)
 * return <button disabled={!canEdit}>Edit</button>
 */
export function useCan<K extends GuardName>(guard: K, ...params: ParamsOf<K>): boolean {
  const { auth } = useStore()
  return useAuthState(() => auth.can(guard, ...params))
}
