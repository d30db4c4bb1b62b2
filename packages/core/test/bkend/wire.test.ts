import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { bkend } from '../../src/exports/bkend.ts'
import { call, errorOf, password, tokens } from './fake-bkend.ts'

const servers: Server[] = []

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

test.each([301, 302, 307, 308])(
  'a redirect (%i) is not followed: no token and no key reaches the other server [63]',
  async (status) => {
    const arrived: string[] = []
    const foreign = await serve((request, response) => {
      arrived.push(request.url ?? '')
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(tokens))
    })
    const url = await serve((_, response) => {
      response.writeHead(status, { Location: `${foreign}/v1/auth/refresh` }).end()
    })
    const client = bkend({ publishableKey: 'pk_test', url })
    expect((await errorOf(client.refresh({ refreshToken: 'refresh-1' }, call))).code).toBe('network')
    expect((await errorOf(client.signIn(password, call))).code).toBe('network')
    expect((await errorOf(client.getUser({ accessToken: 'access-1' }, call))).code).toBe('network')
    expect(arrived).toEqual([])
  },
)

test('a server that works and then hangs up leaves the outcome unknown [18]', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.write('{"accessToken":"access-1",', () => response.destroy())
  })
  const client = bkend({ publishableKey: 'pk_test', url })
  expect((await errorOf(client.refresh({ refreshToken: 'refresh-1' }, call))).code).toBe('invalid-response')
})

test('a server that is gone is a network error [56]', async () => {
  const url = await serve(() => {})
  const server = servers.pop()!
  await new Promise((resolve) => server.close(resolve))
  const client = bkend({ publishableKey: 'pk_test', url })
  expect((await errorOf(client.refresh({ refreshToken: 'refresh-1' }, call))).code).toBe('network')
})

test('a server that drips is left when the time is over [19, 43]', async () => {
  const controller = new AbortController()
  const url = await serve((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.write('{', () => controller.abort())
  })
  const client = bkend({ publishableKey: 'pk_test', url })
  expect((await errorOf(client.refresh({ refreshToken: 'refresh-1' }, controller))).code).toBe('timeout')
})

test('what is sent is what arrives', async () => {
  const bodies: unknown[] = []
  const url = await serve((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      bodies.push([request.method, request.url, request.headers['x-api-key'], JSON.parse(body)])
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ success: true, data: tokens }))
    })
  })
  const client = bkend({ publishableKey: 'pk_test', url })
  expect(await client.refresh({ refreshToken: 'refresh-1' }, call)).toMatchObject({ refreshToken: 'refresh-2' })
  expect(bodies).toEqual([['POST', '/v1/auth/refresh', 'pk_test', { refreshToken: 'refresh-1' }]])
})
