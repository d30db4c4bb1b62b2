import { checkOptions } from '../bkend/checks.ts'
import type { BkendRole } from '../bkend/answers.ts'
import { bkend as create, type BkendClient } from '../bkend/client.ts'
import type { BkendOptions } from '../bkend/options.ts'

export * from './bkend.ts'

/** As in production, after a look at the options that tells the developer more. */
export function bkend<TRole extends string = BkendRole>(options: BkendOptions): BkendClient<TRole> {
  checkOptions(options)
  return create<TRole>(options)
}
