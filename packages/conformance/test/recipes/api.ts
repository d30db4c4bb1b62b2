/** A real server that takes the access tokens it is told of, and notes what arrives. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestAuth } from '@authchart/core/testing'
import { onTestFinished } from 'vitest'

export const ann = { id: 'u1', name: 'Ann' }

interface Arrived {
  readonly call: string
  readonly token: string | undefined
  readonly body: string
}

/** What it answers: by default, a caller who may not read on gets a 401. */
type Answer = (isAllowed: boolean) => { readonly status: number; readonly body: unknown }

export async function startApi(
  good: string,
  answer: Answer = (isAllowed) => (isAllowed ? { status: 200, body: ['milk'] } : { status: 401, body: {} }),
) {
  const arrived: Arrived[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString()
    const token = request.headers.authorization?.replace('Bearer ', '')
    arrived.push({ call: `${request.method} ${request.url}`, token, body })
    const { status, body: text } = answer(token === good)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(text))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { arrived, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Ann, whose tokens are `access-1`, `access-2`, … and go to this API. */
export const signedInFor = (url: string, options: { isRefused?: (response: Response) => Promise<boolean> } = {}) =>
  createTestAuth({ user: ann, allowedOrigins: [url], client: { origin: url, ...options } })
