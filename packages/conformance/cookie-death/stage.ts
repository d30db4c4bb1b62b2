import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createAuthHandler, type AuthHandlerEvent } from '@authchart/core/server'
import { bkend } from '@authchart/core/bkend'
import { createServer as createAuthServer, type ExampleServer, type SeedUser } from '@authchart/example-server'
import { getRequestListener } from '@hono/node-server'
import { buildPages, type PageFile } from '../firefox/pages.ts'
import { clockAfter } from './page/clock.ts'

export interface Stage {
  readonly control: ExampleServer['control']
  readonly user: SeedUser
  readonly origin: string
  readonly events: AuthHandlerEvent[]
  /** Resolves when so many requests have begun or ended, at a handler or behind it, counted from now. */
  readonly moment: (count: number) => Promise<void>
  /** Lets time pass at the server and in the handlers. Resolves to what has passed in all, in milliseconds. */
  readonly advance: (seconds: number) => number
  readonly close: () => Promise<void>
}

/** Seconds: each death takes an hour, and 300 of them are more than a week. */
const YEAR = 365 * 24 * 3600

/** The app's own server: its pages, and a handler for each mode, with the example server behind them. */
export async function setStage(): Promise<Stage> {
  const files = await buildPages(fileURLToPath(new URL('page', import.meta.url)), ['app.html'])
  const upstream = createAuthServer({ limits: false, reuseConnections: true, refreshTtl: YEAR })
  let tick = (): void => {}
  const counted = async (work: () => Response | Promise<Response>): Promise<Response> => {
    tick()
    try {
      return await work()
    } finally {
      tick()
    }
  }
  const answer = upstream.app.fetch
  upstream.app.fetch = (...given) => counted(() => answer(...given))
  const listening = await upstream.listen(0)
  let offset = 0
  const events: AuthHandlerEvent[] = []
  const common = {
    upstream: bkend({ url: listening.url, publishableKey: 'pk_demo' }),
    secrets: ['a secret of at least thirty-two characters'],
    clock: clockAfter(() => offset),
    onEvent: (event: AuthHandlerEvent) => void events.push(event),
  }
  const cookie = createAuthHandler({ ...common, basePath: '/cookie/auth', cookie: { name: 'one' } })
  const proxy = createAuthHandler({
    ...common,
    basePath: '/proxy/auth',
    cookie: { name: 'other' },
    proxy: { '/api': listening.url },
  })

  async function respond(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/cookie/auth/')) return counted(() => cookie(request))
    if (pathname.startsWith('/proxy/auth/') || pathname.startsWith('/api/')) return counted(() => proxy(request))
    const { type, content } = fileAt(files, pathname, listening.url)
    return new Response(content, { headers: { 'Content-Type': type, 'Cache-Control': 'no-cache' } })
  }
  const server = createHttpServer(getRequestListener(respond, { overrideGlobalObjects: false }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    control: upstream.control,
    user: upstream.users.user,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    moment: (count) =>
      new Promise((resolve) => {
        let left = count
        tick = () => {
          left -= 1
          if (left <= 0) resolve()
        }
      }),
    advance(seconds) {
      upstream.control.advance(seconds)
      offset += seconds * 1000
      return offset
    },
    async close() {
      await listening.close()
      upstream.close()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

function fileAt(files: ReadonlyMap<string, PageFile>, path: string, api: string): PageFile {
  const file = files.get(path) ?? files.get('/app.html')
  if (!file) throw new Error('The app was not built')
  const { type, content } = file
  return type === 'text/html' ? { type, content: String(content).replace('%API%', api) } : file
}
