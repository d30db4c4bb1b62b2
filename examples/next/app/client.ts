import { createAuth, signInRedirect } from '@authchart/core'
import type { BkendCredentials, BkendUser } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'

/** The server that renders a page makes one too, and never uses it: it does nothing until a component subscribes. */
export function makeAuth(initialSession?: { readonly user: BkendUser } | null) {
  return createAuth({ client: cookieClient<BkendUser, BkendCredentials>(), initialSession })
}

export const redirect = signInRedirect({ signIn: '/sign-in', fallback: '/' })

declare module '@authchart/react' {
  interface Register {
    auth: ReturnType<typeof makeAuth>
  }
}
