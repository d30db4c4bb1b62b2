import { createAuthHandler } from '@authchart/core/server'
import { backend, type User } from './backend'

export const handler = createAuthHandler({
  upstream: backend,
  secrets: () => [process.env.AUTH_SECRET ?? ''],
  // where `auth.fetch('/api/…')` leads, with the access token that the page does not have
  proxy: { '/api': { url: backend.origin, paths: ['__PATHS__'] } },
})

declare module 'h3' {
  interface H3EventContext {
    /** The user of this request, or null. */
    session?: { readonly user: User } | null
  }
}
