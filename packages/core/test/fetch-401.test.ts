import { describe, expect, it } from 'vitest'
import { browserWithSession, drain, fakeClock, grant, HOUR, openTab, watch, type Arrived } from './support.ts'

const HERE = 'https://api.test/posts'

/** A server that knows one good token. */
const accepts = (token: string) => (request: Arrived) => (request.token === token ? 200 : 401)

async function signedIn() {
  const tab = openTab()
  await tab.signIn()
  return tab
}

describe('a 401', () => {
  it('a 401 leads to one renewal and one replay [32]', async () => {
    const { auth, client, server } = await signedIn()
    server.decide = accepts('access-2')
    const asked = watch(auth.fetch(HERE))
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.value?.status).toBe(200)
    expect(server.tokens()).toEqual(['access-1', 'access-2'])
  })

  it('a 401 for each of fifty requests leads to one renewal [1]', async () => {
    const { auth, client, server } = await signedIn()
    server.decide = accepts('access-2')
    const all = Array.from({ length: 50 }, () => watch(auth.fetch(HERE)))
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    await drain()
    expect(all.every(({ value }) => value?.status === 200)).toBe(true)
    expect(client.spent).toEqual(['refresh-1'])
    expect(server.arrived).toHaveLength(100)
  })

  it('a 401 before, during and after the renewal leads to no second one [1]', async () => {
    const { auth, client, server } = await signedIn()
    server.decide = ({ token }) => (token === 'access-2' ? 200 : null)
    const all = Array.from({ length: 3 }, () => watch(auth.fetch(HERE)))
    await drain()
    server.answer(401)
    await drain()
    server.answer(401)
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    server.answer(401)
    await drain()
    expect(all.map(({ value }) => value?.status)).toEqual([200, 200, 200])
    expect(client.spent).toEqual(['refresh-1'])
    expect(server.tokens()).toEqual(['access-1', 'access-1', 'access-1', 'access-2', 'access-2', 'access-2'])
  })

  it('a 401 to the new token is returned as it is [32]', async () => {
    const { auth, client, server, status } = await signedIn()
    server.decide = () => 401
    const asked = watch(auth.fetch(HERE))
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.value?.status).toBe(401)
    expect(await asked.value?.text()).toBe('GET 401')
    expect([client.counts.refresh, server.arrived.length]).toEqual([1, 2])
    expect(status()).toBe('authenticated')
  })

  it('a 401 to everything asks the server for six renewals a minute and no more [32]', async () => {
    const { auth, client, server } = await signedIn()
    server.decide = () => 401
    for (let n = 2; n < 22; n += 1) {
      const asked = watch(auth.fetch(HERE))
      await drain()
      if (client.has('refresh')) client.next('refresh').answer(grant(n))
      await drain()
      expect(asked.value?.status).toBe(401)
    }
    expect(client.counts.refresh).toBe(6)
  })

  it.each(['network', 'unavailable', 'session-expired', 'offline'] as const)(
    'a 401 is returned, readable, when the renewal comes to nothing: %s',
    async (code) => {
      const { auth, client, server } = await signedIn()
      server.decide = () => 401
      const asked = watch(auth.fetch(HERE))
      await drain()
      client.next('refresh').fail(code)
      await drain()
      expect(asked.value?.status).toBe(401)
      expect(await asked.value?.text()).toBe('GET 401')
      expect(server.arrived).toHaveLength(1)
    },
  )

  it('a 401 is returned when nothing can renew', async () => {
    const tab = openTab({ without: ['refresh'] })
    await tab.signIn()
    tab.server.decide = () => 401
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    expect(asked.value?.status).toBe(401)
  })

  it('a 401 leads to a renewal also when the user was confirmed while the request was on its way', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    tab.server.decide = ({ token }) => (token === 'access-1' ? null : 200)
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    tab.client.next('getUser').answer({ id: 'u1', name: 'Ann', role: 'reader' })
    await drain()
    tab.server.answer(401)
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.value?.status).toBe(200)
  })

  it('a 401 after a sign-out is returned and nothing is sent again', async () => {
    const { auth, client, server } = await signedIn()
    server.decide = () => null
    const asked = watch(auth.fetch(HERE))
    await drain()
    void auth.signOut()
    server.answer(401)
    await drain()
    expect(asked.value?.status).toBe(401)
    expect([server.arrived.length, client.counts.refresh]).toEqual([1, 0])
  })

  it('an abort during the renewal after a 401 rejects its caller and leaves the renewal [69]', async () => {
    const { auth, client, server } = await signedIn()
    server.decide = () => 401
    const controller = new AbortController()
    const asked = watch(auth.fetch(HERE, { signal: controller.signal }))
    await drain()
    controller.abort()
    await drain()
    expect(asked.now).toContain('AbortError')
    client.next('refresh').answer(grant(2))
    await drain()
    expect(await auth.getAccessToken()).toBe('access-2')
    expect(server.arrived).toHaveLength(1)
  })

  it.each([200, 204, 400, 403, 404, 429, 500, 503])(
    'a %i is not a 401: it is returned and nothing is renewed',
    async (status) => {
      let sent = 0
      const tab = openTab({
        fetch() {
          sent += 1
          return Promise.resolve(new Response(null, { status }))
        },
      })
      await tab.signIn()
      expect((await tab.auth.fetch(HERE)).status).toBe(status)
      expect([sent, tab.client.counts.refresh]).toEqual([1, 0])
    },
  )

  it('a broken connection is not a 401: it rejects as it is, and nothing is sent again [68]', async () => {
    let sent = 0
    const broken = new TypeError('Failed to fetch')
    const tab = openTab({
      fetch() {
        sent += 1
        return Promise.reject(broken)
      },
    })
    await tab.signIn()
    const asked = watch(tab.auth.fetch(HERE, { method: 'POST', body: 'x' }))
    await drain()
    expect(asked.error).toBe(broken)
    expect([sent, tab.client.counts.refresh]).toEqual([1, 0])
  })
})

describe('after a sleep', () => {
  it('no request goes out with the token that ended in it [77, 81]', async () => {
    const clock = fakeClock()
    const tab = openTab({ clock })
    await tab.signIn()
    clock.sleep(8 * HOUR)
    const asked = watch(tab.auth.fetch(HERE))
    tab.network.wake()
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(asked.value?.status).toBe(200)
    expect(tab.server.tokens()).toEqual(['access-2'])
    expect(tab.client.spent).toEqual(['refresh-1'])
  })
})
