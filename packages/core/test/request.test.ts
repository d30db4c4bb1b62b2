/** What a caller hands to `auth.fetch` is read once, at the call: what is changed later is not sent. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserWithSession, drain, grant, HOUR, openTab, settle, watch, type Tab } from './support.ts'

const HERE = 'https://api.test/posts'
afterEach(() => vi.unstubAllGlobals())

async function signedIn() {
  const tab = openTab()
  await tab.signIn()
  return tab
}

/** Ways to keep a request waiting for its token. */
const waits: Readonly<Record<string, () => Promise<{ tab: Tab; go: () => Promise<void> }>>> = {
  async 'for a renewal'() {
    const tab = await signedIn()
    tab.clock.sleep(2 * HOUR)
    return {
      tab,
      async go() {
        tab.client.next('refresh').answer(grant(2))
        await settle()
      },
    }
  },
  async 'for a restore'() {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    return {
      tab,
      async go() {
        tab.tab.releaseStorage()
        await settle()
      },
    }
  },
  async 'for the answer to its first try'() {
    const tab = await signedIn()
    tab.server.decide = ({ token }) => (token === 'access-2' ? 200 : 401)
    return {
      tab,
      async go() {
        tab.client.next('refresh').answer(grant(2))
        await settle()
      },
    }
  },
}

interface Change {
  readonly init: RequestInit
  readonly change: () => void
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const changes: Readonly<Record<string, () => Change>> = {
  'a form'() {
    const body = new URLSearchParams({ amount: '1' })
    return { init: { method: 'POST', body }, change: () => body.set('amount', '1000') }
  },
  bytes() {
    const body = bytes('amount=1')
    return { init: { method: 'POST', body }, change: () => void body.fill(57) }
  },
  'a buffer'() {
    const body = bytes('amount=1')
    return { init: { method: 'POST', body: body.buffer }, change: () => void body.fill(57) }
  },
  'a view of a buffer'() {
    const body = bytes('amount=1')
    return { init: { method: 'POST', body: new DataView(body.buffer) }, change: () => void body.fill(57) }
  },
  'a buffer that is transferred away'() {
    const body = bytes('amount=1')
    return {
      init: { method: 'POST', body: body.buffer },
      change: () => void structuredClone(body.buffer, { transfer: [body.buffer] }),
    }
  },
  'the body of the init'() {
    const init: RequestInit = { method: 'POST', body: 'amount=1' }
    return { init, change: () => void Object.assign(init, { body: 'amount=1000' }) }
  },
  'the method of the init'() {
    const init: RequestInit = { method: 'POST', body: 'amount=1' }
    return { init, change: () => void Object.assign(init, { method: 'DELETE' }) }
  },
  'all of the init'() {
    const init: RequestInit = { method: 'POST', body: 'amount=1' }
    return { init, change: () => void (delete init.method, delete init.body) }
  },
  'where a redirect may go'() {
    const init: RequestInit = { method: 'POST', body: 'amount=1', redirect: 'error' }
    return { init, change: () => void Object.assign(init, { redirect: 'follow' }) }
  },
  'the headers of the init'() {
    const headers: Record<string, string> = { 'x-own': 'one' }
    return {
      init: { method: 'POST', body: 'amount=1', headers },
      change: () => void Object.assign(headers, { 'x-own': 'two', authorization: 'Bearer stolen' }),
    }
  },
  'a Headers object'() {
    const headers = new Headers({ 'x-own': 'one' })
    return {
      init: { method: 'POST', body: 'amount=1', headers },
      change() {
        headers.set('x-own', 'two')
        headers.set('authorization', 'Bearer stolen')
      },
    }
  },
  'a list of headers'() {
    const headers: [string, string][] = [['x-own', 'one']]
    return { init: { method: 'POST', body: 'amount=1', headers }, change: () => void headers.splice(0) }
  },
}

for (const [wait, prepare] of Object.entries(waits)) {
  describe(`while a request waits ${wait}`, () => {
    it.each(Object.entries(changes))('a change of %s is not sent [C1a, C1b, C1d, C1e, C1f]', async (_, make) => {
      const { tab, go } = await prepare()
      const { init, change } = make()
      const own = new Headers(init.headers).get('x-own')
      const { redirect = 'follow' } = init
      const asked = watch(tab.auth.fetch(HERE, init))
      await settle()
      change()
      await go()
      expect(asked.value?.status).toBe(200)
      for (const request of tab.server.arrived) {
        expect(request).toMatchObject({ method: 'POST', body: 'amount=1', redirect })
        expect([request.headers.get('x-own'), request.token]).toEqual([own, expect.stringMatching(/^access-[12]$/)])
      }
    })

    it('a change of a FormData is not sent [C1c, C1f]', async () => {
      const { tab, go } = await prepare()
      const body = new FormData()
      body.set('to', 'ann')
      const asked = watch(tab.auth.fetch(HERE, { method: 'POST', body }))
      await settle()
      body.set('to', 'mallory')
      body.set('amount', '1000')
      await go()
      expect(asked.value?.status).toBe(200)
      for (const request of tab.server.arrived) {
        expect(request.body).toContain('ann')
        expect(request.body).not.toMatch(/mallory|1000/)
      }
    })

    it('a Request that is read meanwhile is sent whole [C1a]', async () => {
      const { tab, go } = await prepare()
      const request = new Request(HERE, { method: 'PUT', body: 'text', headers: { 'x-own': 'one' } })
      const asked = watch(tab.auth.fetch(request))
      await settle()
      await request.text().catch(() => {})
      await go()
      expect(asked.value?.status).toBe(200)
      for (const own of tab.server.arrived) expect(own).toMatchObject({ method: 'PUT', body: 'text' })
    })

    it('a signal that the init has no more still ends the wait', async () => {
      const { tab } = await prepare()
      const controller = new AbortController()
      const init: RequestInit = { signal: controller.signal }
      const asked = watch(tab.auth.fetch(HERE, init))
      await settle()
      delete init.signal
      controller.abort()
      await settle()
      expect(asked.now).toContain('AbortError')
    })
  })
}

describe('with a good token', () => {
  /** What the platform's fetch is called with. */
  async function called() {
    const calls: (readonly [unknown, RequestInit | undefined])[] = []
    const tab = openTab({
      fetch(input, init) {
        calls.push([input, init])
        return Promise.resolve(new Response(''))
      },
    })
    await tab.signIn()
    return { calls, tab }
  }

  it("a request leaves in the same turn, with the caller's own body", async () => {
    const { calls, tab } = await called()
    const body = new FormData()
    const asked = tab.auth.fetch(HERE, { method: 'POST', body, cache: 'no-store' })
    expect(calls).toHaveLength(1)
    const [[input, init]] = calls as [[unknown, RequestInit]]
    expect([input, init.method, init.cache]).toEqual([HERE, 'POST', 'no-store'])
    expect(init.body).toBe(body)
    await asked
  })

  it('a Request leaves as it is', async () => {
    const { calls, tab } = await called()
    const request = new Request(HERE, { method: 'PUT', body: 'text' })
    const asked = tab.auth.fetch(request)
    expect(calls.map(([input]) => input === request)).toEqual([true])
    await asked
  })

  it('members of the init that only some platforms know are handed on', async () => {
    const { calls, tab } = await called()
    const next = { revalidate: 60 }
    await tab.auth.fetch(HERE, { next, priority: 'high', targetAddressSpace: 'local' } as RequestInit)
    expect(calls[0]?.[1]).toMatchObject({ next, priority: 'high', targetAddressSpace: 'local' })
  })

  it("the caller's own init and headers are not written into", async () => {
    const { tab } = await called()
    const headers = new Headers({ 'x-own': 'one' })
    const init = Object.freeze({ headers })
    await tab.auth.fetch(HERE, init)
    await tab.auth.fetch(new Request(HERE, { headers }), init)
    expect([...headers.keys()]).toEqual(['x-own'])
  })
})

describe('an init that is more than its own fields', () => {
  class Options {
    readonly #method = 'PATCH'
    readonly body = 'text'
    get method(): string {
      return this.#method
    }
    get headers(): Record<string, string> {
      return { 'x-own': 'one' }
    }
  }
  const inits: readonly (readonly [string, () => object])[] = [
    ['is a Request', () => new Request('https://other.test/', { method: 'PATCH', body: 'text', headers: own })],
    ['is of a class with getters', () => new Options()],
    ['inherits its members', () => Object.create({ method: 'PATCH', body: 'text', headers: own }) as object],
    [
      'inherits some of them',
      () => Object.assign(Object.create({ method: 'PATCH', headers: own }) as object, { body: 'text' }),
    ],
    [
      'has no prototype',
      () => Object.assign(Object.create(null) as object, { method: 'PATCH', body: 'text', headers: own }),
    ],
    ['is a Proxy', () => new Proxy({ method: 'PATCH', body: 'text', headers: own }, {})],
    ['is frozen', () => Object.freeze({ method: 'PATCH', body: 'text', headers: own })],
    [
      'has getters of its own',
      () => ({
        get method() {
          return 'PATCH'
        },
        get body() {
          return 'text'
        },
        headers: own,
      }),
    ],
  ]
  const own = { 'x-own': 'one' }

  it.each(inits)('an init that %s says the same signed in, signed out and twice [C2a, C2b]', async (_, make) => {
    const out = openTab()
    await out.auth.fetch(HERE, make())
    const tab = await signedIn()
    tab.server.decide = ({ token }) => (token === 'access-2' ? 200 : 401)
    const asked = watch(tab.auth.fetch(HERE, make()))
    await settle()
    tab.client.next('refresh').answer(grant(2))
    await settle()
    expect(asked.value?.status).toBe(200)
    const arrived = [...out.server.arrived, ...tab.server.arrived]
    expect(arrived.map(({ token }) => token)).toEqual([null, 'access-1', 'access-2'])
    for (const request of arrived) {
      expect(request).toMatchObject({ url: HERE, method: 'PATCH', body: 'text' })
      expect(request.headers.get('x-own')).toBe('one')
    }
  })

  it('a getter is asked once for each request', async () => {
    const tab = await signedIn()
    let asked = 0
    await tab.auth.fetch(HERE, {
      get method() {
        asked += 1
        return 'DELETE'
      },
    })
    expect([asked, tab.server.arrived[0]?.method]).toEqual([1, 'DELETE'])
  })

  it('an init that throws rejects, as it does for fetch', async () => {
    const tab = await signedIn()
    const broken = new Error('no')
    const asked = watch(
      tab.auth.fetch(HERE, {
        get method(): string {
          throw broken
        },
      }),
    )
    await drain()
    expect([asked.error, tab.server.arrived]).toEqual([broken, []])
  })

  it.each([undefined, null])('%s is no init', async (init) => {
    const tab = await signedIn()
    await tab.auth.fetch(HERE, init as undefined)
    expect(tab.server.arrived).toMatchObject([{ method: 'GET', token: 'access-1' }])
  })

  it('a body that is null leaves the body of a Request, once and twice [V1]', async () => {
    for (const init of [{ body: null }, new Request(HERE, { method: 'PUT' })]) {
      const tab = await signedIn()
      tab.server.decide = ({ token }) => (token === 'access-2' ? 200 : 401)
      const asked = watch(tab.auth.fetch(new Request(HERE, { method: 'PUT', body: 'text' }), init))
      await settle()
      tab.client.next('refresh').answer(grant(2))
      await settle()
      expect(asked.value?.status).toBe(200)
      expect(tab.server.arrived.map(({ body }) => body)).toEqual(['text', 'text'])
    }
  })
})

it('headers of one name in capitals and in small letters arrive as the platform joins them', async () => {
  const tab = await signedIn()
  await tab.auth.fetch(HERE, { headers: { 'X-Own': 'one', 'x-own': 'two' } })
  expect(tab.server.arrived[0]?.headers.get('x-own')).toBe('one, two')
})

it.each([
  ['a name', { 'x own': '1' }],
  ['a value', { 'x-own': 'one\nx-other: two' }],
  ['a symbol as value', { 'x-own': Symbol('one') as unknown as string }],
])('headers with %s that no header can have reject as with fetch, and are not sent', async (_, headers) => {
  const tab = await signedIn()
  await expect(tab.auth.fetch(HERE, { headers })).rejects.toThrow(TypeError)
  expect(tab.server.arrived).toEqual([])
})

describe('headers that can be read once', () => {
  function* once() {
    yield ['x-own', '1'] as const
  }
  const kinds: readonly (readonly [string, () => unknown])[] = [
    ['the entries of a map', () => new Map([['x-own', '1']]).entries()],
    ['a generator', once],
    ['the entries of a Headers', () => new Headers({ 'x-own': '1' }).entries()],
  ]
  const targets: readonly (readonly [string, string, boolean])[] = [
    ['to another origin', 'https://other.test/a', true],
    ['signed out', HERE, false],
    ['signed in', HERE, true],
  ]
  for (const [where, url, isSignedIn] of targets) {
    it.each(kinds)(`%s arrive ${where} [C3]`, async (_, make) => {
      const tab = openTab()
      if (isSignedIn) await tab.signIn()
      await tab.auth.fetch(url, { headers: make() as HeadersInit })
      expect(tab.server.arrived[0]?.headers.get('x-own')).toBe('1')
    })
  }

  it.each(kinds)('%s arrive a second time after a 401 [C3]', async (_, make) => {
    const tab = await signedIn()
    tab.server.decide = ({ token }) => (token === 'access-2' ? 200 : 401)
    void tab.auth.fetch(HERE, { headers: make() as HeadersInit })
    await settle()
    tab.client.next('refresh').answer(grant(2))
    await settle()
    expect(tab.server.arrived.map(({ headers }) => headers.get('x-own'))).toEqual(['1', '1'])
  })
})

describe('a request that says it is for one place and goes to another', () => {
  class Liar extends Request {
    override get url(): string {
      return HERE
    }
  }
  class Cloner extends Request {
    override clone(): Request {
      return new Request('https://evil.test/')
    }
  }
  const liars: readonly (readonly [string, () => unknown])[] = [
    ['a Request whose url is overridden', () => new Liar('https://evil.test/')],
    ['a Request with a url of its own', () => ownUrl(new Request('https://evil.test/'))],
    ['what calls itself a Request', () => ({ [Symbol.toStringTag]: 'Request', url: HERE, toString: evil })],
    ['a prototype that is one', () => Object.create(Request.prototype, { url: { value: HERE } }) as object],
    ['a Proxy of a Request', () => new Proxy(new Request('https://evil.test/'), { get: () => HERE })],
    ['an object with a url', () => ({ url: HERE, href: HERE, toString: evil })],
    ['a URL whose text is overridden', () => Object.assign(new URL('https://evil.test/'), { toJSON: () => HERE })],
  ]
  const evil = () => 'https://evil.test/'
  const ownUrl = (request: Request) => Object.defineProperty(request, 'url', { value: HERE })

  it.each(liars)('%s gets no token to another place [C4a, C4b]', async (_, make) => {
    const tab = await signedIn()
    tab.server.decide = ({ token }) => (token === 'access-2' ? 200 : 401)
    void tab.auth.fetch(make() as Request).catch(() => {})
    await settle()
    if (tab.client.has('refresh')) tab.client.next('refresh').answer(grant(2))
    await settle()
    expect(
      tab.server.arrived.filter(({ url, token }) => token !== null && !url.startsWith('https://api.test/')),
    ).toEqual([])
  })

  it('a Request that clones itself to another place gets no token there, waiting or sent again [C4a]', async () => {
    for (const prepare of Object.values(waits)) {
      const { tab, go } = await prepare()
      const asked = watch(tab.auth.fetch(new Cloner(HERE, { method: 'POST', body: 'text' })))
      await settle()
      await go()
      expect(asked.value?.status).toBe(200)
      for (const request of tab.server.arrived)
        expect(request).toMatchObject({ url: HERE, method: 'POST', body: 'text' })
    }
  })

  it('a Request of another realm is one [C4b]', async () => {
    const request = new Request(HERE, { method: 'PUT', body: 'text' })
    // its constructor is not the one of this realm
    Object.setPrototypeOf(request, Object.create(Request.prototype) as object)
    const tab = await signedIn()
    await tab.auth.fetch(request)
    expect(tab.server.arrived).toMatchObject([{ url: HERE, method: 'PUT', body: 'text', token: 'access-1' }])
  })
})

describe('the signal', () => {
  it('null in the init takes away the signal of a Request [C5b]', async () => {
    for (const prepare of Object.values(waits)) {
      const { tab, go } = await prepare()
      const controller = new AbortController()
      const request = new Request(HERE, { signal: controller.signal })
      const asked = watch(tab.auth.fetch(request, { signal: null }))
      await settle()
      controller.abort()
      await go()
      expect(asked.value?.status).toBe(200)
    }
  })

  it('the signal of the init outranks that of a Request [C5b]', async () => {
    const { tab } = await waits['for a renewal']!()
    const [one, other] = [new AbortController(), new AbortController()]
    const asked = watch(tab.auth.fetch(new Request(HERE, { signal: one.signal }), { signal: other.signal }))
    await settle()
    one.abort()
    await settle()
    expect(asked.now).toBe('pending')
    other.abort()
    await settle()
    expect(asked.now).toContain('AbortError')
  })

  it('a signal that has fired before the call sends nothing', async () => {
    const { tab, go } = await waits['for a renewal']!()
    const asked = watch(tab.auth.fetch(HERE, { signal: AbortSignal.abort(new Error('too late')) }))
    await settle()
    expect(asked.now).toContain('too late')
    await go()
    expect(tab.server.arrived).toEqual([])
  })
})

describe('a relative address', () => {
  /** A page at `href`, whose `<base>` is another one. */
  function stubPage(href: string, baseURI?: string): void {
    vi.stubGlobal('location', { href, origin: new URL(href).origin })
    if (baseURI !== undefined) vi.stubGlobal('document', { baseURI })
  }

  it.each([
    ['posts', 'https://api.test/app/posts'],
    ['/posts', 'https://api.test/posts'],
    ['?page=2', 'https://api.test/app/?page=2'],
    ['', 'https://api.test/app/'],
    ['//api.test/posts', 'https://api.test/posts'],
  ])('the address %j is read by the base of the document, as fetch does [C8a]', async (address, url) => {
    stubPage('https://api.test/a/b', 'https://api.test/app/')
    const tab = await signedIn()
    await tab.auth.fetch(address)
    expect(tab.server.arrived).toMatchObject([{ url, token: 'access-1' }])
  })

  it('a relative address goes without a token where the base is on another server [C8a]', async () => {
    stubPage('https://api.test/a/b', 'https://cdn.test/app/')
    const sent: (readonly [unknown, RequestInit | undefined])[] = []
    const tab = openTab({ fetch: async (input, init) => (sent.push([input, init]), new Response('')) })
    await tab.signIn()
    await tab.auth.fetch('posts')
    expect(sent).toEqual([['posts', undefined]])
  })

  it('a relative address in a worker is read by its location', async () => {
    stubPage('https://api.test/workers/one.js')
    const tab = await signedIn()
    await tab.auth.fetch('posts')
    expect(tab.server.arrived).toMatchObject([{ url: 'https://api.test/workers/posts', token: 'access-1' }])
  })

  it('a relative address keeps its meaning where the base changes meanwhile [C8a]', async () => {
    stubPage('https://api.test/a/b', 'https://api.test/app/')
    const { tab, go } = await waits['for a renewal']!()
    const asked = watch(tab.auth.fetch('posts'))
    await settle()
    stubPage('https://api.test/a/b', 'https://evil.test/')
    await go()
    expect(asked.value?.status).toBe(200)
    expect(tab.server.arrived).toMatchObject([{ url: 'https://api.test/app/posts', token: 'access-2' }])
  })
})
