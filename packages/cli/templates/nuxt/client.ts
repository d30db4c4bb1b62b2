import { createAuth } from '@authchart/core'
import { cookieClient } from '@authchart/core/cookie'
import type { Credentials, User } from '~~/server/utils/backend'
import { guards } from './guards'

/** The auth of the page. The session lives in a cookie that no script can read, so the page has no token. */
export function makeAuth(initialSession: { readonly user: User } | null) {
  return createAuth({ client: cookieClient<User, Credentials>(), guards, initialSession })
}

declare module '@authchart/vue' {
  interface Register {
    auth: ReturnType<typeof makeAuth>
  }
}
