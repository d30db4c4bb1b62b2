import type { AuthContext } from './machine/types.ts'
import type { AuthState, GuardArgs, Guards } from './types.ts'

/**
 * Somebody is signed in: the one question an app asks most. `refreshing` is signed in, and so is whoever is signed in
 * while another sign-in, or his own once more, is under way.
 */
export function isAuthenticated<TUser>(state: AuthState<TUser>): state is SignedIn<AuthState<TUser>> {
  return state.user !== null
}

/** A state with its user. */
type SignedIn<TState> = TState extends { readonly user: infer TUser; readonly confirmed: boolean }
  ? TState & { readonly user: NonNullable<TUser> }
  : never

/**
 * A guard that lets in whoever has one of these roles, by the user's `role` or `roles`.
 *
 * @example
 * createAuth({ client, guards: { isEditor: hasRole('admin', 'editor') } })
 */
export function hasRole<const TRole extends string>(...roles: readonly TRole[]): RoleGuard<TRole> {
  const isAllowed = ({ user }: Pick<GuardArgs<unknown>, 'user'>): boolean => {
    if (typeof user !== 'object' || user === null) return false
    const { role, roles: many } = user as { role?: unknown; roles?: unknown }
    const own: unknown[] = Array.isArray(many) ? [role, ...(many as unknown[])] : [role]
    return own.some((name) => (roles as readonly unknown[]).includes(name))
  }
  return Object.assign(isAllowed, { roles })
}

export interface RoleGuard<TRole extends string> {
  (args: Pick<GuardArgs<unknown>, 'user'>): boolean
  readonly roles: readonly TRole[]
}

/**
 * A guard for what needs more than a session: it lets in whoever gave credentials within the last so many milliseconds,
 * and closes by itself when they are over (step-up; compare `max_age` of OpenID Connect Core §3.1.2.1). The server has to
 * ask for the same.
 *
 * @example
 * createAuth({ client, guards: { isFresh: hasRecentSignIn(5 * 60_000) } })
 */
export function hasRecentSignIn(milliseconds: number): AgeGuard {
  const isAllowed = ({ sinceSignIn }: Pick<GuardArgs<unknown>, 'sinceSignIn'>): boolean =>
    sinceSignIn !== null && sinceSignIn < milliseconds
  return Object.assign(isAllowed, { maxAge: milliseconds })
}

export interface AgeGuard {
  (args: Pick<GuardArgs<unknown>, 'sinceSignIn'>): boolean
  readonly maxAge: number
}

/** When the answers of these guards change by themselves: milliseconds after a sign-in, in ascending order. */
export function ageLimitsOf(guards: Readonly<Record<string, unknown>> = {}): readonly number[] {
  const limits = Object.values(guards).map((guard) => Number((guard as { maxAge?: unknown } | null)?.maxAge))
  return limits.filter((limit) => limit > 0 && limit < Infinity).sort((one, other) => one - other)
}

/** The chart's `isAllowed` for the guards an app named. Closed when anything is not as it should be. */
export function isAllowedBy(guards: Guards<never>, sinceSignIn: () => number | null) {
  return ({ context }: { context: AuthContext }, asked: { guard: string; params: readonly unknown[] }): boolean => {
    const { session } = context
    if (!session?.confirmed || !Object.hasOwn(guards, asked.guard)) return false
    const guard = guards[asked.guard] as (args: GuardArgs<unknown>, ...params: readonly unknown[]) => unknown
    try {
      const answer = guard({ user: session.user, sinceSignIn: sinceSignIn() }, ...asked.params)
      // a promise is no answer; what becomes of it is nobody's business
      if (typeof answer === 'object') void Promise.resolve(answer).catch(() => {})
      return answer === true
    } catch {
      return false
    }
  }
}
