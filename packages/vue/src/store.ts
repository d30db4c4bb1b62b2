import type { AuthState } from '@authchart/core'
import { getCurrentInstance, hasInjectionContext, inject, onMounted, ssrContextKey, type InjectionKey } from 'vue'
import { toObserver, type Subscribable } from 'xstate'
import type { AnyAuth } from './register.ts'

export const authKey: InjectionKey<AnyAuth> = Symbol('authchart')

/** The auth of this app. Inside the binding nothing is known of its user and its guards. */
export function useAnyAuth(): AnyAuth {
  const auth = hasInjectionContext() ? inject(authKey, null) : null
  if (!auth) throw new Error('There is no auth here. Call app.use(createAuthPlugin(auth)), and this inside setup().')
  return auth
}

/** An auth in the shape of an actor, for `useSelector`. */
type AuthStore = Subscribable<AuthState> & { getSnapshot(): AuthState }

/** Follows the auth at once; or shows its first state, and follows when `later` calls back. */
export const toStore = (auth: AnyAuth, later?: (follow: () => void) => unknown): AuthStore => ({
  getSnapshot: later ? auth.getInitialState : auth.getState,
  subscribe: (...listeners: Parameters<typeof toObserver<AuthState>>) => {
    const { next } = toObserver(...listeners)
    let stop: (() => void) | null = () => {}
    const follow = (): void => {
      stop &&= auth.subscribe((state) => next?.(state))
      if (stop) next?.(auth.getState())
    }
    if (later) later(follow)
    else follow()
    return { unsubscribe: () => void (stop = (stop?.(), null)) }
  },
})

/** The auth as this component may see it: what a server rendered stays as it is until it is hydrated. */
export function useStore(): AuthStore {
  const instance = getCurrentInstance()
  if (inject(ssrContextKey, null) !== null) return toStore(useAnyAuth(), () => {})
  // by the element that Vue itself goes by; one that is out of the document was on the screen before
  const isHydrating = instance?.isMounted === false && instance.vnode.el?.isConnected === true
  return toStore(useAnyAuth(), isHydrating ? (follow) => onMounted(follow, instance) : undefined)
}
