import { createContext, useContext, useMemo, type ReactNode } from 'react'
import type { AcceptedAuth, AnyAuth, RegisteredAuth } from './register.ts'
import { toStore, type AuthStore } from './store.ts'

const AuthContext = createContext<AuthStore | null>(null)

export interface AuthProviderProps {
  readonly auth: AcceptedAuth
  readonly children?: ReactNode
}

/**
 * Gives the components below it an auth. It starts nothing, stops nothing and may be mounted as often as React likes.
 *
 * @example
 * createRoot(element).render(
 *   <AuthProvider auth={auth}>
 *     <App />
 *   </AuthProvider>,
 * )
 */
export function AuthProvider({ auth, children }: AuthProviderProps): ReactNode {
  if (typeof (auth as unknown as AnyAuth | undefined)?.getState !== 'function')
    throw new TypeError(
      `<AuthProvider auth={…}> got ${auth === null ? 'null' : typeof auth}. Give it what createAuth returned. Is the module that makes it imported in a circle?`,
    )
  const store = useMemo(() => toStore(auth), [auth])
  return <AuthContext.Provider value={store}>{children}</AuthContext.Provider>
}

export function useStore(): AuthStore {
  const store = useContext(AuthContext)
  if (!store) throw new Error('There is no auth here. Render the app inside <AuthProvider auth={auth}>.')
  return store
}

/**
 * The auth itself, for its commands: `signIn`, `signOut`, `fetch`. It never changes, so this renders nothing anew.
 *
 * @example
 * const { signOut } = useAuth()
 * return <button onClick={signOut}>Sign out</button>
 */
export function useAuth(): RegisteredAuth {
  return useStore().auth as RegisteredAuth // AuthProvider took nothing else
}
