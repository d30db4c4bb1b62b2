'use client'

import type { Auth } from '@authchart/core'
import { matchRoutes, redirect, replace, type DataRouter } from 'react-router'
import { pathOf, type Place } from './place.ts'
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
  let followed: DataRouter | undefined
  const loading = () => followed?.state.navigation
  /** What was loading when the last look began; undefined: nothing, it is about the open page. */
  let overtaken: unknown
  const routes = createRoutes<Place, TUser, TCredentials, TGuards>(
    {
      from: (place) => pathOf(place, basename),
      signal: ({ request }) => request.signal,
      isOpenPage({ url }) {
        const route = matchRoutes(followed?.routes ?? [], url.pathname, basename)?.at(-1)?.route
        return [route?.loader, ...(route?.middleware ?? [])].includes(signInPage)
      },
      isReturn: () => loading()?.location === overtaken || loading()?.historyAction === 'POP',
      // only a page that the user opens just now keeps the one before it in the history
      redirect: (to) => (loading()?.historyAction === 'PUSH' ? redirect : replace)(to),
      forbidden: () => new Response(null, { status: 403, statusText: 'Forbidden' }),
    },
    auth,
    options,
  )
  const signInPage: AuthRoute<null> = async (place, next) => {
    await routes.leave(place)
    return goOn(next, null)
  }
  return {
    /**
     * For a signed-in user who passes the guard; others are sent to the sign-in page, or to `forbidden`. Around a page
     * that is open to all it lets everyone by, and gives null.
     */
    requireUser:
      (...asked: Asked<TGuards>): AuthRoute<TUser> =>
      async (place, next) =>
        goOn(next, await routes.enter(place, asked)),
    /** For the sign-in page, which is open to all: a signed-in user goes back to where they wanted to go. */
    signInPage,
    /** The same for other pages that a signed-in user has no need of: to create an account, to ask for a new password. */
    signUpPage: signInPage,
    /** Looks at the open page again whenever a user signs in or out, or another one does. Returns how to stop. */
    follow: (router: DataRouter): (() => void) => {
      followed = router
      basename = router.basename ?? basename
      return routes.follow((isFirstAnswer, isAnother) => {
        const {
          initialized,
          navigation,
          errors,
          location: { search, hash },
        } = router.state
        if (isFirstAnswer && (!initialized || navigation.location)) return // what loads waits for it
        overtaken = navigation.location
        void loadAnew(router, isAnother)
        // an error stays on the screen after that, but not at a new location; a new one with a hash asks no route by itself
        if (errors) void router.navigate({ search, hash }, { replace: true, preventScrollReset: true })
      })
    },
  }
}

/** A middleware goes on; a loader has its answer. */
const goOn = <T>(next: unknown, value: T): T => (typeof next === 'function' ? (next() as T) : value)

/** Asks all routes of the page, also those that want to keep what they loaded for the user before. */
async function loadAnew(router: DataRouter, isAnother: boolean): Promise<void> {
  const routes = Object.values(router.manifest) as { shouldRevalidate?: unknown }[]
  const giveBack = routes.map((route) => {
    const { shouldRevalidate } = route
    delete route.shouldRevalidate
    return () => shouldRevalidate && Object.assign(route, { shouldRevalidate })
  })
  // nothing that was loaded for one user is shown to the next: the page begins as it did at first
  // there is no other way to drop data without a navigation; a version of the router without this one shows it until then
  if (isAnother) router._internalSetStateDoNotUseOrYouWillBreakYourApp?.({ loaderData: {}, renderFallback: true })
  await router.revalidate()
  for (const give of giveBack) give()
}
