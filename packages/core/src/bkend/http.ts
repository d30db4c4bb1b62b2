import { AuthError } from '../errors.ts'
import { own, toSnake } from './answers.ts'
import { toRefusal, type Asked } from './classify.ts'
import { retryAfterOf } from './retry-after.ts'

/** Which generation of the API to speak. */
export type BkendDialect = 'current' | 'early'

export interface BkendOptions {
  /**
   * Where the API is: https, or http on this machine. In the early dialect it ends in `/v1`.
   * Default: `https://api-client.bkend.ai`, or `https://api.bkend.ai/v1` in the early dialect.
   */
  readonly url?: string | undefined
  /** The publishable key (`pk_…`), which names project and environment; the project id in the early dialect. Not a secret. */
  readonly publishableKey: string
  /** Default `'current'`. */
  readonly dialect?: BkendDialect | undefined
  /** Default: the global one, read at call time. It must not retry: a refresh token must be shown once. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

export interface RequestOptions {
  /** Camel case; the early dialect gets it in snake case. What is undefined is left out. */
  readonly body?: Readonly<Record<string, string | undefined>>
  readonly accessToken?: string
  readonly signal: AbortSignal
}

export type BkendTarget = `${'GET' | 'POST' | 'DELETE'} /auth/${string}`

/** Sends one request, once, and hands out the unwrapped body (null: 204). Rejects with an AuthError and nothing else. */
export type BkendRequest = (asked: Asked, target: BkendTarget, options: RequestOptions) => Promise<unknown>

const LARGEST_ANSWER = 65_536
const LARGEST_PROFILE = 262_144

export function connect(options: BkendOptions): { readonly origin: string; readonly request: BkendRequest } {
  const { publishableKey, dialect = 'current', fetch } = options
  const isEarly = dialect === 'early'
  const base = readBase(options.url ?? (isEarly ? 'https://api.bkend.ai/v1' : 'https://api-client.bkend.ai'))
  const path = base.pathname.replace(/\/+$/, '')
  const prefix = base.origin + (isEarly ? path : `${path.replace(/\/v1$/, '')}/v1`)
  // a secret key must never get into a browser
  const isPublishable = typeof publishableKey === 'string' && /^(?!sk_)[!-~]+$/.test(publishableKey)
  if (!isPublishable) throw new AuthError('misconfigured')

  const request: BkendRequest = async (asked, target, { body, accessToken, signal }) => {
    const [method, route] = target.split(' ') as [string, string]
    let response: Response
    try {
      response = await (fetch ?? globalThis.fetch)(new URL(prefix + route).href, {
        method,
        headers: {
          Accept: 'application/json',
          [isEarly ? 'x-project-id' : 'X-API-Key']: publishableKey,
          ...(accessToken !== undefined && { Authorization: `Bearer ${accessToken}` }),
          ...(body && { 'Content-Type': 'application/json' }),
        },
        body: body ? JSON.stringify(isEarly ? inSnakeCase(body) : body) : null,
        redirect: 'error',
        credentials: 'omit',
        cache: 'no-store',
        signal,
      })
    } catch (cause) {
      throw new AuthError(signal.aborted ? 'timeout' : 'network', { cause })
    }
    const { status } = response
    const answer = status === 204 ? null : await readJson(response, method === 'GET' ? LARGEST_PROFILE : LARGEST_ANSWER)
    const success = own(answer, 'success')
    if (!response.ok || success === false) {
      throw toRefusal(asked, { status, code: codeOf(answer), retryAfter: retryAfterOf(response.headers) })
    }
    if (answer === undefined) throw new AuthError(signal.aborted ? 'timeout' : 'invalid-response', { status })
    return (success === true ? own(answer, 'data') : undefined) ?? answer
  }

  return { origin: base.origin, request }
}

function readBase(url: string): URL {
  try {
    const base = new URL(url)
    const isLoopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(base.hostname)
    if (base.protocol === 'https:' || (base.protocol === 'http:' && isLoopback)) return base
  } catch {
    // said below, without the URL
  }
  throw new AuthError('misconfigured')
}

function inSnakeCase(body: NonNullable<RequestOptions['body']>): Record<string, string | undefined> {
  // the early dialect knows no `method`
  return { ...Object.fromEntries(Object.entries(body).map(([key, value]) => [toSnake(key), value])), method: undefined }
}

/** Reads an object of at most `limit` bytes. Undefined: it is something else, or not all of it came. */
async function readJson(response: Response, limit: number): Promise<object | undefined> {
  const reader = response.body?.getReader()
  try {
    const type = response.headers.get('content-type')
    if (!reader || response.redirected || (type !== null && !/\bjson\b/i.test(type))) return undefined
    // drops a byte order mark
    const decoder = new TextDecoder()
    let json = ''
    for (let size = 0; ;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > limit) return undefined
      json += decoder.decode(value, { stream: true })
    }
    const answer: unknown = JSON.parse(json + decoder.decode())
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  } finally {
    reader?.cancel().catch(() => {})
  }
}

/** The code in any of bkend's error shapes; `''` where there is only a message; undefined where it is none of them. */
function codeOf(answer: unknown): string | undefined {
  const error = own(answer, 'error')
  const code = own(error, 'code') ?? error
  if (typeof code === 'string') return /^([a-z]+\/)?[a-z-]+$|^[A-Z_]+$/.test(code) ? code : ''
  return typeof (own(error, 'message') ?? own(answer, 'message')) === 'string' ? '' : undefined
}
