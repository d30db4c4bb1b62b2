import { describe, expect, it } from 'vitest'
import { browserWithSession, drain, openTab, watch, type Options } from './support.ts'

const HERE = 'https://api.test/posts'

async function signedIn(options: Options = {}) {
  const tab = openTab(options)
  await tab.signIn()
  return tab
}

describe('the token goes nowhere else:', () => {
  const strangers: readonly string[] = [
    'https://evil.test/',
    'http://api.test/',
    'https://api.test:8443/',
    'https://api.test:80/',
    'https://sub.api.test/',
    'https://api.test.evil.test/',
    'https://evil-api.test/',
    'https://api.test@evil.test/',
    'https://api.test%40evil.test/',
    'https://evil.test\\@api.test/',
    'https://evil.test/https://api.test/',
    'https://evil.test?https://api.test/',
    'https://evil.test#@api.test/',
    'https://API.test.evil.test/',
    'https://api.test./',
    'https://xn--pi-9ra.test/',
    'data:text/plain,https://api.test',
  ]
  it.each(strangers)('the token does not go to %s [65]', async (url) => {
    const { auth, server } = await signedIn()
    await auth.fetch(url).catch(() => {})
    expect(server.tokens().filter((token) => token !== null)).toEqual([])
  })

  const ours: readonly (readonly [string, string])[] = [
    ['https://api.test', 'https://api.test/'],
    ['https://api.test:443/a', 'https://api.test/a'],
    ['HTTPS://API.TEST/a', 'https://api.test/a'],
    ['https:\\\\api.test\\a', 'https://api.test/a'],
    ['https://api.test/@evil.test', 'https://api.test/@evil.test'],
    [' https://api.test/a ', 'https://api.test/a'],
    ['ht\ntps://api.test/a', 'https://api.test/a'],
  ]
  it.each(ours)('the token goes to %j, which is ours [65]', async (url, arrived) => {
    const { auth, server } = await signedIn()
    await auth.fetch(url)
    expect(server.arrived[0]).toMatchObject({ url: arrived, token: 'access-1' })
  })

  it('the token does not go to a relative URL where there is no page', async () => {
    const { auth } = await signedIn()
    const asked = watch(auth.fetch('/posts'))
    await drain()
    expect(asked.now).toContain('TypeError')
  })

  it('the token does not follow a URL object that is changed while the request waits [65]', async () => {
    const tab = openTab({}, await browserWithSession())
    tab.tab.holdStorage()
    const url = new URL(HERE)
    const asked = watch(tab.auth.fetch(url))
    await drain()
    url.host = 'evil.test'
    tab.tab.releaseStorage()
    await drain()
    expect(asked.now).toBe('resolved')
    expect(tab.server.arrived[0]).toMatchObject({ url: HERE, token: 'access-1' })
  })

  it('the token does not follow an object that reads differently each time [65]', async () => {
    const { auth, server } = await signedIn()
    let reads = 0
    const url = { toString: () => (reads++ === 0 ? HERE : 'https://evil.test/') }
    await auth.fetch(url as string)
    expect(server.arrived.filter(({ token }) => token !== null).map((request) => request.url)).toEqual([HERE])
  })

  it('the token goes to the origins that are named, and only to those [65]', async () => {
    const { auth, server } = await signedIn({ allowedOrigins: ['https://a.test', 'https://b.test:8443'] })
    for (const url of ['https://a.test/', 'https://b.test:8443/', 'https://b.test/', HERE]) await auth.fetch(url)
    expect(server.tokens()).toEqual(['access-1', 'access-1', null, null])
  })

  it.each(['https://api.test/', 'https://api.test:443', 'HTTPS://API.TEST', 'https://api.test/v1'])(
    'an origin written as %s means that origin',
    async (origin) => {
      const { auth, server } = await signedIn({ allowedOrigins: [origin] })
      await auth.fetch(HERE)
      expect(server.tokens()).toEqual(['access-1'])
    },
  )

  it.each(['*', 'api.test', 'https//api.test', '//api.test', 'https://*.test', 'null', '', 'file:///a', 7, null])(
    '%j is no origin, and is refused when the auth is made [A3a]',
    (origin) => {
      const make = () => openTab({ allowedOrigins: [origin as string] })
      expect(make).toThrow(expect.objectContaining({ code: 'misconfigured' }))
      expect(make).toThrow(/allowedOrigins .*https:\/\/api\.example/)
    },
  )

  it('origins that are no list are refused [A3a]', () => {
    expect(() => openTab({ allowedOrigins: 'https://api.test' as never })).toThrow(/allowedOrigins/)
  })

  it('what gets no token while a user is signed in is said, once [A3b, K19]', async () => {
    const said: string[] = []
    const tab = openTab({ onWarning: ({ message }) => void said.push(message) })
    await tab.auth.fetch('https://data.test/a')
    expect(said).toEqual([])
    await tab.signIn()
    await tab.auth.fetch('https://data.test/a')
    await tab.auth.fetch('https://data.test/b')
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('sends no token to "https://data.test"')
    expect(said[0]).toContain('allowedOrigins')
  })

  it("the caller's own Authorization stays, in headers of every form [70]", async () => {
    const { auth, server } = await signedIn()
    await auth.fetch(HERE, { headers: { authorization: 'Bearer own' } })
    await auth.fetch(HERE, { headers: new Headers({ Authorization: 'Bearer own' }) })
    await auth.fetch(HERE, { headers: [['AUTHORIZATION', 'Bearer own']] })
    await auth.fetch(new Request(HERE, { headers: { authorization: 'Bearer own' } }))
    expect(server.tokens()).toEqual(['own', 'own', 'own', 'own'])
    expect(server.arrived.map(({ redirect }) => redirect)).toEqual(Array(4).fill('follow'))
  })

  it("a 401 to the caller's own Authorization is returned", async () => {
    const { auth, client, server } = await signedIn()
    server.decide = () => 401
    const response = await auth.fetch(HERE, { headers: { authorization: 'Basic x' } })
    expect(response.status).toBe(401)
    expect([client.counts.refresh, server.arrived.length]).toEqual([0, 1])
  })

  it.each([undefined, 'follow', 'manual', 'error'] as const)(
    'a redirect is as the caller asks for, in the init or in a Request: %s [64, C5a, C11, V7]',
    async (redirect) => {
      const { auth, server } = await signedIn()
      const init = redirect === undefined ? {} : { redirect }
      await auth.fetch(HERE, init)
      await auth.fetch(new Request(HERE, init))
      expect(server.arrived.map((request) => request.redirect)).toEqual(Array(2).fill(redirect ?? 'follow'))
    },
  )
})
