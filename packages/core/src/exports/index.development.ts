import { createAuth as create } from '../auth.ts'
import { checkOptions } from '../checks.ts'
import type { AuthOptions } from '../types.ts'

export * from './index.ts'

/** As in production, after a look at the options that tells the developer more. */
export const createAuth: typeof create = (options) => {
  checkOptions(options as unknown as AuthOptions<unknown, unknown, unknown>)
  return create(options)
}
