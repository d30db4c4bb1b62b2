import { AuthError } from '../errors.ts'
import { isBearerRefused } from '../refusal.ts'
import { retryAfterOf } from '../retry-after.ts'
import { own, toSnake } from './answers.ts'
import { isTokenCode, toRefusal, type Asked } from './classify.ts'
import type { BkendSettings } from './options.ts'

export interface RequestOptions {
  /** Camel case; the early dialect gets it in snake case. What is undefined is left out. */
  readonly body?: Readonly<Record<string, string | undefined>>
  readonly accessToken?: string
  readonly signal: AbortSignal
  readonly keepalive?: boolean | undefined
}

export type BkendTarget = `${'GET' | 'POST' | 'DELETE'} /auth/${string}`

/** Sends one request, once, and hands out the unwrapped body (null: 204). Rejects with an AuthError and nothing else. */
export type BkendRequest = (asked: Asked, target: BkendTarget, options: RequestOptions) => Promise<unknown>

const LARGEST_ANSWER = 65_536
const LARGEST_PROFILE = 262_144

export function connect({ base, headers, isEarly, fetch }: BkendSettings): BkendRequest {
  return async (asked, target, { body, accessToken, signal, keepalive }) => {
    const [method, route] = target.split(' ') as [string, string]
    const url = base + route
    let response: Response
    try {
      response = await (fetch ?? globalThis.fetch)(url, {
        method,
        headers: {
          Accept: 'application/json',
          ...headers,
          ...(accessToken !== undefined && { Authorization: `Bearer ${accessToken}` }),
          ...(body && { 'Content-Type': 'application/json' }),
        },
        body: body ? JSON.stringify(isEarly ? inSnakeCase(body) : body) : null,
        redirect: refusal(url),
        credentials: 'omit',
        cache: 'no-store',
        signal,
        ...(keepalive && { keepalive }),
      })
    } catch (cause) {
      throw new AuthError(signal.aborted ? 'timeout' : 'network', { cause })
    }
    const { status } = response
    const read = status === 204 ? null : await readJson(response, method === 'GET' ? LARGEST_PROFILE : LARGEST_ANSWER)
    const answer = isRedirected(response, url) ? undefined : read
    const success = own(answer, 'success')
    if (!response.ok || success === false) {
      throw toRefusal(asked, { status, code: codeOf(answer), retryAfter: retryAfterOf(response.headers) })
    }
    if (answer === undefined) throw new AuthError(signal.aborted ? 'timeout' : 'invalid-response', { status })
    return (success === true ? own(answer, 'data') : undefined) ?? answer
  }
}

/** How no redirect is followed: a Worker knows no 'error'. */
function refusal(url: string): RequestRedirect {
  try {
    return new Request(url, { redirect: 'error' }).redirect ?? 'error'
  } catch {
    return 'manual'
  }
}

/** React Native follows every redirect, and only the address shows it. A Worker hands it over. */
function isRedirected(response: Pick<Response, 'status'> & Partial<Response>, url: string): boolean {
  const isHandedOver = response.status > 299 && response.status < 400
  return isHandedOver || (response.redirected ?? (!!response.url && response.url !== url))
}

/** Whether a 401 refuses the access token: by its code, or by its headers if it has none that is known. */
export async function isTokenRefused(response: Response): Promise<boolean> {
  return isTokenCode(codeOf(await readJson(response, LARGEST_ANSWER)) ?? '') ?? isBearerRefused(response)
}

function inSnakeCase(body: NonNullable<RequestOptions['body']>): Record<string, string | undefined> {
  // the early dialect knows no `method`
  return { ...Object.fromEntries(Object.entries(body).map(([key, value]) => [toSnake(key), value])), method: undefined }
}

/** Reads an object of at most `limit` bytes. Undefined: it is something else, or not all of it came. */
async function readJson(response: Response, limit: number): Promise<object | undefined> {
  try {
    const answer: unknown = JSON.parse(await readText(response, limit))
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}

/** `''` for what is not JSON or too large. */
async function readText(response: Response, limit: number): Promise<string> {
  const type = response.headers.get('content-type')
  const isJson = type === null || /\bjson\b/i.test(type)
  // React Native has no streams: there the whole body is in the memory already
  if (!response.body) {
    const text = isJson ? await response.text() : ''
    return text.length > limit ? '' : text
  }
  const reader = response.body.getReader()
  try {
    // drops a byte order mark
    const decoder = new TextDecoder()
    let text = ''
    for (let size = 0; isJson;) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      size += value.byteLength
      if (size > limit) break
      text += decoder.decode(value, { stream: true })
    }
    return ''
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** The code in any of bkend's error shapes; `''` if there is only a message; undefined if it is none of them. */
function codeOf(answer: unknown): string | undefined {
  const error = own(answer, 'error')
  const code = own(error, 'code') ?? error
  if (typeof code === 'string') return /^([a-z]+\/)?[a-z-]+$|^[A-Z_]+$/.test(code) ? code : ''
  return typeof (own(error, 'message') ?? own(answer, 'message')) === 'string' ? '' : undefined
}
