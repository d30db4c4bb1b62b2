import { expect, it, vi } from 'vitest'
import { grant, HOUR, openTab, settle, watch } from './support.ts'

const HERE = 'https://api.test/posts'
const MIB = 1_048_576
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function stream(...chunks: unknown[]): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      const next = chunks.shift()
      if (next === undefined) controller.close()
      else controller.enqueue(next)
    },
  })
}

/** Sends it to a server that refuses the first token, and renews. */
async function sendTwice(input: string | Request, init?: RequestInit) {
  const tab = openTab()
  await tab.signIn()
  tab.server.decide = ({ token }) => (token === 'access-2' ? 200 : 401)
  const asked = watch(tab.auth.fetch(input, init))
  await settle()
  if (tab.client.has('refresh')) tab.client.next('refresh').answer(grant(2))
  await settle()
  return { asked, arrived: tab.server.arrived, tab }
}

const form = new URLSearchParams({ a: '1', b: 'ü&=' })
const bodies: readonly (readonly [string, () => RequestInit, string, string | null])[] = [
  ['text', () => ({ body: 'text ü' }), 'text ü', 'text/plain;charset=UTF-8'],
  ['an empty text', () => ({ body: '' }), '', 'text/plain;charset=UTF-8'],
  ['a form', () => ({ body: form }), 'a=1&b=%C3%BC%26%3D', 'application/x-www-form-urlencoded;charset=UTF-8'],
  ['a blob', () => ({ body: new Blob(['{"a":1}'], { type: 'application/json' }) }), '{"a":1}', 'application/json'],
  ['a buffer', () => ({ body: bytes('buffer').buffer }), 'buffer', null],
  ['a view', () => ({ body: bytes('xviewx').subarray(1, 5) }), 'view', null],
]

it.each(bodies)('%s is sent twice, the same [70]', async (_, init, body, type) => {
  const { asked, arrived } = await sendTwice(HERE, { method: 'POST', ...init() })
  expect(asked.value?.status).toBe(200)
  expect(arrived.map((request) => request.body)).toEqual([body, body])
  expect(arrived.map(({ headers }) => headers.get('content-type'))).toEqual([type, type])
  expect(arrived.map(({ token, method }) => [token, method])).toEqual([
    ['access-1', 'POST'],
    ['access-2', 'POST'],
  ])
})

it('a form with a file is sent twice, whole [70]', async () => {
  const data = new FormData()
  data.set('name', 'Ann')
  data.set('file', new File(['content'], 'a.txt', { type: 'text/plain' }))
  const { asked, arrived } = await sendTwice(HERE, { method: 'POST', body: data })
  expect(asked.value?.status).toBe(200)
  for (const { headers, body } of arrived) {
    const [, boundary = '-'] = /boundary=(.+)/.exec(headers.get('content-type') ?? '') ?? []
    expect(body.split(boundary)).toHaveLength(4)
    expect(body).toContain('content')
  }
})

it.each([
  ['text', () => new Request(HERE, { method: 'PATCH', body: 'text', headers: { 'x-own': '1' } }), 'text'],
  [
    'JSON',
    () =>
      new Request(HERE, { method: 'PATCH', body: '{}', headers: { 'x-own': '1', 'content-type': 'application/json' } }),
    '{}',
  ],
  ['nothing', () => new Request(HERE, { method: 'PATCH', headers: { 'x-own': '1' } }), ''],
] as const)('a Request with %s is sent twice, the same [70]', async (_, make, body) => {
  const request = make()
  const type = request.headers.get('content-type')
  const { asked, arrived } = await sendTwice(request)
  expect(asked.value?.status).toBe(200)
  expect(arrived.map((own) => [own.method, own.body])).toEqual([
    ['PATCH', body],
    ['PATCH', body],
  ])
  expect(arrived.map(({ headers }) => [headers.get('x-own'), headers.get('content-type')])).toEqual([
    ['1', type],
    ['1', type],
  ])
})

it('a Request whose form has a boundary keeps it', async () => {
  const data = new FormData()
  data.set('name', 'Ann')
  const { arrived } = await sendTwice(new Request(HERE, { method: 'POST', body: data }))
  expect(new Set(arrived.map(({ body }) => body)).size).toBe(1)
  expect(new Set(arrived.map(({ headers }) => headers.get('content-type'))).size).toBe(1)
  expect(arrived[0]?.headers.get('content-type')).toContain('boundary=')
})

it('an init beside a Request outranks it', async () => {
  const { arrived } = await sendTwice(new Request(HERE, { method: 'POST', body: 'of the request' }), {
    method: 'PUT',
    body: 'of the init',
  })
  expect(arrived.map(({ method, body }) => [method, body])).toEqual([
    ['PUT', 'of the init'],
    ['PUT', 'of the init'],
  ])
})

async function* parts() {
  yield bytes('one ')
  yield bytes('two')
}

it.each([
  ['a stream', () => stream(bytes('one '), bytes('two'))],
  ['an async iterable', parts],
])('%s is sent once, as it comes, and its 401 is returned [67, C6, V6]', async (_, make) => {
  const init = { method: 'POST', body: make(), duplex: 'half' } as unknown as RequestInit
  const { asked, arrived, tab } = await sendTwice(HERE, init)
  expect(asked.value?.status).toBe(401)
  expect(arrived.map(({ body }) => body)).toEqual(['one two'])
  expect(tab.client.counts.refresh).toBe(0)
})

it('a stream waits for a renewal and is sent whole [67]', async () => {
  const tab = openTab()
  await tab.signIn()
  tab.clock.sleep(2 * HOUR)
  const body = stream(bytes('one '), bytes('two'))
  const asked = watch(tab.auth.fetch(HERE, { method: 'POST', body, duplex: 'half' } as RequestInit))
  await settle()
  tab.client.next('refresh').answer(grant(2))
  await settle()
  expect(asked.value?.status).toBe(200)
  expect(tab.server.arrived.map((own) => [own.body, own.token])).toEqual([['one two', 'access-2']])
})

it('a Request with a long body is sent twice, whole [67]', async () => {
  const { asked, arrived } = await sendTwice(new Request(HERE, { method: 'POST', body: 'x'.repeat(3 * MIB) }))
  expect(asked.value?.status).toBe(200)
  expect(arrived.map(({ body }) => body.length)).toEqual([3 * MIB, 3 * MIB])
})

it('a Request is sent twice where Request has no body to look at, as in Firefox [V1]', async () => {
  const request = new Request(HERE, { method: 'POST', body: 'text' })
  const body = vi.spyOn(Request.prototype, 'body', 'get').mockReturnValue(undefined as never)
  const { asked, arrived } = await sendTwice(request)
  body.mockRestore()
  expect(asked.value?.status).toBe(200)
  expect(arrived.map((own) => own.body)).toEqual(['text', 'text'])
})

it.each([
  ['text', 'text'],
  ['a number', 5],
  ['a buffer', bytes('x').buffer],
  ['an object', {}],
])('a stream of %s, which no fetch takes, is refused and not sent with another body', async (_, chunk) => {
  const { asked, arrived } = await sendTwice(HERE, {
    method: 'POST',
    body: stream(chunk, bytes('rest')),
    duplex: 'half',
  } as RequestInit)
  expect(asked.now).toContain('TypeError')
  expect(arrived).toEqual([])
})

it('a stream that breaks rejects with its error', async () => {
  const broken = new Error('disk')
  const body = new ReadableStream({ pull: () => Promise.reject(broken) })
  const { asked, arrived } = await sendTwice(HERE, { method: 'POST', body, duplex: 'half' } as RequestInit)
  expect(asked.error).toBe(broken)
  expect(arrived).toEqual([])
})

it('a Request that was read already is refused and not sent empty', async () => {
  const request = new Request(HERE, { method: 'POST', body: 'text' })
  await request.text()
  const { asked, arrived } = await sendTwice(request)
  expect(asked.now).toContain('TypeError')
  expect(arrived).toEqual([])
})

it('a stream that was begun already is refused and not sent by half [67]', async () => {
  const body = stream(bytes('one'), bytes('two'))
  const reader = body.getReader()
  await reader.read()
  reader.releaseLock()
  const { asked, arrived } = await sendTwice(HERE, { method: 'POST', body, duplex: 'half' } as RequestInit)
  expect(asked.now).toContain('TypeError')
  expect(arrived).toEqual([])
})

it('a Request is used up by sending it, as with every fetch', async () => {
  const request = new Request(HERE, { method: 'POST', body: 'text' })
  await sendTwice(request)
  expect(request.bodyUsed).toBe(true)
})

it('a stream of a signed-out user goes through untouched', async () => {
  const tab = openTab()
  await tab.auth.fetch(HERE, {
    method: 'POST',
    body: stream(bytes('one'), bytes('two')),
    duplex: 'half',
  } as RequestInit)
  expect(tab.server.arrived.map(({ body, token }) => [body, token])).toEqual([['onetwo', null]])
})
