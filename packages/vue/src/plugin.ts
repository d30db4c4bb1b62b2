import { hasInjectionContext, inject, type InjectionKey, type Plugin } from 'vue'
import type { AcceptedAuth, RegisteredAuth } from './register.ts'
import { toStore, type AuthStore } from './store.ts'

const authKey: InjectionKey<AuthStore> = Symbol('authchart')

/**
 * Gives the app an auth. It starts nothing and stops nothing.
 *
 * @example
 * createApp(App).use(createAuthPlugin(auth)).mount('#app')
 */
export function createAuthPlugin(auth: AcceptedAuth): Plugin<[]> {
  const store = toStore(auth)
  return {
    install(app) {
      app.provide(authKey, store)
    },
  }
}

export function useStore(): AuthStore {
  const store = hasInjectionContext() ? inject(authKey, null) : null
  if (!store) throw new Error('There is no auth here. Call app.use(createAuthPlugin(auth)), and this inside setup().')
  return store
}

/**
 * The auth itself, for its commands: `signIn`, `signOut`, `fetch`. It is not reactive, because it never changes.
 *
 * @example
 * const { signOut } = useAuth()
 */
export function useAuth(): RegisteredAuth {
  return useStore().auth as RegisteredAuth // createAuthPlugin took nothing else
}
