import { bkend } from '@authchart/core/bkend'
import { createAuthHandler, memorySessionStore } from '@authchart/core/server'
import { headers } from 'next/headers'
import { cache } from 'react'

const SERVER = process.env.AUTH_SERVER ?? 'http://127.0.0.1:8787'

/** Next loads this file once for the routes and once for the pages: both have to see the same renewals. */
const shared = globalThis as { sessionStore?: ReturnType<typeof memorySessionStore> }

export const handler = createAuthHandler({
  upstream: bkend({ url: SERVER, publishableKey: 'pk_demo' }),
  secrets: () => [process.env.AUTH_SECRET ?? ''],
  store: (shared.sessionStore ??= memorySessionStore()),
  proxy: { '/api': { url: SERVER, paths: ['/v1/data'] } },
})

/** The user of this request, or null. Nothing is renewed while a page is rendered, where no cookie can be set. */
export const readSession = cache(async () => handler.readSession({ headers: await headers() }))
