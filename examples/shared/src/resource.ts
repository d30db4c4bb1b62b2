import type { ApiResult } from './api.ts'
import { createStore, type Store } from './store.ts'

interface ResourceView<T> {
  /** Null until it came for the first time. Stays while it is loaded anew. */
  readonly value: T | null
  /** Why it could not be loaded. */
  readonly error: string | null
  readonly loading: boolean
}

/** Something a screen loads. */
export interface Resource<T> extends Store<ResourceView<T>> {
  /** Loads it. Returns how to give that up. */
  readonly load: () => () => void
}

export function createResource<T>(request: (signal: AbortSignal) => Promise<ApiResult<T>>): Resource<T> {
  const store = createStore<ResourceView<T>>({ value: null, error: null, loading: true })
  let current = new AbortController()

  async function run({ signal }: AbortController): Promise<void> {
    const result = await request(signal)
    if (signal.aborted) return
    const { value } = store.get()
    store.set(
      result.ok
        ? { value: result.value, error: null, loading: false }
        : { value, error: result.message, loading: false },
    )
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    load() {
      const own = new AbortController()
      current.abort()
      current = own
      store.set({ ...store.get(), loading: true })
      // rejects when it was given up, and then nothing waits for it
      run(own).catch(() => {})
      return () => own.abort()
    },
  }
}
