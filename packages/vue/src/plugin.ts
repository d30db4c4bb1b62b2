import type { Plugin } from 'vue'
import { createCan } from './directive.ts'
import type { AcceptedAuth, AnyAuth, RegisteredAuth } from './register.ts'
import { authKey, useAnyAuth } from './store.ts'

/**
 * Gives the app an auth, and `v-can`. It starts nothing and stops nothing.
 *
 * @example
 * createApp(App).use(createAuthPlugin(auth)).mount('#app')
 * @throws TypeError if it is given no auth
 */
export function createAuthPlugin(auth: AcceptedAuth): Plugin<[]> {
  const given = auth as AnyAuth | undefined // the types say that it is there
  if (!given?.getState) throw new TypeError('createAuthPlugin: no auth. Do two modules import each other?')
  return {
    install(app) {
      app.provide(authKey, given).directive('can', createCan(given))
    },
  }
}

/**
 * The auth itself, for its commands: `signIn`, `signOut`, `fetch`. It is not reactive, because it never changes.
 *
 * @example
 * const { signOut } = useAuth()
 */
export function useAuth(): RegisteredAuth {
  return useAnyAuth() as RegisteredAuth // createAuthPlugin took nothing else
}
