import type { TortureAdapter } from 'authchart/torture'
import * as shipped from '@authchart/core'
import { bkend } from '@authchart/core/bkend'

/** The client under torture, made of the core that ships or of one with something taken away. */
export const oursOf = (core: typeof shipped, name = 'authchart'): TortureAdapter => ({
  name,
  open({ origin, fetch, parts }) {
    const auth = core.createAuth({ ...parts, client: bkend({ url: origin, publishableKey: 'pk_test', fetch }) })
    auth.subscribe(() => {})
    return {
      signIn: auth.signIn,
      signOut: auth.signOut,
      // an app shows nothing until it is settled
      userId: async () => (await auth.requireUser().catch(() => null))?.id ?? null,
      request: (url) => auth.fetch(url),
    }
  },
})

export default oursOf(shipped)
