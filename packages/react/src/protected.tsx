import type { ReactNode } from 'react'
import { useGate } from './gate.ts'
import type { GuardProps, RegisteredState } from './register.ts'

export type ProtectedProps = {
  /** Shown to whoever may not see the children. As a function it is told the state: signed in means forbidden. */
  readonly fallback?: ReactNode | ((state: RegisteredState) => ReactNode)
  /** Shown until it is known who is signed in and, where there is a guard, until the server confirmed it. */
  readonly pending?: ReactNode
  readonly children?: ReactNode
} & (GuardProps | { readonly guard?: undefined; readonly params?: undefined })

/**
 * Shows its children to whoever is signed in and passes the guard. It shapes the screen; the server decides.
 *
 * @example
 * <Protected guard="isAdmin" pending={<Spinner />} fallback={({ user }) => (user ? <Forbidden /> : <SignIn />)}>
 *   <Settings />
 * </Protected>
 */
export function Protected({ guard, params, fallback, pending, children }: ProtectedProps): ReactNode {
  const gate = useGate(guard, params ?? [])
  if (gate === 'open') return children
  if (gate === 'pending') return pending
  return typeof fallback === 'function' ? fallback(gate) : fallback
}
