import type { Connection } from './connection.ts'
import { AuthError } from './errors.ts'
import { isGood, type Held } from './session.ts'
import type { Clock } from './types.ts'
import type { Vault } from './vault.ts'

export interface AuthFetchOptions {
  readonly vault: Vault
  readonly clock: Clock
  readonly allowedOrigins: readonly string[]
  readonly fetch: typeof globalThis.fetch
  /** Hears whether the allowed origins answer. */
  readonly connection: Connection
  /** Waits until it is known who is signed in. Null: nobody. */
  readonly settled: () => Promise<Held | null>
  /** Renews unless that has been done since; joins whoever does. Rejects where it cannot be done now. */
  readonly renew: (held: Held) => Promise<void>
}

/** Bodies that can be read once are kept for a second time up to this many bytes. */
const LARGEST_KEPT_BODY = 1_048_576

/** Drop-in `fetch` with the session of one auth. */
export function createAuthFetch(options: AuthFetchOptions): typeof globalThis.fetch {
  const { vault, clock, allowedOrigins } = options

  return async function authFetch(input, init) {
    const isRequest = typeof Request !== 'undefined' && input instanceof Request
    const url = urlOf(isRequest ? input.url : `${input as string | URL}`)
    const headers = new Headers(init?.headers ?? (isRequest ? input.headers : undefined))
    // another origin, or a caller who brings his own: not our business
    if (!url || !allowedOrigins.includes(url.origin) || headers.has('authorization')) return options.fetch(input, init)
    const signal = init?.signal ?? (isRequest ? input.signal : undefined)

    let held = vault.held
    if (!held || !isGood(held, clock)) {
      held = await abortable(signal, options.settled())
      if (held && !isGood(held, clock)) {
        const before = held
        await abortable(signal, options.renew(before))
        held = stillOurs(before, vault.held)
      }
    }
    if (!held) return options.fetch(input, init)

    const body = await keepBody(isRequest ? input : undefined, init)
    const send = ({ accessToken }: Held): Promise<Response> => {
      const own = new Headers(headers)
      own.set('authorization', `Bearer ${accessToken}`)
      // a redirect could carry what is ours to somebody else's door: followed only where the caller asks for it
      const answer = options.fetch(input, { redirect: 'error', ...init, ...body.init(), headers: own })
      answer.then(options.connection.heard, () => {
        if (!signal?.aborted) options.connection.missed()
      })
      return answer
    }
    const response = await send(stillOurs(held, vault.held))
    if (response.status !== 401 || !body.isKept) return response

    const answered = held
    if (vault.held?.id === answered.id && vault.held.accessToken === answered.accessToken) {
      const failed = await abortable(
        signal,
        options.renew(answered).then(
          () => false,
          () => true,
        ),
      )
      if (failed) return response
    }
    const renewed = vault.held
    if (!renewed || renewed.id !== answered.id || !isGood(renewed, clock)) return response
    void response.body?.cancel().catch(() => {})
    return send(renewed)
  }
}

/** A request of one session never goes out with the token of another. */
function stillOurs(before: Held, now: Held | null): Held {
  if (now?.id !== before.id) throw new AuthError(now ? 'identity-changed' : 'not-authenticated')
  return now
}

function urlOf(value: string): URL | null {
  try {
    return new URL(value, globalThis.location?.href)
  } catch {
    return null
  }
}

function abortable<T>(signal: AbortSignal | null | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

interface Body {
  /** It can be sent a second time, whole. */
  readonly isKept: boolean
  init(): RequestInit
}

async function keepBody(request: Request | undefined, init: RequestInit | undefined): Promise<Body> {
  const given = init?.body
  const stream = given instanceof ReadableStream ? given : given === undefined ? request?.body : null
  // text, forms, blobs and bytes can be read again
  if (!stream) return { isKept: true, init: () => ({}) }
  const { bytes, rest } = await readUpTo(stream, LARGEST_KEPT_BODY)
  if (!rest) return { isKept: true, init: () => ({ body: bytes }) }
  return { isKept: false, init: () => ({ body: rest, duplex: 'half' }) as RequestInit }
}

/** The whole stream as bytes, or, where it is too long, all of it as a stream again. */
async function readUpTo(stream: ReadableStream<Uint8Array>, limit: number) {
  const reader = stream.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  while (size <= limit) {
    const { done, value } = await reader.read()
    if (done) return { bytes: new Blob(chunks), rest: null }
    chunks.push(new Uint8Array(value))
    size += value.byteLength
  }
  const rest = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift()
      if (chunk) return controller.enqueue(chunk)
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { bytes: null, rest }
}
