import type { AuthContext } from './machine/types.ts'
import type { AuthState, Guard, Guards } from './types.ts'

/** Somebody is signed in: the one question an app asks most. `refreshing` is signed in. */
export function isAuthenticated<TUser>(
  state: AuthState<TUser>,
): state is Extract<AuthState<TUser>, { status: 'authenticated' | 'refreshing' }> {
  return state.status === 'authenticated' || state.status === 'refreshing'
}

/**
 * A guard that lets in whoever has one of these roles, by the user's `role` or `roles`.
 *
 * @example
 * createAuth({ client, guards: { isEditor: hasRole('admin', 'editor') } })
 */
export function hasRole(...roles: readonly string[]): Guard<unknown, []> {
  return ({ user }) => {
    if (typeof user !== 'object' || user === null) return false
    const { role, roles: many } = user as { role?: unknown; roles?: unknown }
    const own: unknown[] = Array.isArray(many) ? [role, ...(many as unknown[])] : [role]
    return own.some((name) => typeof name === 'string' && roles.includes(name))
  }
}

/** The chart's `isAllowed` for the guards an app named. Closed when anything is not as it should be. */
export function isAllowedBy(guards: Guards<never>) {
  return ({ context }: { context: AuthContext }, asked: { guard: string; params: readonly unknown[] }): boolean => {
    const { session } = context
    if (!session?.confirmed || !Object.hasOwn(guards, asked.guard)) return false
    const guard = guards[asked.guard] as (args: { user: unknown }, ...params: readonly unknown[]) => unknown
    try {
      const answer = guard({ user: session.user }, ...asked.params)
      // a promise is no answer; what becomes of it is nobody's business
      if (typeof answer === 'object') void Promise.resolve(answer).catch(() => {})
      return answer === true
    } catch {
      return false
    }
  }
}
