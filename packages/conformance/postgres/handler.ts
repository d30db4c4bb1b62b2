/** A handler in a process of its own. It says its port, and serves until it is killed. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bkend } from '@authchart/core/bkend'
import { postgresSessionStore } from '@authchart/core/postgres'
import { createAuthHandler, memorySessionStore } from '@authchart/core/server'
import { Pool } from 'pg'
import { APP } from '../../core/test/server/support.ts'
import { TABLE } from './houses.ts'

/** `host`: the socket of Postgres; left out: a store in memory. */
const [upstream = '', host] = process.argv.slice(2)

const handler = createAuthHandler({
  upstream: bkend({ url: upstream, publishableKey: 'pk_demo' }),
  secrets: ['the secret that all processes of one handler have'],
  store:
    host === undefined
      ? memorySessionStore()
      : postgresSessionStore({
          pool: new Pool({ host, user: 'postgres', database: 'postgres', max: 2 }),
          table: TABLE,
        }),
})

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.concat((await incoming.toArray()) as Buffer[])
  const headers = Object.entries(incoming.headersDistinct).map(([name, values]): [string, string] => [
    name,
    values?.join(', ') ?? '',
  ])
  const response = await handler(new Request(new URL(incoming.url ?? '/', APP), { method: 'POST', headers, body }))
  outgoing.writeHead(response.status, [...response.headers].flat())
  outgoing.end(await response.text())
}

const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
