import type { AuthErrorCode } from '../errors.ts'
import type { Auth, AuthClient } from '../types.ts'
import type { FakeBrowser, FakeTab } from './browser.ts'
import type { ClientMethod } from './client.ts'
import { fakeClock, type FakeClock } from './clock.ts'
import { drain } from './drain.ts'
import { fakeNetwork, type FakeNetwork } from './network.ts'
import type { ServerControl } from './server.ts'
import type { ServerSessions } from './sessions.ts'

/** What happens around an auth under test. Await each word: then everything has happened that follows from it. */
export interface TestWorld<TUser> {
  /** The server answers these calls no more (all of them if none is named), until `answer` or `fail`. */
  readonly hold: (...methods: readonly ClientMethod[]) => void
  /** The server answers these calls. If none is named it answers all of them, and so does the storage. */
  readonly answer: (...methods: readonly ClientMethod[]) => Promise<void>
  /** The sign-in that waits is asked for a second factor, or else the next one. Default `'totp'`. */
  readonly challenge: (kind?: string) => Promise<void>
  /** The call of this method that waits fails, or else the next one. */
  readonly fail: (method: ClientMethod, error: AuthErrorCode | Error) => Promise<void>
  /** The server ends all sessions, and a renewal finds out. */
  readonly endSession: () => Promise<void>
  /** The same, and another tab finds out. */
  readonly endSessionElsewhere: () => Promise<void>
  readonly signOutElsewhere: () => Promise<void>
  /** This user signs in in another tab of the same browser. */
  readonly signInElsewhere: (user: TUser) => Promise<void>
  readonly goOffline: () => Promise<void>
  readonly goOnline: () => Promise<void>
  /** Time passes, and what is due happens in its order. */
  readonly advance: (milliseconds: number) => Promise<void>
  /** For what has no word here: clocks that jump, pages that wake up, a storage that breaks. */
  readonly clock: FakeClock
  readonly network: FakeNetwork
  readonly tab: FakeTab
}

/** One page: what its auth is made with. */
export interface TestPage<TUser, TCredentials> {
  readonly tab: FakeTab
  readonly clock: FakeClock
  readonly network: FakeNetwork
  readonly client: AuthClient<TUser, TCredentials>
}

export interface TestWorldOptions<TUser, TCredentials> {
  readonly page: TestPage<TUser, TCredentials>
  readonly browser: FakeBrowser
  readonly sessions: ServerSessions<TUser>
  readonly control: ServerControl
  readonly challenge: (kind: string) => void
  /** The server, as another page reaches it. */
  readonly client: AuthClient<TUser, TCredentials>
  readonly credentials: TCredentials
  readonly open: (page: TestPage<TUser, TCredentials>) => Pick<Auth<TUser, TCredentials>, Used>
}

type Used = 'subscribe' | 'signIn' | 'signOut' | 'refresh' | 'destroy'

/** A tab that finds a renewal under way waits so long for its end. */
const LOCK_WAIT = 2000

export function testWorld<TUser, TCredentials>(
  auth: Pick<Auth<TUser, TCredentials>, Used>,
  options: TestWorldOptions<TUser, TCredentials>,
): TestWorld<TUser> {
  const { page, browser, sessions, control, challenge, client, credentials, open } = options
  const { clock, network, tab } = page

  /** A real auth in another tab does something, and the tab is closed. */
  async function elsewhere(act: (other: typeof auth) => Promise<unknown>, own = client): Promise<void> {
    // time passes for it alone
    const time = fakeClock(clock.now())
    const other = open({ tab: browser.openTab(), clock: time, network: fakeNetwork(), client: own })
    other.subscribe(() => {})
    await drain()
    time.advance(LOCK_WAIT)
    await drain()
    await act(other)
    await drain()
    other.destroy()
    await drain()
  }

  return {
    hold: control.hold,
    async answer(...methods) {
      control.answer(...methods)
      if (methods.length === 0) tab.releaseStorage()
      await drain()
    },
    async challenge(kind = 'totp') {
      challenge(kind)
      await drain()
    },
    async fail(method, error) {
      control.fail(method, error)
      await drain()
    },
    async endSession() {
      sessions.endAll()
      control.answer('refresh')
      // why it comes to nothing is in the state
      await auth.refresh().catch(() => {})
      await drain()
    },
    endSessionElsewhere() {
      sessions.endAll()
      return elsewhere((other) => other.refresh().catch(() => {}))
    },
    signOutElsewhere: () => elsewhere((other) => other.signOut()),
    signInElsewhere: (user) =>
      elsewhere((other) => other.signIn(credentials), { ...client, signIn: async () => sessions.begin(user) }),
    async goOffline() {
      network.goOffline()
      await drain()
    },
    async goOnline() {
      network.goOnline()
      await drain()
    },
    advance: clock.pass,
    clock,
    network,
    tab,
  }
}
