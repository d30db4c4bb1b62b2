import { signInRedirect, type AuthError } from '@authchart/core'
import {
  isNavigationFailure,
  NavigationFailureType,
  type RouteLocationNormalized,
  type RouteLocationRaw,
  type Router,
} from 'vue-router'
import type { AcceptedAuth, AnyAuth } from './register.ts'
import { isServer, mayEnter, type Tell } from './route.ts'

export type { RouteAuth } from './route.ts'

export interface AuthGuardOptions {
  /**
   * Path of the sign-in page, or what makes it from the page that the user comes from (`/de/account` → `/de/sign-in`). It
   * is open to all, and a signed-in user goes back from it.
   */
  readonly signIn: string | ((from: string) => string)
  /** Paths of further pages that are open to all and that a signed-in user goes back from: sign-up, a link by mail, a reset. */
  readonly signUp?: string | readonly string[]
  /** Where a sign-in leads that has no way back, and a page that closes without {@link forbidden}. Default `'/'`. */
  readonly fallback?: string
  /** Path of the page that says no. Without one, the navigation fails with the AuthError `'forbidden'`. */
  readonly forbidden?: string
}

/**
 * Away from a page. `to` is false or undefined if there is nowhere to go. The error is what a navigation fails with: none
 * on the way back from an open page, a TypeError if the sign-in page is missing.
 */
type Way = readonly [to: string | false | undefined, error?: unknown]

/**
 * Guards the routes that ask for it in `meta.auth`: waits until it is known who is signed in, sends to the sign-in page
 * and back, and leaves a page that is open when the session ends or the role goes away. Returns how to stop.
 *
 * @example
 * const routes = [
 *   { path: '/sign-in', component: SignIn },
 *   { path: '/sign-up', component: SignUp },
 *   { path: '/admin', component: Admin, meta: { auth: 'isAdmin' } },
 * ]
 * const router = createRouter({ history: createWebHistory(), routes })
 * authGuard(router, auth, { signIn: '/sign-in', signUp: '/sign-up', forbidden: '/forbidden' })
 * @throws TypeError if an option is no path of the app
 */
export function authGuard(router: Router, auth: AcceptedAuth, options: AuthGuardOptions): () => void {
  const { signUp = [], fallback = '/', forbidden } = options
  const redirect = signInRedirect(options)
  for (const path of [signUp].flat()) if (!/^\/[^#]*$/.test(path)) throw new TypeError(lackOf(path))
  const told = new Set<string>()
  /** The user before, by the way back that was theirs. */
  const owners = new Map<string, unknown>()
  const sends = new WeakMap<object, number>()
  /** Who is signed in, or was until the session ended. Null after a sign-out, undefined if nothing is known. */
  let last: unknown
  /** The page that the last one that closed led to. */
  let away: string | null
  let entering: AbortController | undefined
  let looking: AbortController | undefined

  const tell: Tell = (level, text) => {
    if (!told.has(text)) console[level](`[authchart] ${text}`)
    told.add(text)
  }

  /** Where to go from a page; undefined if it may be open. `isOld`: the user before wanted to be there. */
  async function leave(page: RouteLocationNormalized, signal: AbortSignal, isOld: boolean): Promise<Way | undefined> {
    const { fullPath } = page
    if (!page.matched[0]) return undefined
    const signIn = redirect.bare(fullPath)
    // a path without a page is undefined here, a page without an id null: they do not meet
    const open = [signIn, signUp].flat().map((path) => idOf(router.resolve(path)) ?? tell('warn', lackOf(path)))
    try {
      if (!open.includes(idOf(page) as string)) return await mayEnter(auth as AnyAuth, page, signal, tell)
      if (!isServer()) await auth.requireUser({ signal }).catch(() => {})
      // only a session has one, and none while a sign-in is under way on this very page
      if (!(auth.getState() as { readonly renewal?: unknown }).renewal) return undefined
      const to = redirect.back(fullPath)
      const owner = owners.get(to)
      return [!owner || auth.isSameUser(owner, last) ? to : fallback]
    } catch (error) {
      const to = isOld && last === null ? signIn : redirect.to(fullPath)
      owners.set(redirect.back(to), isOld && last)
      return [
        auth.getState().user ? (error as AuthError).code === 'forbidden' && forbidden : to,
        open[0] ? error : new TypeError(lackOf(signIn)),
      ]
    }
  }

  async function enter(page: RouteLocationNormalized): Promise<RouteLocationRaw | undefined> {
    entering?.abort()
    const { signal } = (entering = new AbortController())
    const first = page.redirectedFrom ?? page
    // Back and Forward change the address before the page
    const isPop = router.options.history.location === first.fullPath
    const way = await leave(page, signal, isPop)
    // the router would follow even a navigation that has been overtaken
    if (!way || signal.aborted) return undefined
    const [to, error] = way
    // no user is sent round and round: to the sign-in page, back from it, to the page that says no, and that is all
    const sent = sends.get(first) ?? 0
    sends.set(first, sent + 1)
    if (to && sent < 3 && !(error instanceof TypeError))
      // by its address, not its name; in place of the page that Back led to, so that the next step back leads past it
      return isPop ? ({ ...router.resolve(to), name: undefined, replace: true, force: true } as RouteLocationRaw) : to
    if (error) throw error
    return undefined
  }

  async function look(): Promise<void> {
    const state = auth.getState()
    last = state.status.includes('Out') ? null : (state.user ?? last) // signingOut, signedOut
    looking?.abort()
    const { signal } = (looking = new AbortController())
    const way = await leave(router.currentRoute.value, signal, true)
    if (!way || signal.aborted) return
    // a page that no navigation leads out of, because the next one cannot be loaded, say, is left by loading the app anew
    void go(way[0] || fallback).catch(() =>
      go(fallback).then((failure) => {
        if (isNavigationFailure(failure, NavigationFailureType.duplicated)) reload()
      }, reload),
    )
  }

  const reload = (): void => location.reload()

  function go(to: string): Promise<unknown> {
    away = idOf(router.resolve(to))
    return router.replace(to)
  }

  const stops = [
    router.beforeEach(enter),
    router.beforeResolve(enter), // a page may take long to load
    router.afterEach((to, _from, failure) => {
      // what led nowhere may have overtaken the way out of a page that has closed
      if (!failure || idOf(to.redirectedFrom ?? to) !== away) void look()
    }),
    isServer() ? () => {} : auth.subscribe(look),
  ]
  return () => {
    looking?.abort()
    for (const stop of stops) stop()
  }
}

const lackOf = (path: string): string => `signIn, signUp: "${path}" is no route.`

/** The page that the router matched, whatever the address looks like. Null for no match, a redirect and a page for the rest. */
function idOf({ matched, params }: Pick<RouteLocationNormalized, 'matched' | 'params'>): string | null {
  const record = matched.at(-1)
  if (!record || record.redirect || record.path.includes('(.*)')) return null
  return record.path + JSON.stringify(params)
}
