import { createAuth } from '@authchart/core'
import { workerCustody } from '@authchart/core/worker'
import url from './auth-worker.ts?worker&url'
import { backend } from './backend'
import { guards } from './guards'

/** Does nothing until a component or a route asks it. */
export const auth = createAuth({ client: workerCustody({ client: backend, url }), guards })

declare module '__BINDING__' {
  interface Register {
    auth: typeof auth
  }
}
