import { Fragment, type ReactNode } from 'react'
import { useAllowed } from './gate.ts'
import type { GuardProps } from './register.ts'

export type CanProps = GuardProps & {
  /** Shown where the answer is no. */
  readonly fallback?: ReactNode
  readonly children?: ReactNode
}

/**
 * Shows its children where a guard says yes. Signed out, not confirmed yet, unsure: no. The server decides.
 *
 * @example
 * <Can guard="canEdit" params={[post]} fallback={<ReadOnly />}>
 *   <Editor />
 * </Can>
 */
export function Can({ guard, params, fallback, children }: CanProps): ReactNode {
  const owner = useAllowed([guard, ...(params ?? [])])
  return owner ? <Fragment key={owner}>{children}</Fragment> : fallback
}
