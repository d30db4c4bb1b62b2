import { createStore, type Store } from './store.ts'

/** The time in epoch milliseconds, every second while it is watched. */
export function createTicker(): Store<number> {
  const now = createStore(Date.now())
  let watchers = 0
  let timer: ReturnType<typeof setInterval> | undefined
  return {
    get: now.get,
    subscribe(listener) {
      const stop = now.subscribe(listener)
      watchers += 1
      if (watchers === 1) timer = setInterval(() => now.set(Date.now()), 1000)
      return () => {
        stop()
        watchers -= 1
        if (watchers === 0) clearInterval(timer)
      }
    },
  }
}

/** Whole seconds from `now` to `time`, never below zero; null where there is no time. */
export function secondsUntil(time: number | null, now: number): number | null {
  return time === null ? null : Math.max(0, Math.floor((time - now) / 1000))
}
