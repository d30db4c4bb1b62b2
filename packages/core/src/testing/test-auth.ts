import { createAuth } from '../auth.ts'
import type { Auth, AuthClient, AuthOptions, Guards } from '../types.ts'
import { fakeBrowser } from './browser.ts'
import { fakeClock } from './clock.ts'
import { fakeNetwork } from './network.ts'
import { testServer } from './server.ts'
import { serverSessions } from './sessions.ts'
import { begin, kindIn, type TestSituation } from './situation.ts'
import { testWorld, type TestPage, type TestWorld } from './test-world.ts'

type Kit = 'client' | 'storage' | 'tabs' | 'clock' | 'network'

export type TestAuthOptions<TUser, TCredentials, TGuards> = TestSituation<TUser> &
  Partial<Omit<AuthOptions<TUser, TCredentials, TGuards>, Kit>> & {
    /** What the server does differently: `{ signOut: () => Promise.reject(new AuthError('network')) }`. */
    readonly client?: Partial<AuthClient<TUser, TCredentials>>
    /** What was sent, in the statuses `'authenticating'` and `'challenged'`. */
    readonly credentials?: TCredentials
  }

/** A real auth, and the world around it. */
export interface TestAuth<TUser = unknown, TCredentials = unknown, TGuards = Guards<TUser>> extends Auth<
  TUser,
  TCredentials,
  TGuards
> {
  readonly world: TestWorld<TUser>
}

/**
 * An auth for the test of a component, in any status before the first render: the real one, with a server, a browser and a
 * clock in memory. Its commands work, and `auth.world` makes things happen. It opens no connection and starts no timer.
 *
 * @example
 * const auth = createTestAuth({ user: { id: '1', name: 'Ann', role: 'admin' }, guards: { isAdmin: hasRole('admin') } })
 * render(<AuthProvider auth={auth}><Header /></AuthProvider>)
 * await auth.world.signOutElsewhere()
 * @throws AuthError `'invalid-response'` if the user has no id that can be read: give `client: { userId }`
 */
export function createTestAuth<TUser, TCredentials = unknown, TGuards extends Guards<TUser> = Record<never, never>>(
  options: TestAuthOptions<TUser, TCredentials, TGuards> & { readonly guards?: Guards<NoInfer<TUser>> },
): TestAuth<TUser, TCredentials, TGuards> {
  // what no test looks at need not be given
  const { user, client: own, credentials = {} as TCredentials, ...rest } = options
  const browser = fakeBrowser()
  const network = fakeNetwork()
  const clock = fakeClock()
  const sessions = serverSessions<TUser>(clock)
  const { client, controlled, control, challenge } = testServer({ sessions, user, kind: kindIn(options), network, own })
  const open = (page: TestPage<TUser, TCredentials>): Auth<TUser, TCredentials, TGuards> =>
    createAuth<TUser, TCredentials, TGuards>({
      random: () => 0.5,
      ...rest,
      ...page,
      storage: page.tab.storage,
      tabs: page.tab.tabs,
      // whether its users can be told apart is seen when the session begins
      client: page.client as Parameters<typeof createAuth<TUser, TCredentials, TGuards>>[0]['client'],
    })
  const page = { tab: browser.openTab(), clock, network, client: controlled }
  const auth = open(page)
  begin({ auth, page, browser, sessions, control, credentials }, options)
  const world = testWorld(auth, { page, browser, sessions, control, challenge, client, credentials, open })
  return Object.assign(auth, { world })
}
