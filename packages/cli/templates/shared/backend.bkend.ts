import { bkend, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'
import type { Role } from '__GUARDS__'

export type User = BkendUser<Role>
export type Credentials = BkendCredentials

export const backend = bkend<Role>({ url: __SERVER__, publishableKey: __KEY__ })
