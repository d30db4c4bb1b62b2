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
  type PendingCall,
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
export const signInMethods: readonly PendingCall['method'][] = ['signIn', 'signUp', 'answerChallenge']

/** Before a renewal is due. */
const RECENT = 600_000
const guards = {
  member: ({ user }: { user: User }) => user.role === 'member',
  recent: hasRecentSignIn(RECENT),
}
export type TestAuth = Auth<User, Credentials, typeof guards>

const HOUR = 3_600_000
let asked = 0
/** Each time another address: so that no sign-in joins the one before it. */
export const credentials = (): Credentials => {
  asked += 1
  return { email: `ann${asked}@example.test`, password: secret('password') }
}

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
  let retries = 0
  /** Whose each token is: the server's own list. */
  const owners = new Map<unknown, User>()
  const ownerOf = (token: unknown): User => {
    const owner = owners.get(token)
    if (!owner) throw new Error('The server never gave this token')
    return owner
  }

  const grant = (user: User, isFleeting = false) => {
    tokens += 1
    const accessToken = secret(`access-${tokens}`)
    const refreshToken = isFleeting ? undefined : secret(`refresh-${tokens}`)
    owners.set(accessToken, user)
    if (refreshToken) owners.set(refreshToken, user)
    return { accessToken, refreshToken, expiresIn: 3600, user }
  }
  /** As a server does: the new tokens are for the user whose the old one was. */
  const renew = (asked: ScriptedClient<User, Credentials>): void => {
    const call = asked.next('refresh')
    call.answer(grant(ownerOf((call.input as { refreshToken: string }).refreshToken)))
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
    for (const name of takenTransitions(event)) {
      taken.add(name)
      if (name.endsWith(' on retry.due')) retries += 1
    }
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
    void other.signIn(credentials())
    await drain()
    otherClient.next('signIn').answer(grant(user))
    await drain()
  }

  const open = async (): Promise<void> => {
    tab.releaseStorage()
    await drain()
  }
  /** The latest request of a sign-in: an earlier one was given up. */
  const submitted = (): PendingCall => {
    const call = client.pending.findLast(({ method }) => signInMethods.includes(method))
    if (!call) throw new Error('No sign-in waits for an answer')
    return call
  }
  const fail = (code: AuthErrorCode): void => submitted().fail(code)

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
    'authenticate.granted': () => submitted().answer(grant(ann)),
    'authenticate.granted, without a refresh token': () => submitted().answer(grant(ann, true)),
    'authenticate.challenged': () =>
      submitted().answer({ challenge: { kind: 'totp', handle: { password: secret('handle') } } }),
    'authenticate.failed: invalid-credentials': () => fail('invalid-credentials'),
    'authenticate.failed: invalid-code': () => fail('invalid-code'),
    'authenticate.failed: account-locked': () => fail('account-locked'),
    'challenge.lapsed': () => clock.advance(300_000),
    'expiry.due': () => clock.advance(2_000_000),
    'expiry.reached': () => clock.advance(HOUR),
    'expiry.reached after a lost renewal': () => clock.advance(HOUR),
    'session.renewed': () => renew(client),
    'session.renewed by another tab': () =>
      elsewhere(async (other, otherClient) => {
        void other.refresh().catch(() => {})
        await drain()
        renew(otherClient)
      }),
    'session.confirmed'() {
      while (client.has('getUser')) {
        const call = client.next('getUser')
        call.answer({ ...ownerOf((call.input as { accessToken: string }).accessToken) })
      }
    },
    'session.invalidated': () => network.wake(true),
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
    /** How often a renewal that was put off was tried again. */
    retries: () => retries,
    grant,
    ownerOf,
    renew,
    elsewhere,
    signInElsewhere,
  }
}

export type TestWorld = ReturnType<typeof createTestWorld>
