import { createAuth } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { memoryStorage } from '@authchart/core/storage'
import { answer, upstream } from './answer.ts'

const auth = createAuth({
  client: bkend({ publishableKey: 'pk_test', fetch: upstream }),
  storage: memoryStorage(),
  fetch: upstream,
})

export const respond = (): Promise<Response> => answer(auth)
