import { browserNetwork, type Network } from '@authchart/core'
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
  const browser = browserNetwork()
  return {
    offline,
    setOffline: offline.set,
    isOnline: () => !offline.get() && browser.isOnline(),
    onWake(listener) {
      const stopBrowser = browser.onWake(listener)
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
