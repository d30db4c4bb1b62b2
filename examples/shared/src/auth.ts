import {
  createAuth,
  hasRole,
  type Auth,
  type AuthClient,
  type AuthOptions,
  type CallOptions,
  type GuardArgs,
} from '@authchart/core'
import { bkend, type BkendClient, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'
import { cookieClient } from '@authchart/core/cookie'
import { browserStorage } from '@authchart/core/storage'
import { workerCustody } from '@authchart/core/worker'
import type { Post } from './api.ts'
// oxlint-disable-next-line import/default -- the address that Vite builds it at
import workerUrl from './auth-worker.ts?worker&url'
import type { Custody } from './custody.ts'
import type { DemoNetwork } from './network.ts'
import { PUBLISHABLE_KEY, SERVER_URL } from './settings.ts'

const editsEveryPost = hasRole('admin', 'editor')

/** They shape the screens. The server has rules of its own, and the last word. */
export const guards = {
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
  return createAuth({
    client: clientFor(custody, name, api, network),
    ...(custody === 'browser' && { storage: browserStorage({ name }) }),
    guards,
    network,
    fetch: network.fetch,
    inspect,
  })
}

function clientFor(custody: Custody, name: string, api: BkendClient, network: DemoNetwork) {
  if (custody === 'browser') return api
  if (custody === 'worker') return inWorker(`${name}-worker`, api, network)
  return cookieClient<BkendUser, BkendCredentials>({ url: `/${custody}/auth`, api, fetch: network.fetch })
}

/** Its requests leave from the worker, which knows nothing of the demo's switch. */
function inWorker(name: string, api: BkendClient, { offline }: DemoNetwork): AuthClient<BkendUser, BkendCredentials> {
  const url = new URL(workerUrl, location.href)
  url.searchParams.set('name', name)
  url.searchParams.set('server', SERVER_URL)
  const client = workerCustody({ client: api, url, storage: browserStorage({ name }) })
  const switched = (method: 'signIn' | 'signUp' | 'answerChallenge' | 'signOut') =>
    client[method] && {
      [method]: async (input: never, call: CallOptions) => {
        if (offline.get()) throw new TypeError('The demo is offline')
        return client[method]!(input, call)
      },
    }
  return Object.assign(Object.create(client) as typeof client, {
    ...switched('signIn'),
    ...switched('signUp'),
    ...switched('answerChallenge'),
    ...switched('signOut'),
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
