import type { Network } from '../types.ts'

export interface FakeNetwork extends Network {
  readonly goOffline: () => void
  /** Back, and the page is told. */
  readonly goOnline: () => void
  /** The page becomes visible again. */
  readonly wake: () => void
  readonly listeners: number
}

export function fakeNetwork(): FakeNetwork {
  let online = true
  const listeners = new Set<() => void>()
  const wake = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    isOnline: () => online,
    onWake(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    goOffline() {
      online = false
    },
    goOnline() {
      online = true
      wake()
    },
    wake,
    get listeners() {
      return listeners.size
    },
  }
}
