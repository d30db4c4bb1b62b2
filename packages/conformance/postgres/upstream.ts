/** The example server, which ends all sessions of a user whose refresh token is shown twice, behind a proxy that watches. */
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer, type ExampleServer } from '@authchart/example-server'

export interface Upstream {
  readonly url: string
  readonly users: ExampleServer['users']
  readonly control: ExampleServer['control']
  /** Resolves when the whole answer of the next renewal has left for the handler. */
  readonly nextAnswer: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function startUpstream(): Promise<Upstream> {
  const server = createServer({ limits: false })
  const listening = await server.listen(0)
  let answered = (): void => {}

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat((await incoming.toArray()) as Buffer[])
    const hops = ['host', 'connection']
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !hops.includes(name)))
    const response = await fetch(new URL(incoming.url ?? '/', listening.url), {
      method: incoming.method ?? 'GET',
      headers: headers as Record<string, string>,
      body: body.length > 0 ? body : null,
    })
    const isRenewal = incoming.url === '/v1/auth/refresh' && response.ok
    outgoing.writeHead(response.status, { 'content-type': 'application/json' })
    outgoing.end(await response.text(), () => isRenewal && answered())
  }

  const proxy = createProxy((incoming, outgoing) => {
    // a handler that was killed waits for nothing
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    users: server.users,
    control: server.control,
    nextAnswer: () => new Promise((resolve) => (answered = resolve)),
    async close() {
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
      await listening.close()
      server.close()
    },
  }
}
