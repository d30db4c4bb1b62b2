'use client'

import { AuthError, type Auth } from '@authchart/core'
import { redirect, type AnyRouter } from '@tanstack/react-router'
import { createRoutes, type Asked, type AuthRoutesOptions } from './routes.ts'

interface Place {
  readonly location: { readonly href: string }
  readonly abortController: AbortController
  readonly matches: readonly { readonly routeId: string }[]
}

type FollowedRouter = Pick<AnyRouter, 'invalidate' | 'clearCache' | 'state' | 'history' | 'routesById'>

/**
 * Guards for routes, as `beforeLoad`: below them the context has the `user`. They shape the screen; the server decides.
 *
 * @example
 * const routes = authRoutes(auth, { signIn: '/sign-in', forbidden: '/forbidden' })
 * createRoute({ path: '/admin', beforeLoad: routes.requireUser('isAdmin'), component: Admin, getParentRoute })
 * createRoute({ path: '/sign-in', beforeLoad: routes.signInPage, component: SignIn, getParentRoute })
 * routes.follow(router)
 */
export function authRoutes<TUser, TCredentials, TGuards>(
  auth: Auth<TUser, TCredentials, TGuards>,
  options: AuthRoutesOptions,
) {
  let followed: FollowedRouter | undefined
  let isReturn = false
  const routes = createRoutes<Place, TUser, TCredentials, TGuards>(
    {
      from: ({ location }) => location.href,
      signal: ({ abortController }) => abortController.signal,
      isOpenPage: ({ matches }) =>
        followed?.routesById[matches.at(-1)?.routeId ?? '']?.options.beforeLoad === signInPage,
      isReturn: () => isReturn,
      redirect: (href) => redirect({ href }),
      forbidden: () => new AuthError('forbidden'),
    },
    auth,
    options,
  )
  const signInPage = (place: Place): Promise<void> => routes.leave(place)
  return {
    /**
     * For a signed-in user who passes the guard; others are sent to the sign-in page, or to `forbidden`. Around a page
     * that is open to all it lets everyone by, with null for the user.
     */
    requireUser:
      (...asked: Asked<TGuards>) =>
      async (place: Place): Promise<{ user: TUser }> => ({ user: await routes.enter(place, asked) }),
    /** For the sign-in page, which is open to all: a signed-in user goes back to where they wanted to go. */
    signInPage,
    /** The same for other pages that a signed-in user has no need of: to create an account, to ask for a new password. */
    signUpPage: signInPage,
    /** Looks at the open page again whenever a user signs in or out, or another one does. Returns how to stop. */
    follow(router: FollowedRouter): () => void {
      followed = router
      let unlisten = (): void => {}
      const unfollow = routes.follow((isFirstAnswer, isAnother) => {
        const { isLoading, resolvedLocation } = router.state
        if (isFirstAnswer && isLoading) return // what loads waits for it
        // nothing is open yet; and a router whose history has a listener already leaves its first redirect to that
        if (!resolvedLocation && !isLoading) return
        isReturn = true
        unlisten()
        unlisten = router.history.subscribe(({ action }: { readonly action: { readonly type: string } }) => {
          isReturn = action.type !== 'PUSH' && action.type !== 'REPLACE'
        })
        router.clearCache() // pages that were left are shown from there at once, to the next user, too
        void router.invalidate({ forcePending: isAnother })
      })
      return () => {
        unlisten()
        unfollow()
      }
    },
  }
}
