import type { AuthState } from '@authchart/core'
import { getCurrentInstance, inject, onMounted, ssrContextKey, type InjectionKey } from 'vue'
import type { Observer, Subscribable } from 'xstate'
import type { AnyAuth } from './register.ts'

export const authKey: InjectionKey<AnyAuth> = Symbol('authchart')

/** The auth of this app. Inside the binding nothing is known of its user and its guards. */
export function useAnyAuth(): AnyAuth {
  const auth = inject(authKey, null)
  if (!auth) throw new Error('No auth here: call app.use(createAuthPlugin(auth)), and this in setup().')
  return auth
}

/** An auth in the shape of an actor, as far as `useSelector` looks. */
type AuthStore = Subscribable<AuthState> & { getSnapshot(): AuthState }

/** Follows the auth at once; or shows its first state, and follows when `later` calls back. */
export const toStore = (auth: AnyAuth, later?: (follow: () => void) => unknown): AuthStore => ({
  getSnapshot: later ? auth.getInitialState : auth.getState,
  subscribe: (observer: Observer<AuthState> | Observer<AuthState>['next']) => {
    const { next } = observer as Required<Observer<AuthState>> // it gives nothing else
    let stop = (): void => {}
    let follow = (): void => {
      stop = auth.subscribe(next)
      next(auth.getState())
    }
    if (later) later(() => follow())
    else follow()
    return { unsubscribe: () => ((follow = () => {}), stop()) }
  },
})

/** The auth as this component may see it: what a server rendered stays as it is until it is hydrated. */
export function useStore(): AuthStore {
  const auth = useAnyAuth()
  if (inject(ssrContextKey, null)) return toStore(auth, () => {})
  const instance = getCurrentInstance()
  // by the element that Vue itself goes by; one that is out of the document was on the screen before
  const isHydrating = instance && !instance.isMounted && instance.vnode.el?.isConnected
  return isHydrating ? toStore(auth, (follow) => onMounted(follow, instance)) : toStore(auth)
}
