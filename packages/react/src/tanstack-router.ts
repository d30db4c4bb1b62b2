import { AuthError, type Auth } from '@authchart/core'
import { redirect, type AnyRouter } from '@tanstack/react-router'
import { createRoutes, type Asked, type AuthRoutesOptions } from './routes.ts'

type Place = { readonly location: { readonly href: string }; readonly abortController: AbortController }

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
  const routes = createRoutes(auth, options)
  return {
    /** For whoever is signed in and passes the guard; others are sent to the sign-in page, or to `forbidden`. */
    requireUser:
      (...asked: Asked<TGuards>) =>
      async ({ location, abortController }: Place): Promise<{ user: TUser }> => {
        const way = await routes.enter(location.href, abortController.signal, asked)
        if (way.to === null) throw new AuthError('forbidden')
        if (way.to !== undefined) throw redirect({ href: way.to })
        return { user: way.user }
      },
    /** For the sign-in page: whoever is signed in goes back to where he wanted to go. */
    signInPage: async ({ location, abortController }: Place): Promise<void> => {
      const to = await routes.leave(location.href, abortController.signal)
      if (to !== null) throw redirect({ href: to })
    },
    /** Looks at the open page again whenever somebody signs in or out, or is another. Returns how to stop. */
    follow: (router: Pick<AnyRouter, 'invalidate' | 'clearCache' | 'state'>): (() => void) =>
      routes.follow((isFirstAnswer) => {
        if (isFirstAnswer && router.state.isLoading) return // what loads waits for it
        router.clearCache() // pages that were left are shown from there at once, to whoever comes next, too
        void router.invalidate()
      }),
  }
}
