import { AuthError } from '../errors.ts'
import type { SessionView } from '../machine/types.ts'
import type { ClientMethod } from './client.ts'
import { drain } from './drain.ts'
import { placeOf, type ChartEvent, type ChartState } from './graph.ts'
import type { TestWorld } from './test-world.ts'

/** What can happen to an auth beside what its user does: as the chart hears it, in words, and how the world makes it happen. */
export interface Happening<TUser> {
  readonly event: ChartEvent
  /** Names it in the id of a path. */
  readonly label: string
  readonly words: string
  readonly make: (world: TestWorld<TUser>, asked: 'signIn' | 'signUp') => Promise<void>
}

const MINUTE = 60_000
const entering = ['signIn', 'signUp', 'answerChallenge'] as const

type AnyWorld = Pick<TestWorld<never>, 'tab' | 'answer' | 'hold'>

/** Of a server that holds all its answers. */
async function answer(world: AnyWorld, ...methods: readonly ClientMethod[]): Promise<void> {
  world.tab.releaseStorage()
  await world.answer(...methods)
  world.hold(...methods)
}

async function findStored(world: AnyWorld): Promise<void> {
  world.tab.releaseStorage()
  await drain()
}

/** The happenings of an auth with this user, by the names that the chart has for them. */
export function happeningsOf<TUser>(user: TUser) {
  const session: SessionView = {
    id: 'session',
    generation: 1,
    attempt: null,
    user,
    expiresAt: 0,
    renewable: true,
    confirmed: true,
  }
  const remembered: SessionView = { ...session, confirmed: false }
  const ended = { reason: 'session-expired', user } as const
  const happening = (
    event: ChartEvent,
    words: string,
    make: Happening<TUser>['make'],
    label: string = event.type,
  ): Happening<TUser> => ({
    event,
    label,
    words,
    make,
  })
  return {
    found: happening(
      { type: 'restore.found', session: remembered, spendUnknown: false },
      'the storage has a session',
      findStored,
    ),
    foundEnded: happening(
      { type: 'restore.ended', ended },
      'the storage says that the session has ended',
      async (world) => {
        await world.endSessionElsewhere()
        await findStored(world)
      },
    ),
    foundNothing: happening({ type: 'restore.empty' }, 'the storage is empty', async (world) => {
      await world.signOutElsewhere()
      await findStored(world)
    }),
    granted: happening({ type: 'authenticate.granted', session }, 'the server grants the sign-in', (world) =>
      answer(world, ...entering),
    ),
    challenged: happening(
      { type: 'authenticate.challenged', kind: 'totp' },
      'the server asks for a second factor',
      (world) => world.challenge(),
    ),
    refusedSignIn: happening(
      { type: 'authenticate.failed', error: new AuthError('invalid-credentials') },
      'the server refuses the password',
      (world, asked) => world.fail(asked, 'invalid-credentials'),
      'authenticate.failed: invalid-credentials',
    ),
    refusedCode: happening(
      { type: 'authenticate.failed', error: new AuthError('invalid-code') },
      'the server refuses the code',
      (world) => world.fail('answerChallenge', 'invalid-code'),
      'authenticate.failed: invalid-code',
    ),
    locked: happening(
      { type: 'authenticate.failed', error: new AuthError('account-locked') },
      'the server locks the account',
      (world) => world.fail('answerChallenge', 'account-locked'),
      'authenticate.failed: account-locked',
    ),
    lapsed: happening(
      { type: 'challenge.lapsed', error: new AuthError('challenge-expired') },
      'the time for the code is over',
      (world) => world.advance(5 * MINUTE),
    ),
    due: happening({ type: 'expiry.due' }, 'the token is due for a renewal', (world) => world.advance(33 * MINUTE + 1)),
    reached: happening({ type: 'expiry.reached' }, 'the token ends', (world) => world.advance(60 * MINUTE)),
    renewed: happening({ type: 'session.renewed', session }, 'the server renews the token', (world) =>
      answer(world, 'refresh'),
    ),
    refused: happening(
      { type: 'session.ended', ended },
      'the server refuses to renew the token',
      (world) => world.fail('refresh', new AuthError('session-expired', { status: 401 })),
      'session.ended: refused',
    ),
    endedElsewhere: happening(
      { type: 'session.ended', ended },
      'another tab finds out that the session has ended',
      (world) => world.endSessionElsewhere(),
      'session.ended in another tab',
    ),
    deferred: happening(
      { type: 'refresh.deferred', error: new AuthError('unavailable'), retryAt: 0 },
      'the server is too busy to renew the token',
      (world) => world.fail('refresh', new AuthError('unavailable', { status: 503 })),
    ),
    lost: happening(
      { type: 'refresh.lost', error: new AuthError('refresh-indeterminate') },
      'the answer to the renewal is lost',
      (world) => world.fail('refresh', 'network'),
    ),
    retry: happening({ type: 'retry.due' }, 'the renewal is tried again', (world) => world.advance(MINUTE)),
    confirmed: happening({ type: 'session.confirmed', session }, 'the server says who the user is', (world) =>
      answer(world, 'getUser'),
    ),
    signedInElsewhere: happening(
      { type: 'tabs.signedIn', session: remembered },
      'the user signs in in another tab',
      (world) => world.signInElsewhere(user),
    ),
    signedOutElsewhere: happening({ type: 'tabs.signedOut' }, 'the user signs out in another tab', (world) =>
      world.signOutElsewhere(),
    ),
    revoked: happening({ type: 'revoke.settled' }, 'the server has heard of the sign-out', (world) =>
      answer(world, 'signOut'),
    ),
  }
}

type Happenings<TUser> = ReturnType<typeof happeningsOf<TUser>>

/** What can happen in a state. A challenge lapses before most other times are over, and a renewal is one tab's business. */
export function possibleIn<TUser>(state: ChartState, all: Happenings<TUser>): readonly Happening<TUser>[] {
  const [inSession = '', inAttempt = ''] = placeOf(state).split(' + ')
  const isChallenged = inAttempt.includes('challenged')
  const own = [...happeningsByAttempt(inAttempt, all), ...happeningsBySession(inSession, isChallenged, all)]
  // a renewal is tried again before a challenge lapses
  if (inAttempt.endsWith('awaitingCode') && inSession !== 'authenticated.waiting') own.push(all.lapsed)
  const { session } = state.context
  if (!session) return own
  own.push(all.signedOutElsewhere)
  if (!session.confirmed) own.push(all.confirmed)
  const isRenewing = inSession === 'authenticated.refreshing' || inSession === 'authenticated.indeterminate'
  return isRenewing ? own : [...own, all.endedElsewhere]
}

function happeningsByAttempt<TUser>(place: string, all: Happenings<TUser>): readonly Happening<TUser>[] {
  switch (place) {
    case 'authenticating.submitting':
      return [all.granted, all.challenged, all.refusedSignIn]
    case 'authenticating.challenged.verifyingCode':
      return [all.granted, all.challenged, all.refusedCode, all.locked]
    default:
      return []
  }
}

function happeningsBySession<TUser>(
  place: string,
  isChallenged: boolean,
  all: Happenings<TUser>,
): readonly Happening<TUser>[] {
  switch (place) {
    case 'restoring':
      return [all.found, all.foundEnded, all.foundNothing]
    case 'signingOut':
      return [all.revoked]
    case 'authenticated.fresh':
      return isChallenged ? [all.signedInElsewhere] : [all.signedInElsewhere, all.due]
    case 'authenticated.refreshing':
      return [all.signedInElsewhere, all.renewed, all.refused, all.deferred, all.lost]
    case 'authenticated.waiting':
      return isChallenged ? [all.signedInElsewhere] : [all.signedInElsewhere, all.retry]
    case 'authenticated.indeterminate':
      return isChallenged ? [all.signedInElsewhere] : [all.signedInElsewhere, all.reached]
    default:
      return [all.signedInElsewhere]
  }
}
