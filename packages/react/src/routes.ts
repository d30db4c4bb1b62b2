import { signInRedirect, type Auth } from '@authchart/core'
import type { GuardParams, SignInRedirectOptions } from '@authchart/core'
import { isEntering, mayOpenOtherwise } from './changes.ts'

export interface AuthRoutesOptions extends SignInRedirectOptions {
  /** Path of the page for a user who may not enter. Default: the error element of the route is told. */
  readonly forbidden?: string
}

/** Nothing, or a guard and what it takes after its first argument. */
export type Asked<TGuards> =
  | []
  | { [K in keyof TGuards & string]: [guard: K, ...params: GuardParams<TGuards[K]>] }[keyof TGuards & string]

/** What differs from router to router. */
export interface Router<TPlace> {
  /** The path of a page within the app, with query and hash. */
  readonly from: (place: TPlace) => string
  readonly signal: (place: TPlace) => AbortSignal
  /** Its own route has `signInPage`. */
  readonly isOpenPage: (place: TPlace) => boolean
  /** The user does not ask for it now: it was open already, or it comes out of the browser's history. */
  readonly isReturn: (place: TPlace) => boolean
  /** What to throw, to go elsewhere. */
  readonly redirect: (to: string) => unknown
  /** What to throw where a user may not enter, and no page says so. */
  readonly forbidden: () => unknown
}

/** What the helpers of all routers share: who may enter a page, where to go instead, and when to look again. */
export function createRoutes<TPlace, TUser, TCredentials, TGuards>(
  router: Router<TPlace>,
  auth: Auth<TUser, TCredentials, TGuards>,
  options: AuthRoutesOptions,
) {
  const signIn = signInRedirect(options)
  /** Whose session has ended. Null if that is not known; undefined if the user wanted it to end: no way leads back then. */
  let owner: unknown = null

  return {
    /** The user, if they may enter; on a page that is open to all, null. */
    async enter(place: TPlace, asked: Asked<TGuards>): Promise<TUser> {
      const [guard, ...params] = asked
      const signal = router.signal(place)
      // a guard that was given and is none stays closed
      const question = { signal, ...(asked.length > 0 && { guard: guard as never, params: params as never }) }
      return auth.requireUser(question).catch((error: Coded) => {
        const isOut = isSignedOut(error)
        if (!isOut && error.code !== 'forbidden') throw error
        // the first page loads before the router is known: it is asked after the wait
        if (router.isOpenPage(place)) return null as TUser
        const from = router.from(place)
        if (isOut && signIn.isHere(from)) throw new Error('Give the sign-in page `signInPage`.')
        if (isOut)
          throw router.redirect((owner === undefined && router.isReturn(place) ? signIn.bare : signIn.to)(from))
        const { forbidden } = options
        if (!forbidden || signInRedirect({ ...options, signIn: forbidden }).isHere(from)) throw router.forbidden()
        throw router.redirect(forbidden)
      })
    },
    /** Sends a signed-in user from a page that is open to all to where they wanted to go, unless they sign in just now. */
    async leave(place: TPlace): Promise<void> {
      const asked = auth.requireUser({ signal: router.signal(place) })
      const user = await asked.catch((error: Coded) => (isSignedOut(error) ? null : Promise.reject(error)))
      if (user === null || isEntering(auth.getState())) return
      const from = router.from(place)
      const to = signIn.back(!owner || auth.isSameUser(owner, user) ? from : '/')
      if (to !== from && !signIn.isHere(to)) throw router.redirect(to)
    },
    /** Calls `look` when a page that was open may be closed now, or the other way round. */
    follow(look: (isFirstAnswer: boolean, isAnother: boolean) => void): () => void {
      let last = auth.getState()
      let { user } = last
      return auth.subscribe((state) => {
        const before = last
        last = state
        if (state.status === 'expired') owner = state.lastUser
        else if (before.user && !state.user) owner = state.status === 'anonymous' ? null : undefined
        if (!mayOpenOtherwise(before, state)) return
        const isAnother = user !== null && state.user !== null && !auth.isSameUser(user, state.user)
        user = state.user ?? user
        look(before.status === 'restoring', isAnother)
      })
    },
  }
}

/** What an error is known by: it may come from another copy of the core. */
interface Coded {
  readonly code?: unknown
}

const isSignedOut = ({ code }: Coded): boolean => code === 'not-authenticated' || code === 'session-expired'
