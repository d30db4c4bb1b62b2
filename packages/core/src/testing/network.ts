import type { Network } from '../types.ts'

export interface FakeNetwork extends Network {
  readonly goOffline: () => void
  /** Back, and the page is told. */
  readonly goOnline: () => void
  /** The page becomes visible again; `restored`: it comes back from the back-forward cache. */
  readonly wake: (restored?: boolean) => void
  readonly listeners: number
}

export function fakeNetwork(): FakeNetwork {
  let online = true
  const listeners = new Set<(wake: { readonly restored: boolean }) => void>()
  const wake = (restored = false): void => {
    for (const listener of listeners) listener({ restored })
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
