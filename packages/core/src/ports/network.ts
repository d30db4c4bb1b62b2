import { report } from '../report.ts'
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

/** A port of the app that throws costs what it would have said, and nothing else. */
export function guardedNetwork(network: Network): Network {
  let isReported = false
  const attempt = <T>(ask: () => T, otherwise: T): T => {
    try {
      return ask()
    } catch (error) {
      if (!isReported) report(error)
      isReported = true
      return otherwise
    }
  }
  return {
    isOnline: () => attempt(() => network.isOnline(), true),
    onWake(listener) {
      const stop: unknown = attempt(() => network.onWake(listener), undefined)
      return () => void (typeof stop === 'function' && attempt(() => stop() as unknown, undefined))
    },
  }
}
