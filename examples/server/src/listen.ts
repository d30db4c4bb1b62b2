import { createAdaptorServer } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Hono } from 'hono'
import type { AppEnv } from './env.ts'
import { ConnectionDropped } from './inject.ts'

export interface Listening {
  readonly url: string
  readonly port: number
  /** Cuts what is still open. */
  readonly close: () => Promise<void>
}

/** Port 0 takes any free one. Rejects with the error of the socket, `EADDRINUSE` for one. */
export async function listen(
  app: Hono<AppEnv>,
  port: number,
  host: string,
  reuseConnections: boolean,
): Promise<Listening> {
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: async (request, env) => {
      try {
        return await app.fetch(toRequest(request), env)
      } catch (error) {
        if (!(error instanceof ConnectionDropped)) throw error
        env.incoming.socket?.destroy()
        return RESPONSE_ALREADY_SENT
      }
    },
  })
  if (!reuseConnections && 'maxRequestsPerSocket' in server) server.maxRequestsPerSocket = 1
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port')
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

/**
 * What the adaptor hands over looks like a Request and is none, so that it cannot be copied: the body limit of Hono does
 * that with a body of unknown length, such as the empty one of a DELETE.
 */
function toRequest({ method, url, headers, body, signal }: Request): Request {
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== null
  // streams go out half duplex; the type does not know it yet
  return new Request(url, { method, headers, signal, ...(hasBody && { body, duplex: 'half' }) } as RequestInit)
}
