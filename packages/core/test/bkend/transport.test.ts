import { afterEach, describe, expect, test, vi } from 'vitest'
import type { AuthErrorCode } from '../../src/errors.ts'
import { call, errorOf, fakeBkend, html, json, password, raw, refusal, tokens } from './fake-bkend.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const signInWith = (answer: Response | Error) => errorOf(fakeBkend(answer).client.signIn(password, call))
const refreshWith = (answer: Response | Error) =>
  errorOf(fakeBkend(answer).client.refresh({ refreshToken: 'refresh-1' }, call))

/** An answer of that many KiB. */
function sized(kib: number, fields: object): Response {
  const body = JSON.stringify({ ...fields, padding: '' })
  return raw(200, JSON.stringify({ ...fields, padding: 'x'.repeat(kib * 1024 - body.length) }))
}

/** What the core takes for "the token may be spent". */
const unknownOutcomes: AuthErrorCode[] = ['network', 'timeout', 'invalid-response', 'unknown']

describe('an answer that bkend did not write has no say in who is signed in [40, 41, 42, 56, 57]', () => {
  const answers: [name: string, answer: Response | Error, code: AuthErrorCode][] = [
    ['a dropped connection', new TypeError('Failed to fetch'), 'network'],
    ['a redirect', new TypeError('unexpected redirect'), 'network'],
    ['a page with 200', html(200), 'invalid-response'],
    ['a page with 401', html(401), 'invalid-response'],
    ['a page with 403', html(403), 'invalid-response'],
    ['a page with 404', html(404), 'invalid-response'],
    ['a page with 407', html(407), 'invalid-response'],
    ['a page with 408', html(408), 'timeout'],
    ['a page with 500', html(500), 'unknown'],
    ['a page with 502', html(502), 'unknown'],
    ['a bare 503 of a gateway', html(503), 'unknown'],
    ['a page with 504', html(504), 'timeout'],
    ['204', new Response(null, { status: 204 }), 'invalid-response'],
    ['an empty body', raw(200, ''), 'invalid-response'],
    ['no body', raw(200, null), 'invalid-response'],
    ['401 without a body', raw(401, null), 'invalid-response'],
    ['401 with an object that is no error', json(401, { login: '/portal' }), 'invalid-response'],
    ['401 with a list', json(401, ['unauthorized']), 'invalid-response'],
    ['401 with a string', json(401, 'unauthorized'), 'invalid-response'],
    ['401 with an error in a text', raw(401, '{"message":"no"}', { 'Content-Type': 'text/plain' }), 'invalid-response'],
    ['a dead-token code cut off', raw(401, '{"error":{"code":"auth/session-expired"'), 'invalid-response'],
    ['half a JSON', raw(200, JSON.stringify(tokens).slice(0, -9)), 'invalid-response'],
    ['JSON and more', raw(200, `${JSON.stringify(tokens)}<!-- tracked -->`), 'invalid-response'],
    ['UTF-16', raw(200, new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])), 'invalid-response'],
  ]

  test.each(answers)('%s', async (_, answer, code) => {
    const error = await refreshWith(answer)
    expect(error.code).toBe(code)
    expect(unknownOutcomes).toContain(error.code)
  })

  test('an answer which says that it was not processed is believed [57]', async () => {
    expect(await refreshWith(html(429, { 'Retry-After': '7' }))).toMatchObject({ code: 'rate-limited', retryAfter: 7 })
    expect(await refreshWith(html(503, { 'Retry-After': '7' }))).toMatchObject({ code: 'unavailable', retryAfter: 7 })
    expect((await refreshWith(refusal(503, 'x'))).code).toBe('unavailable')
    expect((await refreshWith(json(503, { message: 'later' }))).code).toBe('unavailable')
    expect((await signInWith(html(503))).code).toBe('unavailable')
  })

  test('a redirect that a Worker hands over as it is has no say either, whatever stands in it [G3, V4]', async () => {
    const { client, calls } = fakeBkend(json(302, { error: { code: 'auth/session-expired' } }))
    class WorkerRequest extends Request {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        if (init?.redirect === 'error') throw new TypeError('Invalid redirect value')
        super(input, init)
      }
    }
    vi.stubGlobal('Request', WorkerRequest)
    const error = await errorOf(client.refresh({ refreshToken: 'refresh-1' }, call))
    expect(error.code).toBe('invalid-response')
    expect(calls.map(({ init }) => init.redirect)).toEqual(['manual'])
  })

  test('a followed redirect is refused, should a fetch have followed one', async () => {
    const answer = json(200, tokens)
    Object.defineProperty(answer, 'redirected', { value: true })
    answer.clone = () => answer
    expect((await refreshWith(answer)).code).toBe('invalid-response')
  })
})

describe('a body', () => {
  test('a body may begin with a byte order mark, and may name its content type loosely [42]', async () => {
    const body = `\uFEFF${JSON.stringify(tokens)}`
    for (const type of ['application/json; charset=utf-8', 'application/problem+json', 'APPLICATION/JSON']) {
      const { client } = fakeBkend(raw(200, body, { 'Content-Type': type }))
      expect(await client.signIn(password, call), type).toMatchObject({ accessToken: 'access-1' })
    }
    const unnamed = new Response(new TextEncoder().encode(body))
    expect(await fakeBkend(unnamed).client.signIn(password, call)).toMatchObject({ accessToken: 'access-1' })
  })

  test('a body may come in pieces, cut through a character', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ id: 'u1', name: 'Ωλ😀' }))
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    const { client } = fakeBkend(raw(200, pieces))
    expect((await client.getUser({ accessToken: 'access-1' }, call)).name).toBe('Ωλ😀')
  })

  test('a body has at most 64 KiB for tokens and 256 KiB for the user [43]', async () => {
    const user = { id: 'u1' }
    expect(await fakeBkend(sized(64, tokens)).client.signIn(password, call)).toMatchObject({ accessToken: 'access-1' })
    expect((await refreshWith(sized(65, tokens))).code).toBe('invalid-response')
    const getUser = (response: Response) => fakeBkend(response).client.getUser({ accessToken: 'access-1' }, call)
    expect(await getUser(sized(256, user))).toMatchObject(user)
    expect((await errorOf(getUser(sized(257, user)))).code).toBe('invalid-response')
  })

  test('a body may nest ten thousand deep in fields that are not read, and the last of two equal keys counts [44]', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    const body = `{"extra":${deep},"id":"u0","name":{"first":${deep}},"role":"admin","role":"user","id":"u1"}`
    const user = await fakeBkend(raw(200, body)).client.getUser({ accessToken: 'access-1' }, call)
    expect(user).toMatchObject({ id: 'u1', name: null, role: 'user' })
    expect(user).not.toHaveProperty('extra')
    const twice = raw(200, `{"accessToken":"a","accessToken":["b"],"refreshToken":"refresh-2"}`)
    expect((await refreshWith(twice)).code).toBe('invalid-response')
    const bottomless = raw(200, '['.repeat(60_000))
    expect((await refreshWith(bottomless)).code).toBe('invalid-response')
  })

  test('a body that never ends is left as soon as it is too large [43]', async () => {
    let pulled = 0
    let isCancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(16_384).fill(0x20))
      },
      cancel() {
        isCancelled = true
      },
    })
    const response = raw(200, endless)
    response.clone = () => response
    expect((await refreshWith(response)).code).toBe('invalid-response')
    expect(isCancelled).toBe(true)
    expect(pulled).toBeLessThan(10)
  })

  test('a body that is not read is not kept open', async () => {
    let isCancelled = false
    const page = new ReadableStream<Uint8Array>({
      cancel() {
        isCancelled = true
      },
    })
    const response = raw(502, page, { 'Content-Type': 'text/html' })
    response.clone = () => response
    expect((await refreshWith(response)).code).toBe('unknown')
    expect(isCancelled).toBe(true)
  })

  test('a body that breaks off is an answer that was lost [18, 42]', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"accessToken":')),
      pull: (controller) => controller.error(new TypeError('terminated')),
    })
    const response = raw(200, broken)
    response.clone = () => response
    expect((await refreshWith(response)).code).toBe('invalid-response')
  })
})

describe('where answers have no stream, as in React Native', () => {
  /** A response as React Native makes it: neither `body` nor `redirected`. */
  function native(response: Response, more: Partial<Response> = {}): Response {
    const { status, ok, headers } = response
    const text = () => response.text()
    const answer = { status, ok, headers, url: '', text, ...more } as Response
    return Object.assign(answer, { clone: () => answer })
  }

  test('a sign-in is read without a stream [V19]', async () => {
    const { client } = fakeBkend(native(json(200, tokens)))
    expect(await client.signIn(password, call)).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-2' })
  })

  test('a refusal is read without a stream [V19]', async () => {
    expect((await refreshWith(native(refusal(401, 'auth/invalid-refresh-token')))).code).toBe('session-expired')
    const { isRefused } = fakeBkend(json(200, {})).client
    expect(await isRefused(native(refusal(401, 'auth/invalid-password')))).toBe(false)
    expect(await isRefused(native(refusal(401, 'auth/token-expired')))).toBe(true)
  })

  test('the limit on size is the same without a stream [V19]', async () => {
    expect(await fakeBkend(native(sized(64, tokens))).client.signIn(password, call)).toHaveProperty('accessToken')
    expect((await refreshWith(native(sized(65, tokens)))).code).toBe('invalid-response')
  })

  test('an answer without a stream that is not JSON is not even read [V19]', async () => {
    let reads = 0
    const text = async () => {
      reads += 1
      return JSON.stringify(tokens)
    }
    expect((await refreshWith(native(html(200), { text }))).code).toBe('invalid-response')
    expect(reads).toBe(0)
  })

  test('half an answer without a stream is one that was lost [V19]', async () => {
    expect((await refreshWith(native(raw(200, '')))).code).toBe('invalid-response')
    expect((await refreshWith(native(raw(200, '{"accessToken":')))).code).toBe('invalid-response')
    const text = () => Promise.reject(new TypeError('Network request failed'))
    expect((await refreshWith(native(json(200, tokens), { text }))).code).toBe('invalid-response')
  })

  test('an answer that does not say if it was redirected is known by its address [V19]', async () => {
    const own = 'https://api-client.bkend.ai/v1/auth/refresh'
    const { client } = fakeBkend(native(json(200, tokens), { url: own }))
    expect(await client.refresh({ refreshToken: 'refresh-1' }, call)).toMatchObject({ accessToken: 'access-1' })
    for (const url of ['https://evil.example/v1/auth/refresh', 'https://api-client.bkend.ai/other']) {
      expect((await refreshWith(native(json(200, tokens), { url }))).code, url).toBe('invalid-response')
    }
    expect((await refreshWith(native(json(200, tokens), { redirected: true }))).code).toBe('invalid-response')
  })
})

describe('an abort is a time-out', () => {
  test('an abort before there is an answer is a time-out', async () => {
    const controller = new AbortController()
    const { client } = fakeBkend(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    )
    const refreshed = errorOf(client.refresh({ refreshToken: 'refresh-1' }, controller))
    controller.abort()
    expect((await refreshed).code).toBe('timeout')
  })

  test('an abort in the middle of an answer is a time-out', async () => {
    const controller = new AbortController()
    const { client } = fakeBkend(({ signal }) =>
      Promise.resolve(
        raw(
          200,
          new ReadableStream({
            start: (stream) => signal?.addEventListener('abort', () => stream.error(signal.reason)),
          }),
        ),
      ),
    )
    const refreshed = errorOf(client.refresh({ refreshToken: 'refresh-1' }, controller))
    controller.abort()
    expect((await refreshed).code).toBe('timeout')
  })
})

describe('Retry-After', () => {
  const now = 'Wed, 21 Oct 2026 07:28:00 GMT'
  const waitOf = async (retryAfter: string | undefined, date?: string) => {
    const headers = { ...(retryAfter !== undefined && { 'Retry-After': retryAfter }), ...(date && { Date: date }) }
    return (await refreshWith(refusal(429, 'auth/rate-limit', headers))).retryAfter
  }

  test.each([
    ['30', 30],
    ['0', 0],
    [' 30 ', 30],
    ['600', 600],
    ['601', 600],
    ['1000000000', 600],
    ['9'.repeat(400), 600],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['0x1f', undefined],
    ['soon', undefined],
    ['2026-10-21', undefined],
    ['Wed, 99 Foo 2026 07:28:00 GMT', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('Retry-After %j asks for %s seconds [59]', async (value, seconds) => {
    expect(await waitOf(value)).toBe(seconds)
  })

  test('Retry-After as a date is measured by the clock of the server [59]', async () => {
    vi.useFakeTimers({ now: Date.parse('2001-01-01'), toFake: ['Date'] })
    expect(await waitOf('Wed, 21 Oct 2026 07:28:42 GMT', now)).toBe(42)
    expect(await waitOf('Wed, 21 Oct 2026 09:28:42 GMT', now)).toBe(600)
    expect(await waitOf('Wed, 21 Oct 2026 07:27:00 GMT', now)).toBe(0)
    expect(await waitOf('Wednesday, 21-Oct-26 07:28:42 GMT', now)).toBe(42)
  })

  test('Retry-After as a date is measured by the clock here where the server hides its own [59, 74]', async () => {
    vi.useFakeTimers({ now: Date.parse(now), toFake: ['Date'] })
    expect(await waitOf('Wed, 21 Oct 2026 07:28:42 GMT')).toBe(42)
    expect(await waitOf('Wed, 21 Oct 2026 07:28:42 GMT', 'yesterday')).toBe(42)
  })

  test('Retry-After comes with every refusal that has one', async () => {
    const headers = { 'Retry-After': '30' }
    expect((await signInWith(refusal(429, 'auth/account-locked', headers))).retryAfter).toBe(30)
    expect((await signInWith(refusal(503, 'x', headers))).retryAfter).toBe(30)
  })
})
