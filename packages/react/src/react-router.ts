import type { Auth } from '@authchart/core'
import { createPath, redirect, replace, type DataRouter } from 'react-router'
import { isOpen, pathOf, within, type Place } from './place.ts'
import { createRoutes, type Asked, type AuthRoutesOptions } from './routes.ts'

/** A middleware, and a loader that gives `T`. */
export type AuthRoute<T> = (place: Place, next?: unknown) => Promise<T>

/**
 * Guards for routes, as middleware or loaders. They shape the screen; the server decides.
 *
 * @example
 * const routes = authRoutes(auth, { signIn: '/sign-in', forbidden: '/forbidden' })
 * const admin = { path: '/admin', middleware: [routes.requireUser('isAdmin')], Component: Admin }
 * const signIn = { path: '/sign-in', middleware: [routes.signInPage], Component: SignIn }
 * routes.follow(createBrowserRouter([admin, signIn]))
 */
export function authRoutes<TUser, TCredentials, TGuards>(
  auth: Auth<TUser, TCredentials, TGuards>,
  { basename = '/', ...options }: AuthRoutesOptions & { readonly basename?: string },
) {
  const routes = createRoutes(auth, options)
  let followed: DataRouter | null = null
  let closed = ''
  /** Goes on, or elsewhere: an open page has closed then, and nothing on the way from there is left to go back to. */
  async function pass<T>(to: string | null, place: Place, next: unknown, value: T): Promise<T> {
    if (to === null) return typeof next === 'function' ? (next() as T) : value
    const open = followed?.state.location
    if (!open) throw redirect(to)
    const isLeaving = closed === open.key + pathOf(place, basename) || isOpen(place, open)
    if (isLeaving) closed = open.key + to
    throw (isLeaving ? replace : redirect)(to)
  }
  return {
    /** For whoever is signed in and passes the guard; others are sent to the sign-in page, or to `forbidden`. */
    requireUser:
      (...asked: Asked<TGuards>): AuthRoute<TUser> =>
      async (place, next) => {
        const way = await routes.enter(pathOf(place, basename), place.request.signal, asked)
        if (way.to === null) throw new Response(null, { status: 403, statusText: 'Forbidden' })
        return pass(way.to ?? null, place, next, way.user as TUser)
      },
    /** For the sign-in page: whoever is signed in goes back to where he wanted to go. */
    signInPage: async (place: Place, next?: unknown): Promise<null> =>
      pass(await routes.leave(pathOf(place, basename), place.request.signal), place, next, null),
    /** Looks at the open page again whenever somebody signs in or out, or is another. Returns how to stop. */
    follow: (router: DataRouter): (() => void) => {
      if ((router.basename ?? '/') !== basename) throw new Error('Give authRoutes the basename of the router.')
      followed = router
      return routes.follow((isFirstAnswer) => {
        const { initialized, navigation, errors, location } = router.state
        if (isFirstAnswer && (!initialized || navigation.state !== 'idle')) return // what loads waits for it
        void router.revalidate()
        // an error stays on the screen after that, but not at a new location; a new one with a hash asks no route by itself
        if (errors)
          void router.navigate(within(createPath(location), basename), { replace: true, preventScrollReset: true })
      })
    },
  }
}
