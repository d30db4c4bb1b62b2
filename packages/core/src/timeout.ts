import { AuthError } from './errors.ts'
import { schedule } from './ports/clock.ts'
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
    const abort = (error: AuthError) => {
      controller.abort(error)
      reject(error)
    }
    const end = clock.monotonic() + milliseconds
    const cancel = schedule(
      clock,
      () => end - clock.monotonic(),
      () => abort(new AuthError('timeout')),
    )
    const onParentAbort = () => abort(new AuthError('cancelled'))
    parent?.addEventListener('abort', onParentAbort, { once: true })
    // a client may throw instead of rejecting
    const settled = Promise.resolve().then(() => work(controller.signal))
    settled.then(resolve, reject).finally(() => {
      cancel()
      parent?.removeEventListener('abort', onParentAbort)
    })
  })
}
