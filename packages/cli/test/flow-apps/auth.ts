import { authMachine, createAuth, hasRole } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'

export const title = 'An app'

export const auth = createAuth({
  client: bkend({ publishableKey: 'pk_test' }),
  guards: { isAdmin: hasRole('admin') },
  machine: authMachine.provide({ guards: { isAnswerRetryable: () => false } }),
})
