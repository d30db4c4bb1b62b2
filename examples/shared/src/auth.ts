import { createAuth, hasRole, type Auth, type AuthOptions, type GuardArgs } from '@authchart/core'
import { bkend, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'
import { browserStorage } from '@authchart/core/storage'
import type { Post } from './api.ts'
import type { DemoNetwork } from './network.ts'
import { PUBLISHABLE_KEY, SERVER_URL } from './settings.ts'

const editsEveryPost = hasRole('admin', 'editor')

/** They shape the screens. The server has rules of its own, and the last word. */
const guards = {
  isAdmin: hasRole('admin'),
  /** Authors edit their own posts, editors and admins any. */
  canEditPost: ({ user }: GuardArgs<BkendUser>, post: Post) => user.id === post.authorId || editsEveryPost({ user }),
}

export type DemoAuth = Auth<BkendUser, BkendCredentials, typeof guards>

export interface DemoAuthOptions {
  /** Names the database of the session. */
  readonly name: string
  readonly network: DemoNetwork
  readonly inspect: NonNullable<AuthOptions<BkendUser, BkendCredentials, typeof guards>['inspect']>
}

/** The session of an app. Without the demo's switches, the first three options are all it takes. */
export function createDemoAuth({ name, network, inspect }: DemoAuthOptions): DemoAuth {
  return createAuth({
    client: bkend({ url: SERVER_URL, publishableKey: PUBLISHABLE_KEY, fetch: network.fetch }),
    storage: browserStorage({ name }),
    guards,
    network,
    fetch: network.fetch,
    inspect,
  })
}
