import type { RouteLocationNormalized, Router } from 'vue-router'
import type { AcceptedAuth, AnyAuth } from './register.ts'
import { isServer } from './route.ts'
import { createWay, type AuthGuardOptions } from './way.ts'

export type { RouteAuth } from './route.ts'
export type { AuthGuardOptions } from './way.ts'

/**
 * Guards the routes that ask for it in `meta.auth`: waits until it is known who is signed in, sends to the sign-in page
 * and back, and leaves a page that is open when the session ends or the role goes away. Returns how to stop.
 *
 * @example
 * const routes = [
 *   { path: '/sign-in', component: SignIn },
 *   { path: '/admin', component: Admin, meta: { auth: 'isAdmin' } },
 * ]
 * const router = createRouter({ history: createWebHistory(), routes })
 * authGuard(router, auth, { signIn: '/sign-in', forbidden: '/forbidden' })
 */
export function authGuard(router: Router, auth: AcceptedAuth, options: AuthGuardOptions): () => void {
  const wayFrom = createWay(router, auth as AnyAuth, options) // nothing is known here of the user and the guards
  const sends = new WeakMap<object, number>()
  let entering = new AbortController()
  let looking = new AbortController()

  async function enter(to: RouteLocationNormalized): Promise<string | undefined> {
    entering.abort()
    const { signal } = (entering = new AbortController())
    const way = await wayFrom(to, signal)
    // the router would follow even who has been overtaken
    if (!way || signal.aborted) return undefined
    // nobody is sent round and round: to the sign-in page, back from it, to the page that says no, and that is all
    const navigation = to.redirectedFrom ?? to
    const sent = sends.get(navigation) ?? 0
    sends.set(navigation, sent + 1)
    if (way.to !== undefined && sent < 3) return way.to
    if (way.error !== null) throw way.error
    return undefined
  }

  async function look(): Promise<void> {
    looking.abort()
    const { signal } = (looking = new AbortController())
    const way = await wayFrom(router.currentRoute.value, signal)
    if (!way || signal.aborted) return
    const { fallback = '/' } = options
    await router.replace(way.to ?? fallback).catch(() => router.replace(fallback).catch(() => {}))
  }

  const stops = [
    router.beforeEach(enter),
    router.beforeResolve(enter), // a page may take long to load
    router.afterEach((_to, _from, failure) => void (failure ?? look())),
    isServer() ? () => {} : auth.subscribe(() => void look()),
    () => looking.abort(),
  ]
  return () => stops.forEach((stop) => stop())
}
