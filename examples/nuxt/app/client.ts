import { createAuth } from '@authchart/core'
import { bkend, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'

export const SERVER: string = import.meta.env.VITE_AUTH_SERVER ?? 'http://127.0.0.1:8787'

/** The server that renders a page makes one too, and never uses it: it does nothing until a component subscribes. */
export function makeAuth(initialSession: { readonly user: BkendUser } | null) {
  const api = bkend({ url: SERVER, publishableKey: 'pk_demo' })
  return createAuth({ client: cookieClient<BkendUser, BkendCredentials>({ api }), initialSession })
}

declare module '@authchart/vue' {
  interface Register {
    auth: ReturnType<typeof makeAuth>
  }
}
