/** How long the proxy waits: for a request that stalls, for an upstream that does not answer, and for what moves. */
import { drain, fakeClock } from '@authchart/core/testing'
import { expect, test } from 'vitest'
import { ada, browserAt, handlerOf, strictUpstream } from './support.ts'

const SECOND = 1000
const ours = { 'x-authchart': '1', 'content-type': 'text/plain' }

/** An app that is signed in, and an upstream of its data that answers when the test says so. */
async function app() {
  const clock = fakeClock()
  const arrived: { readonly text: Promise<string>; readonly signal: AbortSignal }[] = []
  const answers: ((response: Response) => void)[] = []
  function fetch(_: RequestInfo | URL, { body, signal }: RequestInit = {}): Promise<Response> {
    const text = new Response(body as BodyInit).text()
    text.catch(() => {})
    arrived.push({ text, signal: signal as AbortSignal })
    return new Promise((resolve, reject) => {
      answers.push(resolve)
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }
  const { client } = strictUpstream()
  const { handler, events } = handlerOf(client, { proxy: { '/api': 'https://api.example' }, fetch, clock })
  const browser = browserAt(handler)
  await browser.call('sign-in', { credentials: ada })
  const waits = async () => await expect.poll(() => clock.pending).toBe(1)
  return { waits, clock, browser, arrived, answers, events }
}

/** A body that the page sends piece by piece. */
function pieces() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  writer.closed.catch(() => {})
  return {
    readable,
    async send(text: string) {
      void writer.write(new TextEncoder().encode(text))
      await drain()
    },
    end: () => writer.close(),
  }
}

test('An upstream that does not answer is waited for as long as requestTimeout says, and is then asked no more', async () => {
  const { waits, clock, browser, arrived, events } = await app()
  const response = browser.fetch('/api/x', { headers: ours })
  await waits()
  clock.advance(30 * SECOND - 1)
  await drain()
  expect(arrived[0]?.signal.aborted).toBe(false)
  clock.advance(1)
  expect((await response).status).toBe(504)
  expect(await (await response).json()).toEqual({ error: { code: 'timeout' } })
  expect(arrived[0]?.signal.aborted).toBe(true)
  expect(events.at(-1)).toMatchObject({ operation: 'proxy', status: 504, code: 'timeout' })
})

test('A large upload goes on as long as it moves, and is given up when it does not', async () => {
  const { waits, clock, browser, arrived, answers } = await app()
  const upload = pieces()
  const init = { method: 'POST', body: upload.readable, duplex: 'half', headers: ours }
  const response = browser.fetch('/api/files', init as RequestInit)
  await waits()
  for (const part of ['one ', 'two ', 'three']) {
    clock.advance(29 * SECOND)
    await upload.send(part)
  }
  await upload.end()
  expect(await arrived[0]?.text).toBe('one two three')
  answers[0]?.(new Response('kept'))
  expect(await (await response).text()).toBe('kept')

  const stalled = pieces()
  const second = browser.fetch('/api/files', { ...init, body: stalled.readable } as RequestInit)
  await waits()
  await stalled.send('one ')
  clock.advance(30 * SECOND)
  expect((await second).status).toBe(504)
})

test('A small body that does not come is waited for no longer, and nothing goes on', async () => {
  const { waits, clock, browser, arrived } = await app()
  const body = pieces()
  const headers = { ...ours, 'content-length': '5' }
  const init = { method: 'POST', body: body.readable, duplex: 'half', headers } as RequestInit
  const response = browser.fetch('/api/x', init)
  await waits()
  await body.send('1')
  clock.advance(30 * SECOND)
  expect((await response).status).toBe(408)
  expect(arrived).toEqual([])
})

test('An answer that has begun may be slow: a stream of events is open for as long as the page listens', async () => {
  const { waits, clock, browser, arrived, answers } = await app()
  const page = new AbortController()
  const response = browser.fetch('/api/events', { headers: ours, signal: page.signal })
  await waits()
  const events = pieces()
  answers[0]?.(new Response(events.readable, { headers: { 'content-type': 'text/event-stream' } }))
  const reader = (await response).body?.getReader()
  clock.advance(600 * SECOND)
  await events.send('data: 1\n\n')
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n')
  expect(arrived[0]?.signal.aborted).toBe(false)
  page.abort()
  expect(arrived[0]?.signal.aborted).toBe(true)
})
