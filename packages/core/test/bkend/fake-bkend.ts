import type { AuthError } from '../../src/errors.ts'
import { bkend, type BkendClient, type BkendOptions } from '../../src/exports/bkend.ts'

export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: unknown
  readonly init: RequestInit
}

export interface FakeBkend {
  readonly client: BkendClient
  /** What was sent, in order. */
  readonly calls: readonly Call[]
  readonly fetch: typeof globalThis.fetch
}

/** A client whose server answers as told: every request gets the next answer, and the last one again. */
export function fakeBkend(
  answers: Response | Error | readonly (Response | Error)[] | ((init: RequestInit) => Promise<Response>),
  options: Partial<BkendOptions> = {},
): FakeBkend {
  const calls: Call[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    calls.push({
      method: init.method ?? 'GET',
      url: input as string,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body,
      init,
    })
    if (typeof answers === 'function') return answers(init)
    const list = [answers].flat() as (Response | Error)[]
    const answer = list[Math.min(calls.length, list.length) - 1]
    if (!answer || answer instanceof Error) throw answer ?? new TypeError('no answer')
    return answer.clone()
  }
  return { calls, fetch, client: bkend({ publishableKey: 'pk_test', fetch, ...options }) }
}

export const call = { signal: new AbortController().signal }
export const password = { email: 'ada@example.com', password: 'correct horse' }
export const tokens = { accessToken: 'access-1', refreshToken: 'refresh-2', tokenType: 'Bearer', expiresIn: 3600 }

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
}

export function raw(status: number, body: BodyInit | null, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { 'Content-Type': 'application/json', ...headers } })
}

export function html(status: number, headers: Record<string, string> = {}): Response {
  return raw(status, '<!doctype html><title>Sign in to the hotel</title>', {
    'Content-Type': 'text/html; charset=utf-8',
    ...headers,
  })
}

export function refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
  return json(status, { error: { code, message: 'in the words of the server' } }, headers)
}

/** The error of a call that has to fail. */
export async function errorOf(promise: Promise<unknown>): Promise<AuthError> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('value' in settled) throw new Error(`resolved with ${JSON.stringify(settled.value)}`)
  return settled.error as AuthError
}
