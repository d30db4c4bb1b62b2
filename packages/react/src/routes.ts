import { AuthError, signInRedirect, type Auth } from '@authchart/core'
import type { GuardParams, SignInRedirectOptions } from '@authchart/core'
import { isEntering, mayOpenOtherwise } from './changes.ts'

export interface AuthRoutesOptions extends SignInRedirectOptions {
  /** Path of the page for whoever is signed in and may not enter. Default: the error element of the route is told. */
  readonly forbidden?: string
}

/** Nothing, or a guard and what it takes after its first argument. */
export type Asked<TGuards> =
  | []
  | { [K in keyof TGuards & string]: [guard: K, ...params: GuardParams<TGuards[K]>] }[keyof TGuards & string]

/** What the helpers of all routers share: who may enter a page, where to go instead, and when to look again. */
export function createRoutes<TUser, TCredentials, TGuards>(
  auth: Auth<TUser, TCredentials, TGuards>,
  { forbidden, ...options }: AuthRoutesOptions,
) {
  const signIn = signInRedirect({ ...options, forbidden })
  const refused = forbidden === undefined ? null : signInRedirect({ ...options, signIn: forbidden })
  return {
    /** The user; or where to go instead, null for nowhere: an error. The sign-in page is open whoever guards it. */
    async enter(from: string, signal: AbortSignal, [guard, ...params]: Asked<TGuards>) {
      try {
        const question = guard === undefined ? { signal } : { signal, guard, params: params as never }
        return { user: await auth.requireUser(question) }
      } catch (error) {
        if (isSignedOut(error)) return signIn.isHere(from) ? { user: null as TUser } : { to: signIn.to(from) }
        if (!(error instanceof AuthError && error.code === 'forbidden')) throw error
        return { to: refused?.isHere(from) ? null : (forbidden ?? null) }
      }
    },
    /** Where whoever is signed in goes from the sign-in page; null: nobody is, or signs in just now: it is for him. */
    async leave(from: string, signal: AbortSignal): Promise<string | null> {
      const to = signIn.back(from)
      const isGoing = auth.requireUser({ signal }).then(() => !signIn.isHere(to) && !isEntering(auth.getState()))
      const goes = await isGoing.catch((error) => !isSignedOut(error) && Promise.reject(error))
      return goes ? to : null
    },
    /** Calls `look` when a page that was open may be closed now, or the other way round. */
    follow(look: (isFirstAnswer: boolean) => void): () => void {
      let last = auth.getState()
      return auth.subscribe((state) => {
        const before = last
        last = state
        if (mayOpenOtherwise(before, state)) look(before.status === 'restoring')
      })
    },
  }
}

const isSignedOut = (error: unknown): boolean =>
  error instanceof AuthError && (error.code === 'not-authenticated' || error.code === 'session-expired')
