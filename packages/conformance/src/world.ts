/** One tab under test in a world that does what it is told, and whatever makes each event of the chart happen there. */
import { AuthError, createAuth, hasRecentSignIn, type Auth, type AuthErrorCode } from '@authchart/core'
import {
  drain,
  fakeBrowser,
  fakeClock,
  fakeNetwork,
  scriptedClient,
  type FakeClock,
  type FakeNetwork,
  type FakeTab,
  type ScriptedClient,
} from '@authchart/core/testing'
import type { InspectionEvent } from 'xstate'
// the door that account functions of a client use
import { internalsOf } from '../../core/src/internals.ts'
import { takenTransitions } from './chart.ts'
import { ann, bob } from './events.ts'
import { createWatch, secret } from './secrets.ts'

export interface User {
  readonly id: string
  readonly name: string
  readonly role: string
}
export interface Credentials {
  readonly email: string
  readonly password: string
}
/** Before a renewal is due. */
const RECENT = 600_000
const guards = {
  member: ({ user }: { user: User }) => user.role === 'member',
  recent: hasRecentSignIn(RECENT),
}
export type TestAuth = Auth<User, Credentials, typeof guards>

const HOUR = 3_600_000
export const credentials: Credentials = { email: 'ann@example.test', password: secret('password') }

export function createTestWorld() {
  const browser = fakeBrowser()
  const clock = fakeClock()
  const watch = createWatch()
  const taken = new Set<string>()
  const network = fakeNetwork()
  const tab = browser.openTab()
  const client = scriptedClient<User, Credentials>()
  const requests: (string | null)[] = []
  const promises: Promise<unknown>[] = []
  /** Refresh tokens of which the server said that it had not looked at them. */
  const unprocessed: string[] = []
  let tokens = 0

  const grant = (user: User, isFleeting = false) => {
    tokens += 1
    const refreshToken = isFleeting ? undefined : secret(`refresh-${tokens}`)
    return { accessToken: secret(`access-${tokens}`), refreshToken, expiresIn: 3600, user }
  }

  interface Parts {
    readonly tab: FakeTab
    readonly client: ScriptedClient<User, Credentials>
    readonly clock: FakeClock
    readonly network: FakeNetwork
    readonly inspect?: (event: InspectionEvent) => void
  }
  const make = (own: Parts): TestAuth =>
    createAuth({
      ...own,
      storage: own.tab.storage,
      tabs: own.tab.tabs,
      random: () => 0.5,
      guards,
      requestTimeout: 10 * HOUR,
      fetch: async (_input, init) => {
        requests.push(new Headers(init?.headers).get('authorization'))
        return new Response('ok')
      },
      onWarning: () => {},
    })

  tab.holdStorage()
  const inspect = (event: InspectionEvent): void => {
    watch.inspect(event)
    for (const name of takenTransitions(event)) taken.add(name)
  }
  const auth = make({ tab, client, clock, network, inspect })

  /** Keeps a command's promise: every one of them has to settle, and no error may show a secret. */
  const keep = (promise: Promise<unknown>): Promise<unknown> => {
    const kept = promise.catch((error: unknown) => {
      watch.error(error)
      return error
    })
    promises.push(kept)
    return kept
  }

  /** Another tab comes, does something and is closed. */
  async function elsewhere(
    act: (other: TestAuth, otherClient: ScriptedClient<User, Credentials>) => Promise<void> | void,
    isCrash = false,
  ) {
    const otherTab = browser.openTab()
    const otherClient = scriptedClient<User, Credentials>()
    // time passes for it alone
    const otherClock = fakeClock(clock.now())
    const other = make({ tab: otherTab, client: otherClient, clock: otherClock, network: fakeNetwork() })
    other.subscribe(() => {})
    await drain()
    // it may find the lock taken by a renewal: then it does not wait for long
    otherClock.advance(2000)
    await drain()
    await act(other, otherClient)
    await drain()
    otherTab.kill()
    if (!isCrash) await drain()
    other.destroy()
    await drain()
  }

  async function signInElsewhere(other: TestAuth, otherClient: ScriptedClient<User, Credentials>, user: User) {
    void other.signIn(credentials)
    await drain()
    otherClient.next('signIn').answer(grant(user))
    await drain()
  }

  const open = async (): Promise<void> => {
    tab.releaseStorage()
    await drain()
  }
  const fail = (method: 'signIn' | 'signUp' | 'answerChallenge', code: AuthErrorCode) => client.next(method).fail(code)
  const submitted = () =>
    client.has('answerChallenge') ? 'answerChallenge' : client.has('signUp') ? 'signUp' : 'signIn'

  /** How the world makes each fact happen. Commands are the drivers' business. */
  const causes: Readonly<Record<string, () => Promise<void> | void>> = {
    async 'restore.found'() {
      await elsewhere((other, otherClient) => signInElsewhere(other, otherClient, ann))
      await open()
    },
    async 'restore.found, spent by a tab that died'() {
      await elsewhere(async (other, otherClient) => {
        await signInElsewhere(other, otherClient, ann)
        void other.refresh().catch(() => {})
      }, true)
      await open()
    },
    async 'restore.ended'() {
      await elsewhere(async (other, otherClient) => {
        await signInElsewhere(other, otherClient, ann)
        void other.refresh().catch(() => {})
        await drain()
        otherClient.next('refresh').fail('session-expired')
      })
      await open()
    },
    'restore.empty': open,
    'authenticate.granted': () => client.next(submitted()).answer(grant(ann)),
    'authenticate.granted, without a refresh token': () => client.next(submitted()).answer(grant(ann, true)),
    'authenticate.challenged': () =>
      client.next(submitted()).answer({ challenge: { kind: 'totp', handle: { password: secret('handle') } } }),
    'authenticate.failed: invalid-credentials': () => fail(submitted(), 'invalid-credentials'),
    'authenticate.failed: invalid-code': () => fail('answerChallenge', 'invalid-code'),
    'authenticate.failed: account-locked': () => fail('answerChallenge', 'account-locked'),
    'challenge.lapsed': () => clock.advance(300_000),
    'expiry.due': () => clock.advance(2_000_000),
    'expiry.reached': () => clock.advance(HOUR),
    'expiry.reached after a lost renewal': () => clock.advance(HOUR),
    'session.renewed': () => client.next('refresh').answer(grant(ann)),
    'session.renewed by another tab': () =>
      elsewhere(async (other, otherClient) => {
        void other.refresh().catch(() => {})
        await drain()
        otherClient.next('refresh').answer(grant(ann))
      }),
    'session.confirmed'() {
      const asked = auth.actor.getSnapshot().context.session?.user as User
      while (client.has('getUser')) client.next('getUser').answer({ ...asked })
    },
    'session.doubted': () => network.wake(true),
    'session.aged': () => clock.advance(RECENT),
    'session.ended: refused': () => client.next('refresh').fail('session-expired'),
    'session.ended in another tab': () => elsewhere((other) => internalsOf(other).endSession('credentials-changed')),
    'refresh.deferred'() {
      unprocessed.push(client.spent.at(-1) ?? '')
      client.next('refresh').fail(new AuthError('unavailable', { status: 503 }))
    },
    'refresh.lost': () => client.next('refresh').fail('network'),
    'retry.due': () => clock.advance(60_000),
    'tabs.signedIn': () => elsewhere((other, otherClient) => signInElsewhere(other, otherClient, bob)),
    'tabs.signedOut': () =>
      elsewhere(async (other) => {
        void other.signOut()
      }),
    async 'revoke.settled'() {
      await open()
      if (client.has('signOut')) client.next('signOut').answer()
    },
    // the storage is behind only while something is to be written, which in this state nothing is
    'storage.lost': () => auth.actor.send({ type: 'storage.lost' }),
    'storage.back': () => auth.actor.send({ type: 'storage.back' }),
  }

  return {
    auth,
    browser,
    clock,
    client,
    network,
    tab,
    taken,
    watch,
    requests,
    unprocessed,
    keep,
    promises,
    causes,
    elsewhere,
    signInElsewhere,
  }
}

export type TestWorld = ReturnType<typeof createTestWorld>
