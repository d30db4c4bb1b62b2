import { Fragment, type ReactNode } from 'react'
import { useGate } from './gate.ts'
import type { GuardProps, RegisteredState } from './register.ts'

export type ProtectedProps = {
  /** Shown to those who may not see the children. As a function it is told the state: signed in means forbidden. */
  readonly fallback?: ReactNode | ((state: RegisteredState) => ReactNode)
  /** Shown until it is known who is signed in and, where there is a guard, until the server confirmed it. */
  readonly pending?: ReactNode
  readonly children?: ReactNode
} & (GuardProps | { readonly guard?: never; readonly params?: never })

/**
 * Shows its children to a signed-in user who passes the guard. It shapes the screen; the server decides. A guard that is
 * given as `undefined` is closed: leave it out to ask for no more than a user.
 *
 * @example
 * <Protected guard="isAdmin" pending={<Spinner />} fallback={({ user }) => (user ? <Forbidden /> : <SignIn />)}>
 *   <Settings />
 * </Protected>
 */
export function Protected(props: ProtectedProps): ReactNode {
  const { guard, params, fallback, pending, children } = props
  const gate = useGate('guard' in props ? [guard, ...(params ?? [])] : [])
  // anew for another user: what one user left in it, the next one is not shown
  if (typeof gate === 'number') return <Fragment key={gate}>{children}</Fragment>
  if (gate === 'pending') return pending
  return typeof fallback === 'function' ? fallback(gate) : fallback
}
