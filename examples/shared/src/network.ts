import type { Network } from '@authchart/core'
import { createStore, type Store } from './store.ts'

export interface DemoNetwork extends Network {
  readonly offline: Store<boolean>
  readonly setOffline: (offline: boolean) => void
  /** The global fetch, as far as the switch lets it. */
  readonly fetch: typeof globalThis.fetch
}

/** `navigator.onLine` cannot be set by a page, so the demo brings a connection of its own, with a switch. */
export function createDemoNetwork(): DemoNetwork {
  const offline = createStore(false)
  return {
    offline,
    setOffline: offline.set,
    isOnline: () => !offline.get() && navigator.onLine,
    onWake(listener) {
      const stopBrowser = onBrowserWake(listener)
      const stopSwitch = offline.subscribe(() => {
        if (!offline.get()) listener()
      })
      return () => {
        stopBrowser()
        stopSwitch()
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

/** As the library does it by itself. */
function onBrowserWake(listener: Parameters<Network['onWake']>[0]): () => void {
  const types = ['visibilitychange', 'resume', 'online', 'pageshow']
  const wake = (event: Event) => {
    const restored = event instanceof PageTransitionEvent && event.persisted
    if (event.type !== 'visibilitychange' || document.visibilityState === 'visible') listener({ restored })
  }
  // capturing: some events of the document do not bubble up to the window
  for (const type of types) addEventListener(type, wake, true)
  return () => {
    for (const type of types) removeEventListener(type, wake, true)
  }
}
