import type { AuthState } from '@authchart/core'
import {
  getCurrentInstance,
  hasInjectionContext,
  inject,
  onMounted,
  ssrContextKey,
  type ComponentInternalInstance,
  type InjectionKey,
} from 'vue'
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
interface AuthStore extends Subscribable<AuthState> {
  getSnapshot(): AuthState
}

/** The auth as this component may see it: what a server rendered stays as it is until it is hydrated. */
export function useStore(): AuthStore {
  const auth = useAnyAuth()
  const instance = getCurrentInstance()
  if (inject(ssrContextKey, null) !== null) return stillStore(auth, null)
  // by the element that Vue itself goes by; one that is out of the document was on the screen before
  const isHydrating = instance?.isMounted === false && instance.vnode.el?.isConnected === true
  return isHydrating ? stillStore(auth, instance) : liveStore(auth)
}

export const liveStore = (auth: AnyAuth): AuthStore => ({
  getSnapshot: auth.getState,
  subscribe: (...listeners: Parameters<typeof toObserver<AuthState>>) => {
    const { next } = toObserver(...listeners)
    return { unsubscribe: auth.subscribe((state) => next?.(state)) }
  },
})

/** Shows the first state, and follows the auth from the moment on in which `instance` is mounted, if there is one. */
const stillStore = (auth: AnyAuth, instance: ComponentInternalInstance | null): AuthStore => ({
  getSnapshot: auth.getInitialState,
  subscribe: (...listeners: Parameters<typeof toObserver<AuthState>>) => {
    const { next } = toObserver(...listeners)
    let stop: (() => void) | null = () => {}
    const follow = (): void => {
      stop &&= auth.subscribe((state) => next?.(state))
      if (stop) next?.(auth.getState())
    }
    if (instance) onMounted(follow, instance)
    return { unsubscribe: () => void (stop = (stop?.(), null)) }
  },
})
