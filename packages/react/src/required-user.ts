import { AuthError } from '@authchart/core'
import { useSyncExternalStore } from 'react'
import { useGate } from './gate.ts'
import { useUser } from './hooks.ts'
import { useStore } from './provider.tsx'
import type { GuardName, ParamsOf, RegisteredState, RegisteredUser } from './register.ts'
import { never, nothing } from './state.ts'

/**
 * The signed-in user who passes the guard. Suspends until that is known; throws `'not-authenticated'`,
 * `'session-expired'` or `'forbidden'` to the error boundary, also later on. On a server that does not know the user
 * the nearest Suspense boundary sends its fallback, and the browser goes on.
 *
 * @example
 * const { name } = useRequiredUser('isAdmin')
 */
export function useRequiredUser(): RegisteredUser
export function useRequiredUser<K extends GuardName>(guard: K, ...params: ParamsOf<K>): RegisteredUser
export function useRequiredUser(...asked: readonly unknown[]): RegisteredUser {
  const store = useStore()
  const gate = useGate(asked)
  const user = useUser()
  // asked on a server and while hydrating only: there no component waits, and no work begins
  useSyncExternalStore(never, nothing, () => (gate === 'pending' ? failOnServer() : null))
  if (gate === 'pending') throw store.changed()
  if (typeof gate !== 'number') throw new AuthError(codeOf(gate))
  return user as RegisteredUser // the gate is open
}

function codeOf({ status, user }: RegisteredState): 'forbidden' | 'session-expired' | 'not-authenticated' {
  if (user !== null) return 'forbidden'
  return status === 'expired' ? 'session-expired' : 'not-authenticated'
}

function failOnServer(): never {
  throw new Error('It is not known here who is signed in. A <Suspense> around it lets the browser go on from there.')
}
