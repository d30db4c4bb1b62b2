/** A value that changes, in the shape that `useSyncExternalStore` and a Vue `shallowRef` both take. */
export interface Store<T> {
  /** The same reference until something changed. */
  readonly get: () => T
  /** Calls `listener` after every change. Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void
}

export interface WritableStore<T> extends Store<T> {
  readonly set: (next: T) => void
}

export function createStore<T>(initial: T): WritableStore<T> {
  const listeners = new Set<() => void>()
  let value = initial
  return {
    get: () => value,
    set(next) {
      if (Object.is(value, next)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
