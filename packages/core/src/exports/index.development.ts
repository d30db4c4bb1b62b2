import { createAuth as create } from '../auth.ts'
import { checkOptions, tellMistakes } from '../checks.ts'
import type { AuthClient, AuthOptions } from '../types.ts'

export * from './index.ts'

/** As in production, after a look at the options that tells the developer more. */
export const createAuth: typeof create = (options) => {
  checkOptions(options as unknown as AuthOptions<unknown, unknown, unknown>)
  // the same client to the types
  return create({ ...options, client: tellMistakes(options.client as AuthClient) as typeof options.client })
}
