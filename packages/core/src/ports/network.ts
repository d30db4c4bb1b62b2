import type { Network } from '../types.ts'
import { listen } from './listen.ts'

/** What the browser says of connection and visibility. Where there is none (Node), always online and always awake. */
export function browserNetwork(): Network {
  return {
    isOnline: () => globalThis.navigator?.onLine !== false,
    // One wake-up may be several events, and each is told: the browser runs microtasks between them, so nothing short
    // of a timer could join them, and that would let an old promise be kept on screen for a frame.
    onWake: (listener) =>
      listen(['visibilitychange', 'resume', 'online', 'pageshow'], ({ type }) => {
        if (type !== 'visibilitychange' || document.visibilityState === 'visible') listener()
      }),
  }
}
