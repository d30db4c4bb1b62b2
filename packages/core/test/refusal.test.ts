/** Which answers of a server say that the access token is no longer good, and what else they say. */
import { createAuth, type AuthClient } from '@authchart/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ann,
  annsPassword,
  drain,
  DUE,
  fakeClock,
  fakeNetwork,
  grant,
  HOUR,
  never,
  openTab,
  scriptedClient,
  SECOND,
  settle,
  watch,
  type Credentials,
  type Options,
  type User,
} from './support.ts'

const HERE = 'https://api.test/posts'
const ELSEWHERE = 'https://data.test/posts'

interface Sent {
  readonly url: string
  readonly token: string | null
  readonly headers: Headers
}
type Answer = (sent: Sent) => Response | Promise<Response>
type Words = Pick<AuthClient<User, Credentials>, 'headers' | 'isRefused'>

/** Signed in, with a server that answers what the test says. */
async function signedIn(answer: Answer, words: Words = {}, options: Options = {}) {
  const sent: Sent[] = []
  const client = Object.assign(scriptedClient<User, Credentials>(), words)
  const tab = openTab({
    client,
    allowedOrigins: ['https://api.test', 'https://data.test'],
    async fetch(input, init) {
      const { url, headers } = new Request(input, init)
      const own = { url, headers, token: headers.get('authorization') }
      sent.push(own)
      return answer(own)
    },
    ...options,
  })
  await tab.signIn()
  return {
    ...tab,
    sent,
    /** Asks, and lets a renewal succeed if there is one. */
    async ask(url: string = HERE, init?: RequestInit) {
      const asked = watch(tab.auth.fetch(url, init))
      await settle()
      if (client.has('refresh')) client.next('refresh').answer(grant(2))
      await settle()
      return asked
    },
    tokens: () => sent.map(({ token }) => token),
  }
}

const once = ['Bearer access-1']
const twice = ['Bearer access-1', 'Bearer access-2']

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

describe('a 401', () => {
  const answers: readonly (readonly [string | null, boolean])[] = [
    [null, true],
    ['Bearer', true],
    ['bearer', true],
    ['Bearer realm="api"', true],
    ['Bearer error="invalid_token"', true],
    ['Bearer realm="api", error="invalid_token", error_description="The access token expired"', true],
    ['Basic realm="api", Bearer', true],
    ['DPoP algs="ES256", Bearer error="invalid_token"', true],
    ['Basic realm="api"', false],
    ['Basic realm="Bearer"', false],
    ['Basic realm="a bearer of news"', false],
    ['DPoP error="invalid_token"', false],
    ['ApiKey', false],
    ['Negotiate', false],
    ['NotBearer realm="api"', false],
    ['Bearerish', false],
    ['Bearer error="insufficient_scope", scope="posts:write"', false],
    ['Bearer error="insufficient_user_authentication", acr_values="urn:2fa"', false],
  ]
  it.each(answers)('a 401 that asks for %s is worth a renewal: %s [E1b, E1c]', async (challenge, isWorth) => {
    const headers = new Headers(challenge === null ? {} : { 'www-authenticate': challenge })
    const tab = await signedIn(
      ({ token }) => new Response('', { status: token === 'Bearer access-2' ? 200 : 401, headers }),
    )
    const asked = await tab.ask()
    expect([asked.value?.status, tab.client.counts.refresh]).toEqual(isWorth ? [200, 1] : [401, 0])
    expect(tab.tokens()).toEqual(isWorth ? twice : once)
  })

  it('a 401 with two headers that ask is worth a renewal if one asks for Bearer [E1b]', async () => {
    const headers = new Headers([
      ['www-authenticate', 'Basic realm="api"'],
      ['www-authenticate', 'Bearer'],
    ])
    const tab = await signedIn(
      ({ token }) => new Response('', { status: token === 'Bearer access-2' ? 200 : 401, headers }),
    )
    expect((await tab.ask()).value?.status).toBe(200)
  })

  it.each([400, 402, 403, 407, 419, 498, 500])('an answer of %i that asks for Bearer is no refusal', async (status) => {
    const tab = await signedIn(() => new Response('', { status, headers: { 'www-authenticate': 'Bearer' } }))
    expect([(await tab.ask()).value?.status, tab.tokens()]).toEqual([status, once])
  })

  it('a 401 of another origin behind a redirect says nothing of the token [C9]', async () => {
    for (const url of ['https://cdn.test/file', 'https://api.test:8443/', 'http://api.test/', 'https://data.test/']) {
      const tab = await signedIn(() => Object.defineProperty(new Response('', { status: 401 }), 'url', { value: url }))
      const asked = await tab.ask()
      expect([url, asked.value?.status, tab.client.counts.refresh, tab.tokens()]).toEqual([url, 401, 0, once])
    }
  })

  it('a 401 behind a redirect within the origin speaks of the token [C9, C11]', async () => {
    const tab = await signedIn(({ token }) =>
      Object.defineProperty(new Response('', { status: token === 'Bearer access-2' ? 200 : 401 }), 'url', {
        value: 'https://api.test/posts/',
      }),
    )
    expect([(await tab.ask()).value?.status, tab.tokens()]).toEqual([200, twice])
  })
})

describe("the client's word for a refusal", () => {
  const isForbidden = ({ status }: Response): boolean => status === 403
  const refusing: readonly (readonly [string, Required<Words>['isRefused']])[] = [
    ['at once', isForbidden],
    ['later', async (response) => isForbidden(response)],
    ['by the body as text', async (response) => (await response.text()).includes('TOKEN_EXPIRED')],
    ['by the body as JSON', async (response) => ((await response.json()) as { code: string }).code === 'TOKEN_EXPIRED'],
    ['by a copy of its own', async (response) => (await response.clone().text()).includes('TOKEN_EXPIRED')],
    [
      'by its stream',
      async ({ body }) => {
        const { value } = (await body?.getReader().read()) ?? {}
        return new TextDecoder().decode(value).includes('TOKEN_EXPIRED')
      },
    ],
    ['by a header', ({ headers }) => headers.get('x-refused') === 'yes'],
  ]
  const refuse: Answer = ({ token }) =>
    token === 'Bearer access-2'
      ? new Response('{"posts":[]}')
      : new Response('{"code":"TOKEN_EXPIRED"}', { status: 403, headers: { 'x-refused': 'yes' } })

  it.each(refusing)('a 403 that is a refusal, known %s, is renewed and asked again', async (_, isRefused) => {
    const tab = await signedIn(refuse, { isRefused })
    const { value } = await tab.ask()
    expect([value?.status, await value?.text(), tab.tokens()]).toEqual([200, '{"posts":[]}', twice])
  })

  it.each(refusing)('an answer that is none, known %s, still has its body', async (_, isRefused) => {
    const tab = await signedIn(() => new Response('{"code":"NOT_YOURS"}', { status: 404 }), { isRefused })
    const { value } = await tab.ask()
    expect([value?.status, await value?.json(), tab.tokens()]).toEqual([404, { code: 'NOT_YOURS' }, once])
  })

  it.each(refusing)('an answer that cannot be renewed, known %s, still has its body', async (_, isRefused) => {
    const tab = await signedIn(refuse, { isRefused }, { without: ['refresh'] })
    const { value } = await tab.ask()
    expect([value?.status, await value?.json(), tab.tokens()]).toEqual([403, { code: 'TOKEN_EXPIRED' }, once])
  })

  it('a GraphQL answer of 200 can be a refusal', async () => {
    const isRefused = async (response: Response): Promise<boolean> => {
      const { errors = [] } = (await response.json()) as { errors?: { extensions: { code: string } }[] }
      return errors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')
    }
    const tab = await signedIn(
      ({ token }) =>
        Response.json(
          token === 'Bearer access-2'
            ? { data: { me: 'Ann' } }
            : { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
        ),
      { isRefused },
    )
    const asked = await tab.ask(HERE, { method: 'POST', body: '{"query":"{ me }"}' })
    expect([await asked.value?.json(), tab.tokens()]).toEqual([{ data: { me: 'Ann' } }, twice])
  })

  it("the client's word for a refusal outranks the default: its 401 is no refusal", async () => {
    const tab = await signedIn(() => new Response('', { status: 401 }), { isRefused: () => false })
    expect([(await tab.ask()).value?.status, tab.client.counts.refresh]).toEqual([401, 0])
  })

  const broken: readonly (readonly [string, unknown, number])[] = [
    [
      'throws',
      () => {
        throw new Error('boom')
      },
      1,
    ],
    ['rejects', () => Promise.reject(new Error('boom')), 1],
    ['reads a body that is no JSON', (response: Response) => response.json() as Promise<boolean>, 1],
    ['reads a body twice', async (response: Response) => (await response.text()) === (await response.text()), 1],
    ['says nothing', () => {}, 0],
    ['says null', () => null, 0],
    ['promises nothing', async () => {}, 0],
  ]
  it.each(broken)('a word that %s is no refusal, and the answer is handed on whole', async (_, isRefused, told) => {
    const tab = await signedIn(() => new Response('<html>', { status: 401 }), { isRefused } as Words)
    const { value } = await tab.ask()
    expect([value?.status, await value?.text(), tab.tokens()]).toEqual([401, '<html>', once])
    expect(console.error).toHaveBeenCalledTimes(told)
  })

  it('a word that never comes is waited for no longer than a request', async () => {
    const tab = await signedIn(() => new Response('text'), { isRefused: never }, { requestTimeout: 5 * SECOND })
    const asked = await tab.ask()
    tab.clock.advance(5 * SECOND - 1)
    await settle()
    expect(asked.now).toBe('pending')
    tab.clock.advance(1)
    await settle()
    expect(await asked.value?.text()).toBe('text')
  })

  it('an abort ends the wait for the word, and sends nothing again', async () => {
    const controller = new AbortController()
    const tab = await signedIn(() => new Response('text'), { isRefused: never })
    const asked = watch(tab.auth.fetch(HERE, { signal: controller.signal }))
    await settle()
    controller.abort(new Error('enough'))
    await settle()
    expect([asked.now, tab.tokens()]).toEqual([expect.stringContaining('enough'), once])
  })

  it('an answer whose status is all that is asked for is handed on as it is, uncopied', async () => {
    const answer = new Response('text')
    const clone = vi.spyOn(answer, 'clone')
    const tab = await signedIn(() => answer, {
      isRefused: ({ status, ok, headers }) => !ok || status > 299 || headers.has('x'),
    })
    const { value } = await tab.ask()
    expect([value === answer, clone.mock.calls]).toEqual([true, []])
  })

  it('the word is asked of answers to the token alone', async () => {
    const asked: number[] = []
    const isRefused = ({ status }: Response): boolean => asked.push(status) < 0
    const tab = await signedIn(({ url }) => new Response('', { status: url === HERE ? 201 : 202 }), { isRefused })
    await tab.ask(HERE)
    await tab.ask(ELSEWHERE)
    await tab.ask('https://other.test/')
    await tab.ask(HERE, { headers: { authorization: 'Bearer own' } })
    void tab.auth.signOut()
    await drain()
    await tab.ask(HERE)
    expect(asked).toEqual([201, 202])
  })

  it('a server that refuses every token is asked twice, no more', async () => {
    const tab = await signedIn(() => new Response('no', { status: 403 }), { isRefused: isForbidden })
    const { value } = await tab.ask()
    expect([value?.status, await value?.text(), tab.tokens()]).toEqual([403, 'no', twice])
  })

  it('a thousand refusals at once are one renewal', async () => {
    const tab = await signedIn(refuse, { isRefused: async (response) => (await response.text()).includes('EXPIRED') })
    const all = Array.from({ length: 1000 }, () => watch(tab.auth.fetch(HERE)))
    await settle()
    tab.client.next('refresh').answer(grant(2))
    await settle()
    expect(all.filter(({ value }) => value?.status === 200)).toHaveLength(1000)
    expect(tab.client.counts.refresh).toBe(1)
  })
})

describe("the client's own headers", () => {
  const ok: Answer = () => new Response('')
  const keyOf = (sent: readonly Sent[]) => sent.map(({ headers }) => headers.get('x-api-key'))

  it("the client's own headers go to its own origin, and to no other one", async () => {
    const tab = await signedIn(ok, { headers: () => ({ 'x-api-key': 'pk' }) })
    for (const url of [HERE, ELSEWHERE, 'https://other.test/', 'https://api.test:8443/']) await tab.ask(url)
    expect([keyOf(tab.sent), tab.tokens()]).toEqual([
      ['pk', null, null, null],
      ['Bearer access-1', 'Bearer access-1', null, null],
    ])
  })

  it("the client's own headers come along while no user is signed in, and beside an Authorization of the caller", async () => {
    const tab = await signedIn(ok, { headers: () => ({ 'x-api-key': 'pk' }) })
    await tab.ask(HERE, { headers: { authorization: 'Basic x' } })
    void tab.auth.signOut()
    await drain()
    await tab.ask(HERE)
    expect([keyOf(tab.sent), tab.tokens()]).toEqual([
      ['pk', 'pk'],
      ['Basic x', null],
    ])
  })

  it("the caller's own header stays, in every case and form", async () => {
    const tab = await signedIn(ok, { headers: () => ({ 'X-API-Key': 'pk' }) })
    await tab.ask(HERE, { headers: { 'x-api-key': 'mine' } })
    await tab.ask(HERE, { headers: [['X-Api-Key', 'mine']] })
    await tab.ask(HERE, { headers: new Headers({ 'x-api-key': '' }) })
    const asked = watch(tab.auth.fetch(new Request(HERE, { headers: { 'x-api-key': 'mine' } })))
    await settle()
    expect([keyOf(tab.sent), asked.now]).toEqual([['mine', 'mine', '', 'mine'], 'resolved'])
  })

  it("the token outranks an Authorization among the client's own headers", async () => {
    const tab = await signedIn(ok, { headers: () => ({ authorization: 'Basic of-the-app' }) })
    await tab.ask(HERE)
    void tab.auth.signOut()
    await drain()
    await tab.ask(HERE)
    expect(tab.tokens()).toEqual(['Bearer access-1', 'Basic of-the-app'])
  })

  const forms: readonly (readonly [string, () => unknown])[] = [
    ['an object', () => ({ 'x-api-key': 'pk' })],
    ['a Headers', () => new Headers({ 'x-api-key': 'pk' })],
    ['a list', () => [['x-api-key', 'pk']]],
  ]
  it.each(forms)("%s of the client's own headers is understood", async (_, headers) => {
    const tab = await signedIn(ok, { headers } as Words)
    await tab.ask(HERE)
    expect(keyOf(tab.sent)).toEqual(['pk'])
  })

  const broken: readonly (readonly [string, unknown])[] = [
    [
      'throw',
      () => {
        throw new Error('boom')
      },
    ],
    ['are no header', () => ({ 'a b': 'c' })],
    ['have a value that is none', () => ({ 'x-api-key': '€' })],
  ]
  it.each(broken)(
    'a request goes without those headers of the client that %s, and that is told',
    async (_, headers) => {
      const tab = await signedIn(ok, { headers } as Words)
      const asked = await tab.ask(HERE)
      expect([asked.value?.status, tab.tokens(), keyOf(tab.sent)]).toEqual([200, once, [null]])
      expect(console.error).toHaveBeenCalledOnce()
    },
  )

  it.each([undefined, {}, []])("%j as the client's own headers is none", async (headers) => {
    const tab = await signedIn(ok, { headers: () => headers as never })
    expect([(await tab.ask(HERE)).value?.status, tab.tokens()]).toEqual([200, once])
    expect(console.error).not.toHaveBeenCalled()
  })

  it.each([
    ['no body', {}],
    ['a text', { method: 'POST', body: 'text' }],
    ['a form', { method: 'POST', body: new URLSearchParams({ a: '1' }) }],
  ] as const)("the client's own headers are asked for at each try, with %s", async (_, init) => {
    let n = 0
    const tab = await signedIn(({ token }) => new Response('', { status: token === 'Bearer access-2' ? 200 : 401 }), {
      headers: () => ({ 'x-api-key': `pk-${(n += 1)}` }),
    })
    await tab.ask(HERE, init)
    expect([keyOf(tab.sent), tab.tokens()]).toEqual([['pk-1', 'pk-2'], twice])
  })

  it("the client's own headers are asked for as a method of the client", async () => {
    const words = {
      key: 'pk',
      headers() {
        return { 'x-api-key': this.key }
      },
    }
    const tab = await signedIn(ok, words)
    await tab.ask(HERE)
    expect(keyOf(tab.sent)).toEqual(['pk'])
  })
})

describe('the connection to the auth server', () => {
  /** A tab that is about to renew, two seconds after a request that was answered by `answer`. */
  async function renewingAfter(url: string, answer: Answer) {
    let pings = 0
    const client = Object.assign(scriptedClient<User, Credentials>('https://auth.test'), {
      ping: async () => void (pings += 1),
    })
    const clock = fakeClock()
    const auth = createAuth({
      client,
      clock,
      network: fakeNetwork(),
      random: () => 0.5,
      allowedOrigins: ['https://auth.test', 'https://data.test'],
      onWarning() {},
      fetch: async (input, init) => {
        const { headers } = new Request(input, init)
        return answer({ url, headers, token: headers.get('authorization') })
      },
    })
    void auth.signIn(annsPassword)
    await drain()
    client.next('signIn').answer(grant(1, ann))
    await drain()
    clock.advance(DUE - 2 * SECOND)
    await drain()
    await auth.fetch(url).catch(() => {})
    clock.advance(2 * SECOND)
    await drain()
    auth.destroy()
    return { pings, spent: client.spent }
  }
  const from = (url: string) => Object.defineProperty(new Response(''), 'url', { value: url })

  const answers: readonly (readonly [string, string, boolean, Answer])[] = [
    ['an answer of its own', 'https://auth.test/a', false, () => new Response('')],
    ['an error of its own', 'https://auth.test/a', false, () => new Response('', { status: 500 })],
    ['an answer of its own, behind a redirect', 'https://auth.test/a', false, () => from('https://auth.test/b')],
    ['an answer of another server that is allowed', 'https://data.test/a', true, () => new Response('')],
    ['an answer of a stranger', 'https://other.test/a', true, () => new Response('')],
    ['an answer of another server behind a redirect', 'https://auth.test/a', true, () => from('https://cdn.test/a')],
    ['a failure of its own', 'https://auth.test/a', true, () => Promise.reject(new TypeError('Failed to fetch'))],
    ['an answer of another port', 'https://auth.test:8443/a', true, () => new Response('')],
  ]
  it.each(answers)('before a token is spent, %s (%s) leads to a ping: %s [C10]', async (_, url, isPinged, answer) => {
    expect(await renewingAfter(url, answer)).toEqual({ pings: isPinged ? 1 : 0, spent: ['refresh-1'] })
  })

  it('a failure of another server says nothing of the connection to the auth server [C10]', async () => {
    let pings = 0
    const client = Object.assign(scriptedClient<User, Credentials>(), { ping: async () => void (pings += 1) })
    const tab = openTab({
      client,
      allowedOrigins: ['https://api.test', 'https://data.test'],
      fetch: () => Promise.reject(new TypeError('Failed to fetch')),
    })
    await tab.signIn()
    await tab.auth.fetch(ELSEWHERE).catch(() => {})
    void tab.auth.refresh()
    await drain()
    expect([pings, client.spent]).toEqual([0, ['refresh-1']])
  })

  it('a request that its caller gave up says nothing of the connection to the auth server', async () => {
    let pings = 0
    const client = Object.assign(scriptedClient<User, Credentials>(), { ping: async () => void (pings += 1) })
    const controller = new AbortController()
    const tab = openTab({ client, fetch: () => Promise.reject(new DOMException('no', 'AbortError')) })
    await tab.signIn()
    controller.abort()
    await tab.auth.fetch(HERE, { signal: controller.signal }).catch(() => {})
    void tab.auth.refresh()
    await drain()
    expect([pings, client.spent]).toEqual([0, ['refresh-1']])
  })

  it('a client without an origin is vouched for by no answer [C10]', async () => {
    let pings = 0
    const client = Object.assign(scriptedClient<User, Credentials>(), { ping: async () => void (pings += 1) })
    Object.assign(client, { id: 'app', origin: undefined })
    const tab = openTab({ client, allowedOrigins: ['https://api.test'] })
    await tab.signIn()
    tab.clock.advance(HOUR / 2)
    await tab.auth.fetch(HERE)
    void tab.auth.refresh()
    await drain()
    expect([pings, tab.server.tokens()]).toEqual([1, ['access-1']])
  })
})
