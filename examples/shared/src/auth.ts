import { createAuth, hasRole, type Auth, type AuthOptions, type GuardArgs } from '@authchart/core'
import { bkend, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'
import { browserStorage } from '@authchart/core/storage'
import type { Post } from './api.ts'
import type { Custody } from './custody.ts'
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
  readonly custody: Custody
  readonly network: DemoNetwork
  readonly inspect: NonNullable<AuthOptions<BkendUser, BkendCredentials, typeof guards>['inspect']>
}

/** The session of an app. Without the demo's switches, it takes a client, a storage and the guards. */
export function createDemoAuth({ name, custody, network, inspect }: DemoAuthOptions): DemoAuth {
  const api = bkend({
    url: custody === 'proxy' ? `${location.origin}/api` : SERVER_URL,
    publishableKey: PUBLISHABLE_KEY,
    fetch: custody === 'proxy' ? withOwnHeader(network.fetch) : network.fetch,
  })
  const url = `/${custody}/auth`
  return createAuth({
    ...(custody === 'browser'
      ? { client: api, storage: browserStorage({ name }) }
      : { client: cookieClient<BkendUser, BkendCredentials>({ url, api, fetch: network.fetch }) }),
    guards,
    network,
    fetch: network.fetch,
    inspect,
  })
}

/** What the account pages send by the client itself goes through the proxy too, which asks for this header. */
function withOwnHeader(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('x-authchart', '1')
    return fetch(input, { ...init, headers })
  }
}
