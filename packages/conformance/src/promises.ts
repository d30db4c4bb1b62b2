/**
 * What the user and the program were promised, folded along a path by what happened alone. Written by hand: nothing here is
 * computed from the code under test.
 */

export interface View {
  readonly status: string
  /** The name on the screen. */
  readonly user: string | null
  /** What the role guard `member` says. */
  readonly member: boolean
  /** What stands where only a signed-in user may look. */
  readonly protected: 'shown' | 'pending' | 'closed'
  /** What stands where only members may look. */
  readonly membersOnly: 'shown' | 'pending' | 'closed'
  readonly renewal: string | null
  readonly challenge: string | null
  readonly error: string | null
  readonly reason: string | null
  readonly lastUser: string | null
  readonly persistence: string
}

/** What a request through `auth.fetch` does. */
export type Carries = 'the token' | 'nothing' | 'waits' | 'session-expired'

type Renewal = 'fresh' | 'refreshing' | 'waiting' | 'indeterminate'

/** What is to be true at one point of a path. */
export interface Expected {
  readonly session: 'restoring' | 'anonymous' | Renewal | 'expired' | 'signingOut' | 'signedOut'
  readonly attempt: 'early' | 'queued' | 'idle' | 'submitting' | 'awaitingCode' | 'verifyingCode'
  /** The user who is signed in, or whose session has ended. */
  readonly user: 'Ann' | 'Bob' | null
  /** The server said so. Until then guards stay closed and views wait. */
  readonly isConfirmed: boolean
  readonly isRenewable: boolean
  readonly reason: string | null
  readonly attemptError: string | null
  readonly renewalError: string | null
  readonly persistence: 'stored' | 'memory'
}

export const atFirst: Expected = {
  session: 'restoring',
  attempt: 'early',
  user: null,
  isConfirmed: false,
  isRenewable: false,
  reason: null,
  attemptError: null,
  renewalError: null,
  persistence: 'stored',
}

export const isHeld = ({ session }: Expected): boolean =>
  session === 'fresh' || session === 'refreshing' || session === 'waiting' || session === 'indeterminate'

const isAttempting = ({ attempt }: Expected): boolean =>
  attempt === 'submitting' || attempt === 'awaitingCode' || attempt === 'verifyingCode'

type Change = Partial<Expected>

/** Another session, or none. An error of the attempt is over unless one is under way. */
const forget = (now: Expected): Change => ({
  renewalError: null,
  attemptError: isAttempting(now) ? now.attemptError : null,
})
const held = (now: Expected, user: 'Ann' | 'Bob', isConfirmed: boolean): Change => ({
  ...forget(now),
  session: 'fresh',
  user,
  isConfirmed,
  isRenewable: true,
  reason: null,
})
const over = (session: 'expired' | 'signedOut' | 'signingOut', reason: string): Change => ({
  session,
  reason,
  isConfirmed: false,
  renewalError: null,
  ...(session !== 'expired' && { user: null }),
})
const found = (now: Expected, change: Change): Change => ({
  ...change,
  attempt: now.attempt === 'queued' ? 'submitting' : 'idle',
})
const failed = (attemptError: string): Change => ({ attempt: 'idle', attemptError })
const begun = (now: Expected): Change => ({
  attempt: now.session === 'restoring' ? 'queued' : 'submitting',
  attemptError: null,
})

function signedOut(now: Expected): Change {
  const attempt = { attempt: 'idle', ...(isAttempting(now) && { attemptError: null }) } as const
  const isNothingToEnd = now.session === 'signingOut' || now.session === 'signedOut'
  if (isNothingToEnd || (now.session === 'anonymous' && !isAttempting(now))) return attempt
  return { ...over('signingOut', 'signed-out'), ...attempt, attemptError: null }
}

function cancelled({ attempt }: Expected): Change {
  if (attempt === 'queued') return { attempt: 'early' }
  return attempt === 'early' || attempt === 'idle' ? {} : { attempt: 'idle', attemptError: null }
}

const isRefreshable = ({ session, isRenewable }: Expected): boolean =>
  session === 'waiting' || (session === 'fresh' && isRenewable)

/** What each event changes: the tables of the design, in the words of the tests. */
const changes: Readonly<Record<string, (now: Expected) => Change>> = {
  signIn: begun,
  signUp: begun,
  answerChallenge: ({ attempt }) =>
    attempt === 'awaitingCode' ? { attempt: 'verifyingCode', attemptError: null } : {},
  cancel: cancelled,
  signOut: signedOut,
  refresh: (now) => (isRefreshable(now) ? { session: 'refreshing' } : {}),
  dismiss: (now) =>
    now.session === 'expired' || now.session === 'signedOut'
      ? { ...forget(now), session: 'anonymous', user: null, reason: null }
      : {},
  access: () => ({}),
  'restore.found': (now) => found(now, held(now, 'Ann', false)),
  'restore.found, spent by a tab that died': (now) =>
    found(now, { ...held(now, 'Ann', false), session: 'indeterminate' }),
  'restore.ended': (now) => found(now, { ...over('expired', 'session-expired'), user: 'Ann' }),
  'restore.empty': (now) => found(now, { session: 'anonymous' }),
  'authenticate.granted': (now) => ({ ...held(now, 'Ann', true), attempt: 'idle', attemptError: null }),
  'authenticate.granted, without a refresh token': (now) => ({
    ...held(now, 'Ann', true),
    isRenewable: false,
    attempt: 'idle',
    attemptError: null,
  }),
  'authenticate.challenged': () => ({ attempt: 'awaitingCode' }),
  'authenticate.failed: invalid-credentials': () => failed('invalid-credentials'),
  'authenticate.failed: invalid-code': () => ({ attempt: 'awaitingCode', attemptError: 'invalid-code' }),
  'authenticate.failed: account-locked': () => failed('account-locked'),
  'challenge.lapsed': () => failed('challenge-expired'),
  'expiry.due': () => ({ session: 'refreshing' }),
  'retry.due': () => ({ session: 'refreshing' }),
  'expiry.reached': () => over('expired', 'access-token-expired'),
  'expiry.reached after a lost renewal': () => over('expired', 'refresh-indeterminate'),
  'session.renewed': (now) => ({ ...forget(now), session: 'fresh', isConfirmed: true }),
  'session.renewed by another tab': (now) => ({ ...forget(now), session: 'fresh' }),
  'session.confirmed': () => ({ isConfirmed: true }),
  'session.invalidated': () => ({ isConfirmed: false }),
  'session.aged': () => ({}),
  'session.ended: refused': () => over('expired', 'session-expired'),
  'session.ended in another tab': () => over('expired', 'credentials-changed'),
  'refresh.deferred': () => ({ session: 'waiting', renewalError: 'unavailable' }),
  'refresh.lost': () => ({ session: 'indeterminate', renewalError: 'refresh-indeterminate' }),
  'tabs.signedIn': (now) => held(now, 'Bob', false),
  'tabs.signedOut': (now) => ({ ...over('signedOut', 'signed-out-elsewhere'), ...forget(now) }),
  'revoke.settled': () => ({ session: 'signedOut' }),
  'storage.lost': () => ({ persistence: 'memory' }),
  'storage.back': () => ({ persistence: 'stored' }),
}

/** What is to be true after one more event. */
export function after(now: Expected, label: string): Expected {
  const change = changes[label]
  if (!change) throw new Error(`It is not written down what "${label}" changes`)
  return { ...now, ...change(now) }
}

/** What is to be true after these. */
export const afterAll = (labels: readonly string[]): Expected => labels.reduce(after, atFirst)

const placesOfAttempt = {
  early: 'early',
  queued: 'queued',
  idle: 'idle',
  submitting: 'authenticating.submitting',
  awaitingCode: 'authenticating.challenged.awaitingCode',
  verifyingCode: 'authenticating.challenged.verifyingCode',
} as const

/** Where both regions of the chart are then. */
export const placeIn = (now: Expected): string =>
  `${isHeld(now) ? 'authenticated.' : ''}${now.session} + ${placesOfAttempt[now.attempt]}`

function statusIn(now: Expected): string {
  if (now.attempt === 'submitting') return 'authenticating'
  if (isAttempting(now)) return 'challenged'
  if (isHeld(now)) return now.session === 'refreshing' ? 'refreshing' : 'authenticated'
  return now.session
}

function errorIn(now: Expected): string | null {
  const { attempt, session, attemptError, renewalError } = now
  if (attempt === 'submitting' || session === 'restoring') return null
  if (isAttempting(now)) return attemptError
  if (isHeld(now)) return attemptError ?? renewalError
  return session === 'signingOut' ? null : attemptError
}

/** What is on the screen then. */
export function viewIn(now: Expected): View {
  const status = statusIn(now)
  const gate = isHeld(now) ? 'shown' : now.session === 'restoring' ? 'pending' : 'closed'
  const challenges = { awaitingCode: 'totp', verifyingCode: 'totp, verifying' } as Readonly<Record<string, string>>
  const renewal = now.session === 'fresh' ? 'idle' : now.session
  return {
    status,
    user: isHeld(now) ? now.user : null,
    member: isHeld(now) && now.isConfirmed,
    protected: gate,
    membersOnly: gate === 'shown' && !now.isConfirmed ? 'pending' : gate,
    renewal: isHeld(now) && now.attempt === 'idle' ? renewal : null,
    challenge: challenges[now.attempt] ?? null,
    error: errorIn(now),
    reason: status === 'expired' || status === 'signedOut' ? now.reason : null,
    lastUser: status === 'expired' ? now.user : null,
    persistence: now.persistence,
  }
}

/** A sign-in under way changes nothing: a request goes out as the user who is signed in now. */
export function requestIn(now: Expected): Carries {
  if (isHeld(now)) return 'the token'
  if (now.session === 'restoring') return 'waits'
  return now.session === 'expired' ? 'session-expired' : 'nothing'
}
