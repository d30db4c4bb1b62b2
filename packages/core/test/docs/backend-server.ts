/** A real server, as the client in docs/backends.md expects one. It rotates refresh tokens and takes each one once. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const password = { email: 'ann@example.com', password: 'correct horse' }
export const ann = { id: 'u1', name: 'Ann' }

/** What goes wrong with the next renewal: before or after the server has rotated the token. */
export interface Fault {
  /** `'cut'`: the connection ends without an answer. */
  readonly answer: number | 'cut' | { readonly redirectTo: string }
  readonly when: 'before' | 'after'
}

export async function startServer() {
  /** Refresh tokens as they came, in order. */
  const shown: string[] = []
  let generation = 0
  let isOpen = false
  let fault: Fault | null = null

  const grant = () => {
    isOpen = true
    generation += 1
    return {
      accessToken: `access-${generation}`,
      refreshToken: `refresh-${generation}`,
      expiresIn: 3600,
      user: ann,
    }
  }

  function fail(response: ServerResponse, { answer }: Fault): void {
    if (answer === 'cut') return void response.destroy()
    if (typeof answer === 'object') return void response.writeHead(307, { location: answer.redirectTo }).end()
    response.writeHead(answer).end('{}')
  }

  function renew(response: ServerResponse, { refreshToken }: { refreshToken?: string }): void {
    const own = fault
    fault = null
    shown.push(`${refreshToken}`)
    if (own?.when === 'before') return fail(response, own)
    const isCurrent = isOpen && refreshToken === `refresh-${generation}`
    // a token that was used before is taken for stolen, and ends the session
    isOpen = isCurrent
    if (!isCurrent) return void response.writeHead(401).end()
    const next = grant()
    if (own) return fail(response, own)
    response.end(JSON.stringify(next))
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = await request.toArray()
    const body = JSON.parse(Buffer.concat(chunks as Buffer[]).toString() || '{}') as Record<string, string>
    const isUser = isOpen && request.headers.authorization === `Bearer access-${generation}`
    switch (`${request.method} ${request.url}`) {
      case 'POST /sessions': {
        const isRight = body['password'] === password.password
        return void response.writeHead(isRight ? 200 : 401).end(isRight ? JSON.stringify(grant()) : '')
      }
      case 'POST /users':
        return void response.writeHead(409).end()
      case 'POST /sessions/refresh':
        return renew(response, body)
      case 'GET /me':
        return void response.writeHead(isUser ? 200 : 401).end(isUser ? JSON.stringify(ann) : '')
      case 'DELETE /session':
        isOpen &&= !isUser
        return void response.writeHead(isUser ? 204 : 401).end()
      default:
        response.writeHead(404).end()
    }
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shown,
    isOpen: () => isOpen,
    failNext(next: Fault): void {
      fault = next
    },
    async stop(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
