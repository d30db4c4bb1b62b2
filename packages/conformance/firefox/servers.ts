import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildPages } from './pages.ts'

/** A request as it arrived. */
export interface Arrival {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly authorization: string | null
  readonly type: string | null
  readonly body: string
}

export interface Servers {
  /** Page and API. */
  readonly own: string
  /** Another origin, which answers 401 to everything and lets every page read it. */
  readonly other: string
  /** At `own`, but for pages, sign-ins and renewals. */
  readonly arrived: Arrival[]
  readonly arrivedAtOther: Arrival[]
  readonly renewals: () => number
  /** From now on the API takes the next token only, as if the last one had been revoked. */
  readonly refuseToken: () => void
  readonly close: () => Promise<void>
}

/** Two servers that speak HTTP/1.1, as every development server does. */
export async function startServers(): Promise<Servers> {
  const files = await buildPages(fileURLToPath(new URL('page', import.meta.url)), ['requests.html'])
  const arrived: Arrival[] = []
  const arrivedAtOther: Arrival[] = []
  let generation = 0
  let renewals = 0
  let isRefused = false

  const grant = (): string => {
    generation += 1
    isRefused = false
    return JSON.stringify({ accessToken: `access-${generation}`, refreshToken: `refresh-${generation}` })
  }

  const own = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const page = files.get(pathname === '/' || pathname === '/based' ? '/requests.html' : pathname)
    if (page) {
      const base = `<base href="${searchParams.get('base')}" />`
      const isBased = pathname === '/based'
      response.writeHead(200, { 'Content-Type': page.type })
      return response.end(isBased ? String(page.content).replace('<title>', `${base}<title>`) : page.content)
    }
    if (pathname === '/session') return response.end(grant())
    if (pathname === '/refresh') {
      renewals += 1
      return response.end(grant())
    }
    const arrival = await read(request)
    arrived.push(arrival)
    const status = Number(searchParams.get('status'))
    if (pathname === '/redirect') return response.writeHead(status, { Location: searchParams.get('to') ?? '' }).end()
    const isGood = !isRefused && arrival.authorization === `Bearer access-${generation}`
    response.writeHead(isGood ? 200 : 401).end()
  })
  const other = await listen(async (request, response) => {
    const arrival = await read(request)
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type')
    if (request.method === 'OPTIONS') return response.writeHead(204).end()
    arrivedAtOther.push(arrival)
    response.writeHead(401).end()
  })

  return {
    own: own.url,
    other: other.url,
    arrived,
    arrivedAtOther,
    renewals: () => renewals,
    refuseToken: () => {
      isRefused = true
    },
    async close() {
      await Promise.all([own.close(), other.close()])
    },
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>

async function listen(handle: Handler): Promise<{ readonly url: string; readonly close: () => Promise<unknown> }> {
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<Arrival> {
  const { method = '', url = '', headers } = request
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string
  return {
    method,
    path: url,
    authorization: headers.authorization ?? null,
    type: headers['content-type'] ?? null,
    body,
  }
}
