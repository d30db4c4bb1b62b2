import type { Store } from '@authchart/example-shared'
import { onScopeDispose, shallowReadonly, shallowRef, type ShallowRef } from 'vue'

export function useStore<T>(store: Store<T>): Readonly<ShallowRef<T>> {
  const value = shallowRef(store.get())
  const stop = store.subscribe(() => {
    value.value = store.get()
  })
  onScopeDispose(stop)
  return shallowReadonly(value)
}
