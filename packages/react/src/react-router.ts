import type { Auth } from '@authchart/core'
import { createPath, redirect, replace, type DataRouter } from 'react-router'
import { createRoutes, type Asked, type AuthRoutesOptions } from './routes.ts'

type Place = { readonly request: Request; readonly url?: URL }
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
  /** Goes on, or to another page: a page that is open has closed then, and leaves nothing to go back to. */
  async function pass<T>(to: string | null, { request }: Place, next: unknown, value: T): Promise<T> {
    if (to === null) return typeof next === 'function' ? (next() as T) : value
    const open = followed && createPath({ ...followed.state.location, hash: '' })
    throw (open !== null && request.url === new URL(open, request.url).href ? replace : redirect)(to)
  }
  /** The path within the app. The router writes the query of `url` anew, and has the hash nowhere else. */
  const pathOf = ({ request, url }: Place): string =>
    within(request.url.slice(new URL(request.url).origin.length)) + (url?.hash ?? '')
  const within = (path: string): string => `/${path.slice(basename.length).replace(/^\//, '')}`
  return {
    /** For whoever is signed in and passes the guard; others are sent to the sign-in page, or to `forbidden`. */
    requireUser:
      (...asked: Asked<TGuards>): AuthRoute<TUser> =>
      async (place, next) => {
        const way = await routes.enter(pathOf(place), place.request.signal, asked)
        if (way.to === null) throw new Response(null, { status: 403, statusText: 'Forbidden' })
        return pass(way.to ?? null, place, next, way.user as TUser)
      },
    /** For the sign-in page: whoever is signed in goes back to where he wanted to go. */
    signInPage: async (place: Place, next?: unknown): Promise<null> =>
      pass(await routes.leave(pathOf(place), place.request.signal), place, next, null),
    /** Looks at the open page again whenever somebody signs in or out, or is another. Returns how to stop. */
    follow: (router: DataRouter): (() => void) => {
      if ((router.basename ?? '/') !== basename) throw new Error('Give authRoutes the basename of the router.')
      followed = router
      return routes.follow((isFirstAnswer) => {
        const { initialized, navigation, errors, location } = router.state
        if (isFirstAnswer && (!initialized || navigation.state !== 'idle')) return // what loads waits for it
        void router.revalidate()
        // an error stays on the screen after that, but not at a new location; a new one with a hash asks no route by itself
        const again = { replace: true, preventScrollReset: true, state: location.state as unknown }
        if (errors) void router.navigate(within(createPath(location)), again)
      })
    },
  }
}
