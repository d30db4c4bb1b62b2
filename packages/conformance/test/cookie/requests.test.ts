/** Requests as nobody sends them: the handler answers each, with no failure of its own and no secret. */
import { AuthError } from '@authchart/core'
import { createAuthHandler } from '@authchart/core/server'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'

const RUNS = inject('suite') === 'whole' ? 100_000 : 10_000
const APP = 'https://app.example'
const own = { 'sec-fetch-site': 'same-origin', origin: APP, 'content-type': 'application/json', 'x-authchart': '1' }
const user = { id: 'ada', role: 'admin' }

/** Where a request went that was to go below its target. */
const strayed: string[] = []
let count = 0
const grant = () => {
  count += 1
  return { accessToken: `canary-access-${count}`, refreshToken: `canary-refresh-${count}`, expiresIn: 3600 }
}

const handler = createAuthHandler<typeof user, unknown>({
  upstream: {
    signIn: async (credentials) => {
      if (credentials !== 'canary-password') throw new AuthError('invalid-credentials', { status: 401 })
      return grant()
    },
    refresh: async () => grant(),
    getUser: async () => user,
    signOut: async () => {},
  },
  secrets: ['canary-secret of at least thirty-two characters'],
  proxy: { '/api': 'https://api.example/v1' },
  fetch: async (input) => {
    if (!String(input).startsWith('https://api.example/v1/')) strayed.push(String(input))
    return new Response('{}')
  },
})

async function signIn(): Promise<string> {
  const body = JSON.stringify({ credentials: 'canary-password' })
  const response = await handler(new Request(`${APP}/auth/sign-in`, { method: 'POST', headers: own, body }))
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

const operations = ['sign-in', 'sign-up', 'challenge', 'session', 'refresh', 'user', 'sign-out']
const piece = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2e',
    '%2e%2e',
    '%2f',
    '%5c',
    '%00',
    '%',
    '%zz',
    'auth',
    'api',
    'v1',
    '__proto__',
    '\\',
    '@',
    ':',
    '?x',
    '#',
    ';',
  ),
  fc.constantFrom(...operations),
  fc.string({ maxLength: 8 }).map(encodeURIComponent),
)
const path = fc.oneof(
  fc.constantFrom(...operations).map((name) => `/auth/${name}`),
  fc.array(piece, { maxLength: 5 }).map((pieces) => `/api/${pieces.join('/')}`),
  fc.array(piece, { maxLength: 5 }).map((pieces) => `/${pieces.join('/')}`),
)
const visible = fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, '').trim())
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'host',
    'connection',
    'transfer-encoding',
    'content-length',
    'te',
    'upgrade',
    'forwarded',
    'x-forwarded-host',
    'authorization',
    'x-http-method-override',
    'range',
    'expect',
    'origin',
    'sec-fetch-site',
    'content-type',
    'x-authchart',
  ),
  fc.oneof(
    visible,
    fc.constantFrom('chunked', 'websocket', 'close, x-authchart', '0', '999999999', 'null', 'text/plain'),
  ),
  { maxKeys: 4 },
)
const body = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc
    .record(
      {
        credentials: fc.jsonValue({ maxDepth: 2 }),
        session: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 })),
        generation: fc.oneof(fc.integer(), fc.double(), fc.string()),
        handle: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 })),
        code: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 1 })),
        seen: fc.oneof(fc.integer(), fc.double(), fc.string()),
      },
      { requiredKeys: [] },
    )
    .map((fields) => JSON.stringify(fields)),
  fc.string({ maxLength: 60 }),
)

/** The cookie as it is, or with something done to it. */
const cookie = fc.oneof(
  fc.constant((real: string) => real),
  fc.tuple(fc.nat(400), fc.string({ minLength: 1, maxLength: 1 })).map(
    ([at, letter]) =>
      (real: string) =>
        real.slice(0, at) + letter.replace(/[^\x21-\x7e]/g, '_') + real.slice(at + 1),
  ),
  visible.map((text) => () => text),
  visible.map((text) => (real: string) => `${real}; ${text}; ${real}`),
  fc.constant((real: string) => real.replace('=', '-2=')),
)

test(`${RUNS} requests are answered without a failure of the handler, and without a secret`, async () => {
  let real = await signIn()
  const statuses: Record<number, number> = {}
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
      oddHeaders,
      body,
      cookie,
      async (to, method, odd, text, change) => {
        const hasBody = method !== 'GET' && method !== 'HEAD'
        const init = { method, headers: { ...own, cookie: change(real), ...odd }, body: hasBody ? text : null }
        let request: Request
        try {
          request = new Request(`${APP}${to}`, init)
        } catch {
          return // no client can send it
        }
        const response = await handler(request)
        const answer = await response.text()
        statuses[response.status] = (statuses[response.status] ?? 0) + 1
        expect(response.status).not.toBe(500)
        // the page of a proxy gets no token, and nobody gets the rest
        expect(answer + JSON.stringify(Array.from(response.headers))).not.toContain('canary')
        if (response.headers.getSetCookie().some((line) => line.includes('Max-Age=0'))) real = await signIn()
      },
    ),
    { numRuns: RUNS, seed: 20 },
  )
  expect(strayed).toEqual([])
  console.log(`${RUNS} requests: ${JSON.stringify(statuses)}`)
})
