import { AuthError, isAuthenticated } from '@authchart/core'
import type { RouteLocationNormalized } from 'vue-router'
import type { AnyAuth, GuardName, ParamsOf } from './register.ts'

/** Who may enter a route: whoever is signed in, or passes a guard. */
export type RouteAuth<K extends GuardName = GuardName> = true | GuardOf<K>

type GuardOf<K extends GuardName> = K extends GuardName
  ?
      | { readonly guard: K; readonly params: (to: RouteLocationNormalized) => Readonly<ParamsOf<K>> }
      | ([] extends ParamsOf<K> ? K : never)
  : never

declare module 'vue-router' {
  interface RouteMeta {
    /** Who may enter, beside what the routes around it ask. */
    auth?: RouteAuth
  }
}

/** On a server nothing is begun. */
export const isServer = (): boolean => typeof document === 'undefined'

/** Waits until it is known who is signed in. Rejects for whoever may not enter; what a server cannot know, it lets by. */
export async function mayEnter(auth: AnyAuth, to: RouteLocationNormalized, signal: AbortSignal): Promise<void> {
  for (const { meta } of to.matched) {
    if (meta.auth === undefined) continue
    if (isServer()) {
      if (auth.getInitialState().status === 'anonymous') throw new AuthError('not-authenticated')
      continue
    }
    const { guard, params } = meta.auth === true ? {} : typeof meta.auth === 'string' ? { guard: meta.auth } : meta.auth
    await auth.requireUser(guard === undefined ? { signal } : { guard, params: [...(params?.(to) ?? [])], signal })
  }
}

/** Whether somebody is signed in, as soon as that is known; not while he or another signs in on this very page. */
export async function isSomebody(auth: AnyAuth, signal: AbortSignal): Promise<boolean> {
  if (isServer()) return isAuthenticated(auth.getInitialState())
  return auth.requireUser({ signal }).then(
    () => !['authenticating', 'challenged'].includes(auth.getState().status),
    () => false,
  )
}
