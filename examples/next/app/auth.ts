import { createAuth, signInRedirect } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'

export const SERVER = process.env.NEXT_PUBLIC_AUTH_SERVER ?? 'http://127.0.0.1:8787'

/** The server imports it too and never uses it: it does nothing until a component subscribes in the browser. */
export const auth = createAuth({
  client: bkend({ url: SERVER, publishableKey: 'pk_demo' }),
  storage: browserStorage(),
})

export const redirect = signInRedirect({ signIn: '/sign-in', fallback: '/' })

declare module '@authchart/react' {
  interface Register {
    auth: typeof auth
  }
}
