import { AuthError } from '../errors.ts'
import type { CallOptions } from '../types.ts'
import { heard, VERSION, type Answer, type Ask } from './messages.ts'

/** Asks the worker. @throws AuthError what the worker says */
export type AskWorker = (ask: Ask, call?: Partial<CallOptions>) => Promise<unknown>

export interface WorkerPlace {
  readonly url: string | URL
  readonly type: 'classic' | 'module'
  readonly scope: string | undefined
}

/** Milliseconds. A worker that does not say anything by then is none. */
const LONGEST_START = 5000

/** Null: this browser has no worker for us, and the page does it all itself. */
export async function connectWorker({ url, type, scope }: WorkerPlace): Promise<AskWorker | null> {
  try {
    const container = navigator.serviceWorker
    const registration = await container.register(url, { type, scope: scope ?? scopeOf(url), updateViaCache: 'none' })
    const ask = askBy(registration)
    await inTime(started(registration).then(() => ask({ type: 'hello' })))
    return ask
  } catch {
    return null
  }
}

/** Below its own script: no page is there. */
function scopeOf(url: string | URL): string {
  return new URL('authchart-custody/', new URL(url, globalThis.location.href)).href
}

function started(registration: ServiceWorkerRegistration): Promise<unknown> {
  if (registration.active) return Promise.resolve()
  const worker = registration.installing ?? registration.waiting
  return new Promise<void>((resolve) => {
    const look = (): void => {
      if (registration.active) resolve()
    }
    worker?.addEventListener('statechange', look)
    look()
  })
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AuthError('timeout')), LONGEST_START)
    void work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

const askBy =
  (registration: ServiceWorkerRegistration): AskWorker =>
  (ask, { signal } = {}) =>
    new Promise((resolve, reject) => {
      const worker = registration.active
      if (!worker) throw new AuthError('unavailable', { notProcessed: true })
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }: MessageEvent<Answer>) => {
        port1.close()
        if ('error' in data) reject(heard(data.error))
        else resolve(data.value)
      }
      signal?.addEventListener('abort', () => port1.postMessage('abort'), { once: true })
      worker.postMessage({ version: VERSION, ask }, [port2])
    })
