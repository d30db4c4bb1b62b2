import { createAuthHandler, memorySessionStore } from '@authchart/core/server'
import { headers } from 'next/headers'
import { cache } from 'react'
import { backend } from './backend'

/** Next loads this file once for the routes and once for the pages: both have to see the same renewals. */
const shared = globalThis as { sessionStore?: ReturnType<typeof memorySessionStore> }

export const handler = createAuthHandler({
  upstream: backend,
  secrets: () => [process.env.AUTH_SECRET ?? ''],
  // for one process: where several answer, the store has to be one that they share
  store: (shared.sessionStore ??= memorySessionStore()),
  // where `auth.fetch('/api/…')` leads, with the access token that the page does not have
  proxy: { '/api': { url: backend.origin, paths: ['__PATHS__'] } },
})

/** The user of this request, or null. Nothing is renewed while a page is rendered, where no cookie can be set. */
export const readSession = cache(async () => handler.readSession({ headers: await headers() }))
