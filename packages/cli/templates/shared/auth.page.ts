import { createAuth } from '@authchart/core'
import { browserStorage } from '@authchart/core/storage'
import { backend } from './backend'
import { guards } from './guards'

/** Does nothing until a component or a route asks it. */
export const auth = createAuth({ client: backend, storage: browserStorage(), guards })

declare module '__BINDING__' {
  interface Register {
    auth: typeof auth
  }
}
