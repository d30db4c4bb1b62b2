import { AuthError, signInRedirect } from '@authchart/core'
import type { RouteLocationNormalized, Router } from 'vue-router'
import type { AnyAuth } from './register.ts'
import { isSomebody, mayEnter } from './route.ts'

export interface AuthGuardOptions {
  /** Path of the sign-in page. It is open to all, and whoever is signed in goes back from it. */
  readonly signIn: string
  /** Where a sign-in leads that has no way back, and a page that closes without {@link forbidden}. Default `'/'`. */
  readonly fallback?: string
  /** Path of the page for whoever may not. Without one, the navigation fails with the AuthError `'forbidden'`. */
  readonly forbidden?: string
}

/** Away from a page: no error on the way back from the sign-in page, no `to` where there is nowhere to go. */
interface Way {
  readonly to: string | undefined
  readonly error: unknown
}

type FindWay = (page: RouteLocationNormalized, signal: AbortSignal) => Promise<Way | undefined>

/** Looks whether a page may be open, and if not, where to go. */
export function createWay(router: Router, auth: AnyAuth, options: AuthGuardOptions): FindWay {
  // paths of a router have no origin: this one stands for whichever it is
  const redirect = signInRedirect({ ...options, base: 'http://localhost' })
  const lastOf = ({ matched }: Pick<RouteLocationNormalized, 'matched'>) => matched.at(-1)

  return async (page, signal) => {
    // the same page to the router, too, which may tell apart what looks alike
    if (redirect.isHere(page.path) && lastOf(page) === lastOf(router.resolve(options.signIn))) {
      return (await isSomebody(auth, signal)) ? { to: redirect.back(page.fullPath), error: null } : undefined
    }
    try {
      await mayEnter(auth, page, signal)
      return undefined
    } catch (error) {
      const code = error instanceof AuthError ? error.code : null
      if (code === 'not-authenticated' || code === 'session-expired') return { to: redirect.to(page.fullPath), error }
      return { to: code === 'forbidden' ? options.forbidden : undefined, error }
    }
  }
}
