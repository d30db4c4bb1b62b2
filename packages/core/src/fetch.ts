import type { Connection } from './connection.ts'
import { AuthError } from './errors.ts'
import { isGood, isSameGrant, type Held } from './session.ts'
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
  const { vault, clock, allowedOrigins, connection } = options

  return async function authFetch(input, init) {
    const request = isRequest(input) ? input : undefined
    const url = urlOf(request ? request.url : `${input as string | URL}`)
    const headers = new Headers(init?.headers ?? request?.headers)
    // another origin, or a caller who brings his own: not our business
    if (!url || !allowedOrigins.includes(url.origin) || headers.has('authorization')) return options.fetch(input, init)
    const signal = init?.signal ?? request?.signal

    const held = await abortable(signal, currentSession())
    if (!held) return options.fetch(request ?? url.href, init)

    const body = await keepBody(request, init, signal)
    const send = ({ accessToken }: Held): Promise<Response> => {
      const own = new Headers(headers)
      own.set('authorization', `Bearer ${accessToken}`)
      // what was looked at is what is sent; a redirect could carry what is ours to somebody else's door: it is followed
      // only where the caller asks for it
      const redirect = init?.redirect ?? 'error'
      const answer = options.fetch(request ?? url.href, { ...init, ...body.init(), redirect, headers: own })
      answer.then(connection.heard, () => {
        if (!signal?.aborted) connection.missed()
      })
      return answer
    }
    const sent = stillOurs(held.id, vault.held)
    const response = await send(sent)
    if (response.status !== 401 || !body.isKept || isStepUp(response)) return response

    // a 401 to an older token than the one held says nothing of the one held
    if (isSameGrant(sent, vault.held)) {
      const isRenewed = await abortable(signal, isDone(options.renew(sent)))
      if (!isRenewed) return response
    }
    const renewed = vault.held
    if (renewed?.id !== sent.id || isSameGrant(sent, renewed) || !isGood(renewed, clock)) return response
    void response.body?.cancel().catch(() => {})
    return send(renewed)
  }

  /** Whoever is signed in, with a good token; null: nobody, who may ask, too. */
  async function currentSession(): Promise<Held | null> {
    const before = vault.held
    if (before && isGood(before, clock)) return before
    const settled = await options.settled()
    if (before) stillOurs(before.id, settled)
    if (!settled || isGood(settled, clock)) return settled
    await options.renew(settled)
    return stillOurs(settled.id, vault.held)
  }
}

/** The token is good, the sign-in is not strong or young enough (RFC 9470 §3): a renewal would not help. */
function isStepUp({ headers }: Response): boolean {
  return headers.get('www-authenticate')?.includes('insufficient_user_authentication') === true
}

/** A request of one session never goes out with the token of another. */
function stillOurs(id: string, now: Held | null): Held {
  if (now?.id !== id) throw new AuthError(now ? 'identity-changed' : 'not-authenticated')
  return now
}

/** One of another realm (a frame, say) is one, too. */
function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && Object.prototype.toString.call(input) === '[object Request]'
}

function urlOf(value: string): URL | null {
  try {
    return new URL(value, globalThis.location?.href)
  } catch {
    return null
  }
}

function isDone(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
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

async function keepBody(
  request: Request | undefined,
  init: RequestInit | undefined,
  signal: AbortSignal | null | undefined,
): Promise<Body> {
  const given = init?.body
  const stream = given instanceof ReadableStream ? given : given === undefined ? request?.body : null
  // text, forms, blobs and bytes can be read again
  if (!stream) return { isKept: true, init: () => ({}) }
  if (request?.bodyUsed) throw new TypeError('The body of this request was read before')
  // one that was begun elsewhere would lose its beginning: this throws the TypeError that fetch would throw
  const source = new Response(stream).body as ReadableStream<unknown>
  const reader = source.getReader()
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => {})
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const { bytes, rest } = await abortable(signal, readUpTo(reader, LARGEST_KEPT_BODY))
    if (!rest) return { isKept: true, init: () => ({ body: bytes }) }
    return { isKept: false, init: () => ({ body: rest, duplex: 'half' }) as RequestInit }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** The whole stream as bytes, or, where it is too long, all of it as a stream again. */
async function readUpTo(reader: ReadableStreamDefaultReader<unknown>, limit: number) {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  while (size <= limit) {
    const { done, value } = await reader.read()
    if (done) return { bytes: new Blob(chunks), rest: null }
    if (!(value instanceof Uint8Array)) throw new TypeError('A body is a stream of bytes')
    chunks.push(new Uint8Array(value))
    size += value.byteLength
  }
  const rest = new ReadableStream<unknown>({
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
