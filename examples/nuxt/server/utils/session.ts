import { bkend, type BkendUser } from '@authchart/core/bkend'
import { createAuthHandler } from '@authchart/core/server'

export const handler = createAuthHandler({
  upstream: bkend({ url: process.env.AUTH_SERVER ?? 'http://127.0.0.1:8787', publishableKey: 'pk_demo' }),
  secrets: () => [process.env.AUTH_SECRET ?? ''],
})

declare module 'h3' {
  interface H3EventContext {
    /** The user of this request, or null. */
    session?: { readonly user: BkendUser } | null
  }
}
