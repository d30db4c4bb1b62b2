import type { Network } from '../types.ts'
import { listen } from './listen.ts'

/**
 * What the browser says of connection and visibility: the default of `createAuth({ network })`. Where there is none
 * (Node), always online and always awake.
 *
 * @example
 * const network = { ...browserNetwork(), isOnline: () => myOwnProbe.isUp }
 */
export function browserNetwork(): Network {
  return {
    isOnline: () => globalThis.navigator?.onLine !== false,
    // One wake-up may be several events, and each is told. The browser runs microtasks between them, so only a timer
    // could join them, and by then the page may have painted what is true no longer.
    onWake: (listener) =>
      listen(['visibilitychange', 'resume', 'online', 'pageshow'], (event) => {
        const restored = event.type === 'pageshow' && (event as PageTransitionEvent).persisted
        if (event.type !== 'visibilitychange' || document.visibilityState === 'visible') listener({ restored })
      }),
  }
}
