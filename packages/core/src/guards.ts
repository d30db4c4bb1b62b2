import { fieldOf } from './data.ts'
import { explain, type AuthError } from './errors.ts'
import type { AuthContext } from './machine/types.ts'
import { report } from './report.ts'
import type { AuthState, GuardArgs, Guards } from './types.ts'

/**
 * Whether a user is signed in. `refreshing` counts as signed in, and so does the current user while another sign-in, or
 * their own once more, is under way.
 */
export function isAuthenticated<TUser>(state: AuthState<TUser>): state is SignedIn<AuthState<TUser>> {
  return state.user !== null
}

/**
 * Whether a part of a screen is open to the user: what `<Protected>` and `<Can>` of the bindings ask. `asked` is a guard with
 * its parameters, or empty: then it is open to every user. `'pending'` until it is known who is signed in and, where there is
 * a guard, until the server confirmed it. It shapes the screen; the server decides.
 *
 * @example
 * const gate = gateOf(auth, auth.getState(), ['canEdit', post])
 * if (gate === 'pending') showSpinner()
 */
export function gateOf(
  auth: { readonly can: (guard: never, ...params: never) => boolean },
  state: AuthState,
  asked: readonly unknown[],
): 'open' | 'pending' | 'closed' {
  if (state.status === 'restoring') return 'pending'
  if (!isAuthenticated(state)) return 'closed'
  if (asked.length === 0) return 'open'
  // before the server said who this is, guards are closed: so they were when the page was rendered on a server
  if (!state.confirmed) return 'pending'
  return (auth.can as (...asked: readonly unknown[]) => boolean)(...asked) ? 'open' : 'closed' // what is no guard is closed
}

/** A state with its user. */
type SignedIn<TState> = TState extends { readonly user: infer TUser; readonly confirmed: boolean }
  ? TState & { readonly user: NonNullable<TUser> }
  : never

/**
 * A guard for users who have one of these roles, by the user's `role` or `roles`. What is no text is no role: a setting
 * that is missing closes the guard.
 *
 * @example
 * createAuth({ client, guards: { isEditor: hasRole('admin', 'editor') } })
 */
export function hasRole<const TRole extends string>(...names: readonly TRole[]): RoleGuard<TRole> {
  const roles = names.filter((name) => typeof name === 'string' && (name as string) !== '')
  const isAllowed = ({ user }: Pick<GuardArgs<unknown>, 'user'>): boolean => {
    const many = fieldOf(user, 'roles')
    const own: unknown[] = [fieldOf(user, 'role'), ...(Array.isArray(many) ? (many as unknown[]) : [])]
    return own.some((name) => (roles as readonly unknown[]).includes(name))
  }
  return Object.assign(isAllowed, { roles })
}

export interface RoleGuard<TRole extends string> {
  (args: Pick<GuardArgs<unknown>, 'user'>): boolean
  readonly roles: readonly TRole[]
}

/**
 * A guard for what needs more than a session: it is open to users who gave credentials within the last so many
 * milliseconds, and closes by itself when they are over (step-up; compare `max_age` of OpenID Connect Core §3.1.2.1). The
 * server has to ask for the same.
 *
 * @example
 * createAuth({ client, guards: { isFresh: hasRecentSignIn(5 * 60_000) } })
 * @throws TypeError if that is no number of milliseconds
 */
export function hasRecentSignIn(milliseconds: number): AgeGuard {
  if (typeof milliseconds !== 'number' || !(milliseconds > 0))
    throw new TypeError(`hasRecentSignIn: ${String(milliseconds)} is no number of milliseconds. Give one like 300_000.`)
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
export function isAllowedBy(
  guards: Guards<never>,
  sinceSignIn: () => number | null,
  warn: (warning: AuthError) => void,
  confirm: () => unknown,
) {
  const reported = new Set<string>()
  /** Once for each guard: views ask often. */
  const tellOnce = (name: string, tell: () => void): false => {
    if (!reported.has(name)) tell()
    reported.add(name)
    return false
  }
  return ({ context }: { context: AuthContext }, asked: { guard: string; params: readonly unknown[] }): boolean => {
    const { session } = context
    const { params } = asked
    const name = String(asked.guard)
    const guard: unknown = guards[name]
    // guards may be the methods of a class; what every object has is no guard
    if (typeof guard !== 'function' || name in Object.prototype)
      return tellOnce(name, () => warn(explain('misconfigured', `There is no guard "${name}".`)))
    if (!session?.confirmed) return (confirm(), false)
    try {
      const args: GuardArgs<unknown> = {
        user: session.user,
        // few guards ask for it
        get sinceSignIn() {
          return sinceSignIn()
        },
      }
      const answer: unknown = Reflect.apply(guard, guards, [args, ...params])
      // a promise is no answer, and what becomes of it is ignored
      if (typeof answer === 'object') void Promise.resolve(answer).catch(() => {})
      return answer === true
    } catch (error) {
      return tellOnce(name, () => report(error))
    }
  }
}
