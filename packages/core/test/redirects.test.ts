/** Redirects are the caller's business, and the platform's: what arrives where, on real servers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuth } from '@authchart/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  annsPassword,
  drain,
  fakeClock,
  fakeNetwork,
  grant,
  scriptedClient,
  watch,
  type Credentials,
  type User,
} from './support.ts'

interface Arrived {
  readonly path: string
  readonly method: string | undefined
  readonly token: string | undefined
  readonly body: string
}

/** A server that notes what arrives, and sends `/to/<status>/<address>` on to that address. */
async function listen() {
  const arrived: Arrived[] = []
  const good = new Set<string>()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url: path = '', method, headers } = request
    const token = headers.authorization
    let body = ''
    for await (const chunk of request) body += String(chunk)
    arrived.push({ path, method, token, body })
    const [, status, address = ''] = /^\/to\/(\d+)\/(.+)/.exec(path) ?? []
    if (status) response.writeHead(Number(status), { location: decodeURIComponent(address) }).end()
    else response.writeHead(good.size === 0 || good.has(token ?? '') ? 200 : 401).end(token ?? 'no token')
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, arrived, good, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

let own: Awaited<ReturnType<typeof listen>>
let other: Awaited<ReturnType<typeof listen>>
const close = ({ server }: { readonly server: Server }): void => {
  server.closeAllConnections()
  server.close()
}
beforeAll(async () => {
  own = await listen()
  other = await listen()
})
afterAll(() => [own, other].forEach(close))
beforeEach(() => {
  for (const { arrived, good } of [own, other]) {
    arrived.length = 0
    good.clear()
  }
})

const towards = (status: number, address: string): string => `${own.origin}/to/${status}/${encodeURIComponent(address)}`

async function signedIn(allowedOrigins: readonly string[] = [own.origin]) {
  const client = scriptedClient<User, Credentials>(own.origin)
  const auth = createAuth({ client, clock: fakeClock(), network: fakeNetwork(), allowedOrigins, onWarning() {} })
  void auth.signIn(annsPassword)
  await drain()
  client.next('signIn').answer(grant(1))
  await drain()
  return { auth, client }
}

describe.each([301, 302, 303, 307, 308])('a redirect of %i', (status) => {
  it('a redirect is followed within the server, with the token, and without one signed out [C11, V7]', async () => {
    const { auth, client } = await signedIn()
    const response = await auth.fetch(towards(status, '/posts/'))
    expect([response.status, await response.text()]).toEqual([200, 'Bearer access-1'])
    const out = createAuth({ client, clock: fakeClock(), network: fakeNetwork() })
    expect(await (await out.fetch(towards(status, '/posts/'))).text()).toBe('no token')
    expect(own.arrived.map(({ path, token }) => [path.startsWith('/to'), token])).toEqual([
      [true, 'Bearer access-1'],
      [false, 'Bearer access-1'],
      [true, undefined],
      [false, undefined],
    ])
  })

  it('a redirect brings no token to another server or another port, allowed or not [C9, C11]', async () => {
    for (const allowed of [[own.origin], [own.origin, other.origin]]) {
      const { auth } = await signedIn(allowed)
      for (const address of [`${other.origin}/posts`, other.origin.replace('127.0.0.1', 'localhost')])
        expect(await (await auth.fetch(towards(status, address))).text()).toBe('no token')
    }
    expect(other.arrived.map(({ token }) => token)).toEqual(Array(4).fill(undefined))
  })

  it('a redirect brings no token back by way of another server [C11]', async () => {
    const { auth } = await signedIn()
    const back = `${other.origin}/to/${status}/${encodeURIComponent(`${own.origin}/posts`)}`
    expect(await (await auth.fetch(towards(status, back))).text()).toBe('no token')
    expect(own.arrived.map(({ token }) => token)).toEqual(['Bearer access-1', undefined])
  })

  it('a redirect is not followed where the caller says so [C1e, C5a, C11]', async () => {
    const { auth } = await signedIn()
    const manual = await auth.fetch(towards(status, '/posts/'), { redirect: 'manual' })
    expect(manual.status).toBe(status)
    await expect(auth.fetch(towards(status, '/posts/'), { redirect: 'error' })).rejects.toThrow(TypeError)
    expect(own.arrived.filter(({ path }) => path === '/posts/')).toEqual([])
  })

  it('a redirect brings the body along where the standard says so, once and after a renewal [C11]', async () => {
    own.good.add('Bearer access-2')
    const { auth, client } = await signedIn()
    const asked = watch(auth.fetch(towards(status, '/posts/'), { method: 'POST', body: 'text' }))
    await expect.poll(() => client.has('refresh')).toBe(true)
    client.next('refresh').answer(grant(2))
    await expect.poll(() => asked.now).toBe('resolved')
    expect(asked.value?.status).toBe(200)
    const isKept = status === 307 || status === 308
    const arrived = own.arrived.filter(({ path }) => path === '/posts/')
    expect(arrived).toEqual([
      { path: '/posts/', method: isKept ? 'POST' : 'GET', body: isKept ? 'text' : '', token: 'Bearer access-1' },
      { path: '/posts/', method: isKept ? 'POST' : 'GET', body: isKept ? 'text' : '', token: 'Bearer access-2' },
    ])
  })

  it('a redirect renews nothing where another server answers 401, which has seen no token [C9]', async () => {
    other.good.add('Bearer access-2')
    const { auth, client } = await signedIn()
    const response = await auth.fetch(towards(status, `${other.origin}/posts`))
    await drain()
    expect([response.status, client.counts.refresh, own.arrived.length]).toEqual([401, 0, 1])
  })
})

it('a redirect that leads on for too long rejects as it does for fetch, and renews nothing [C11]', async () => {
  const { auth, client } = await signedIn()
  let deep = '/posts/'
  for (let n = 0; n < 25; n += 1) deep = `/to/302/${encodeURIComponent(deep)}`
  await expect(auth.fetch(`${own.origin}${deep}`)).rejects.toThrow(TypeError)
  expect(client.counts.refresh).toBe(0)
})
