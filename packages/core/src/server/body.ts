import { AuthError } from '../errors.ts'
import { countdown } from '../ports/clock.ts'
import type { Clock } from '../types.ts'

/** A request that is sent on: no limit for all of it, but for how long nothing of it may move. */
export interface Passage {
  readonly body: BodyInit | null
  readonly signal: AbortSignal
  /** The answer has begun: what is under way now may be slow on purpose. */
  readonly arrived: () => void
}

/**
 * All of a body, if it is no larger and takes no longer (milliseconds) than that.
 *
 * @throws AuthError `'invalid-request'`, `'timeout'`
 */
export async function readWhole(
  body: ReadableStream<Uint8Array>,
  clock: Clock,
  largest: number,
  longest: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  const stop = (): void => void reader.cancel().catch(() => {})
  let isLate = false
  const cancel = countdown(clock, longest, () => {
    isLate = true
    stop()
  })
  try {
    const chunks: Uint8Array[] = []
    for (let size = 0; ;) {
      const { done, value } = await reader.read()
      if (isLate) throw new AuthError('timeout', { status: 408 })
      if (done) return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer())
      size += value.byteLength
      if (size > largest) throw new AuthError('invalid-request', { status: 413 })
      chunks.push(value)
    }
  } catch (thrown) {
    stop()
    throw thrown instanceof AuthError ? thrown : new AuthError('invalid-request', { status: 400 })
  } finally {
    cancel()
  }
}

/** Aborts, with `timeout`, what has not begun to be answered and has not moved for so long (milliseconds). */
export function passage(
  body: Uint8Array | ReadableStream<Uint8Array> | null,
  { signal }: Request,
  clock: Clock,
  longest: number,
): Passage {
  const controller = new AbortController()
  const giveUp = (): void => controller.abort(signal.reason)
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp)
  const wait = () => countdown(clock, longest, () => controller.abort(new AuthError('timeout')))
  let cancel: (() => void) | null = wait()
  const moved = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, onwards) {
      cancel?.()
      if (cancel) cancel = wait()
      onwards.enqueue(chunk)
    },
  })
  return {
    body: (body instanceof ReadableStream ? body.pipeThrough(moved) : body) as BodyInit | null,
    signal: controller.signal,
    arrived() {
      cancel?.()
      cancel = null
    },
  }
}
