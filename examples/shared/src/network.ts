import type { Network } from '@authchart/core'
import { createStore, type Store } from './store.ts'

export interface DemoNetwork extends Network {
  readonly offline: Store<boolean>
  setOffline(offline: boolean): void
  /** The global fetch, as far as the switch lets it. */
  readonly fetch: typeof globalThis.fetch
}

/** `navigator.onLine` cannot be set by a page, so the demo brings a connection of its own, with a switch. */
export function createDemoNetwork(): DemoNetwork {
  const offline = createStore(false)
  const wakeUps = new Set<() => void>()
  return {
    offline,
    setOffline(next) {
      const isBack = offline.get() && !next
      offline.set(next)
      if (isBack) for (const wake of wakeUps) wake()
    },
    isOnline: () => !offline.get() && navigator.onLine,
    onWake(listener) {
      const wakeWhenVisible = () => {
        if (document.visibilityState === 'visible') listener()
      }
      wakeUps.add(listener)
      addEventListener('online', listener)
      addEventListener('pageshow', listener)
      document.addEventListener('resume', listener)
      document.addEventListener('visibilitychange', wakeWhenVisible)
      return () => {
        wakeUps.delete(listener)
        removeEventListener('online', listener)
        removeEventListener('pageshow', listener)
        document.removeEventListener('resume', listener)
        document.removeEventListener('visibilitychange', wakeWhenVisible)
      }
    },
    async fetch(input, init) {
      if (offline.get()) throw new TypeError('The demo is offline')
      const response = await globalThis.fetch(input, init)
      // the answer of a request that was on its way does not arrive either
      if (offline.get()) throw new TypeError('The demo is offline')
      return response
    },
  }
}
