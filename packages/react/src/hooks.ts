import { useAllowed } from './gate.ts'
import type { GuardName, ParamsOf, RegisteredState } from './register.ts'
import { useAuthState } from './state.ts'

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
  return useAllowed([guard, ...params]) > 0
}
