import { createAuth } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'
import { answer, upstream } from './answer.ts'

const auth = createAuth({
  client: bkend({ publishableKey: 'pk_test', fetch: upstream }),
  storage: browserStorage(),
  fetch: upstream,
  onWarning: () => {},
})

export const respond = (): Promise<Response> => answer(auth)
