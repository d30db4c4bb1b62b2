import { AuthError } from '@authchart/core'
import type { RouteLocationNormalized } from 'vue-router'
import type { AnyAuth, GuardName, ParamsOf } from './register.ts'

/** Who may enter a route: any signed-in user, or one who passes a guard. */
export type RouteAuth<K extends GuardName = GuardName> = true | GuardOf<K>

type GuardOf<K extends GuardName> = K extends GuardName
  ? [] extends ParamsOf<K>
    ? K | { readonly guard: K; readonly params?: RouteParams<K> }
    : { readonly guard: K; readonly params: RouteParams<K> }
  : never

/** Makes the parameters of a guard from the address. */
type RouteParams<K extends GuardName> = (to: RouteLocationNormalized) => Readonly<ParamsOf<K>>

declare module 'vue-router' {
  interface RouteMeta {
    /** Who may enter, beside what the routes around it ask. A value that cannot be read closes the route. */
    auth?: RouteAuth
  }
}

/** Tells the developer something, once. */
export type Tell = (level: 'warn' | 'error', text: string) => void

/** On a server nothing is begun. */
export const isServer = (): boolean => typeof document === 'undefined'

/** The long form of {@link RouteAuth}, as far as code that no compiler saw keeps to it. */
interface Asked {
  readonly guard?: string
  readonly params?: (to: RouteLocationNormalized) => readonly unknown[]
}

/**
 * Waits until it is known who is signed in. Rejects if the page is closed to that user. On a server, what is not known is
 * left to the page.
 */
export async function mayEnter(
  auth: AnyAuth,
  to: RouteLocationNormalized,
  signal: AbortSignal,
  tell: Tell,
): Promise<undefined> {
  for (const { meta, path } of to.matched) {
    const asked: unknown = meta.auth ?? false
    if (asked === false) continue
    const long = (typeof asked === 'object' ? asked : { guard: asked }) as Asked
    const { guard, params = () => [], ...rest } = long
    const isNamed = guard && typeof guard === 'string' && typeof params === 'function' && !Object.keys(rest)[0]
    if (!isNamed && asked !== true) {
      tell('error', `${path}: meta.auth is not true, "guard" or { guard, params }.`)
      throw new AuthError('forbidden')
    }
    if (isServer() && auth.getState().status === 'anonymous') throw new AuthError('not-authenticated')
    if (!isServer()) await auth.requireUser({ signal, ...(isNamed && { guard, params: [...params(to)] }) })
  }
  return undefined
}
