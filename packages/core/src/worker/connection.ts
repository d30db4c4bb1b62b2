import { AuthError } from '../errors.ts'
import { systemClock } from '../ports/clock.ts'
import { withTimeout } from '../timeout.ts'
import type { CallOptions } from '../types.ts'
import { heard, type Answer, type Ask } from './messages.ts'

/** Asks the worker. @throws AuthError what the worker says */
export type AskWorker = (ask: Ask, call?: Partial<CallOptions>) => Promise<unknown>

export interface WorkerPlace {
  readonly url: string | URL
  readonly type: 'classic' | 'module' | undefined
  readonly scope: string | undefined
  /** Whom the messages are for. */
  readonly address: string
}

/** Milliseconds. A worker that does not say anything by then is none. */
const LONGEST_START = 5000

/** Null: this browser has no worker for us, and the page does it all itself. */
export async function connectWorker(place: WorkerPlace): Promise<AskWorker | null> {
  try {
    return await withTimeout(systemClock, LONGEST_START, () => start(place))
  } catch {
    return null
  }
}

async function start({ url, type, scope, address }: WorkerPlace): Promise<AskWorker> {
  const register = (as: 'classic' | 'module'): Promise<ServiceWorkerRegistration> =>
    navigator.serviceWorker.register(url, {
      type: as,
      scope: scope ?? scopeOf(url, address),
      updateViaCache: 'none',
    })
  // a script that imports is none of the classic kind, and says so
  const registration = await (type ? register(type) : register('classic').catch(() => register('module')))
  const ask = askBy(registration, address)
  await started(registration)
  await ask({ type: 'hello' })
  return ask
}

/** Below its own script, where no page is; and one for each client, for a second worker in one scope would replace the first. */
function scopeOf(url: string | URL, address: string): string {
  // a slash may stand in no scope, also not as %2F
  const folder = `authchart-custody/${address.replaceAll(/[^\w.-]+/g, '-')}/`
  return new URL(folder, new URL(url, globalThis.location.href)).href
}

function started(registration: ServiceWorkerRegistration): Promise<unknown> {
  if (registration.active) return Promise.resolve()
  const worker = registration.installing ?? registration.waiting
  return new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (registration.active) resolve()
      else if (worker?.state === 'redundant') reject(new AuthError('unavailable'))
    }
    worker?.addEventListener('statechange', look)
    look()
  })
}

const askBy =
  (registration: ServiceWorkerRegistration, address: string): AskWorker =>
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
      worker.postMessage({ to: address, ask }, [port2])
    })
