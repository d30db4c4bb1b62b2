import type { Store } from './store.ts'

export type Page = 'home' | 'admin'

/** The page by the hash of the address. Two pages need no router. */
export const page: Store<Page> = {
  get: () => (location.hash === '#/admin' ? 'admin' : 'home'),
  subscribe(listener) {
    addEventListener('hashchange', listener)
    return () => removeEventListener('hashchange', listener)
  },
}
