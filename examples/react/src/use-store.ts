import type { Store } from '@authchart/example-shared'
import { useSyncExternalStore } from 'react'

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}
