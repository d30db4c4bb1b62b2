import { AuthError } from './errors.ts'
import { countdown } from './ports/clock.ts'
import type { Clock } from './types.ts'

/** Runs `work` with a signal that fires after `milliseconds`, and stops waiting for it then. */
export function withTimeout<T>(
  clock: Clock,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  const controller = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const end = (error: AuthError): void => {
      stopWaiting()
      controller.abort(error)
      reject(error)
    }
    const onParentAbort = (): void => end(new AuthError('cancelled'))
    const cancel = countdown(clock, milliseconds, () => end(new AuthError('timeout')))
    const stopWaiting = (): void => {
      cancel()
      parent?.removeEventListener('abort', onParentAbort)
    }
    if (parent?.aborted) return onParentAbort()
    parent?.addEventListener('abort', onParentAbort, { once: true })
    // begun at once, for the page may be about to close; a client may throw instead of rejecting
    new Promise<T>((settle) => settle(work(controller.signal))).then(resolve, reject).finally(stopWaiting)
  })
}
