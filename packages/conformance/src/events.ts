/** What can happen where, written by hand. The paths are made from this and the chart. */
import { AuthError } from '@authchart/core'
import type { ModelEvent, ModelSnapshot } from './chart.ts'

type Context = ModelSnapshot['context']

export const ann = { id: 'u1', name: 'Ann', role: 'member' }
export const bob = { id: 'u2', name: 'Bob', role: 'member' }

const labels = new Map<ModelEvent, string>()
const named = (label: string, event: ModelEvent): ModelEvent => {
  labels.set(event, label)
  return event
}

/** What the test calls this event, and looks up how the world makes it happen. */
export const labelOf = (event: ModelEvent): string => labels.get(event) ?? event.type

const session = (user: unknown, flags: { renewable: boolean; confirmed: boolean }) => ({
  id: 's',
  generation: 1,
  attempt: 1,
  user,
  expiresAt: 0,
  ...flags,
})
const whole = { renewable: true, confirmed: true }
const remembered = { renewable: true, confirmed: false }
const fleeting = { renewable: false, confirmed: true }
const ended = { reason: 'session-expired', user: ann } as const
const failure = (
  code:
    | 'invalid-credentials'
    | 'invalid-code'
    | 'account-locked'
    | 'challenge-expired'
    | 'unavailable'
    | 'refresh-indeterminate',
) => new AuthError(code)

export const commands = {
  signIn: named('signIn', { type: 'signIn', attempt: 1 }),
  signUp: named('signUp', { type: 'signUp', attempt: 1 }),
  answerChallenge: named('answerChallenge', { type: 'answerChallenge' }),
  cancel: named('cancel', { type: 'cancel' }),
  signOut: named('signOut', { type: 'signOut' }),
  refresh: named('refresh', { type: 'refresh' }),
  dismiss: named('dismiss', { type: 'dismiss' }),
  access: named('access', { type: 'access', guard: 'member', params: [] }),
} as const

export const facts = {
  found: named('restore.found', { type: 'restore.found', session: session(ann, remembered), spendUnknown: false }),
  foundSpent: named('restore.found, spent by a tab that died', {
    type: 'restore.found',
    session: session(ann, remembered),
    spendUnknown: true,
  }),
  foundEnded: named('restore.ended', { type: 'restore.ended', ended }),
  foundNothing: named('restore.empty', { type: 'restore.empty' }),
  granted: named('authenticate.granted', { type: 'authenticate.granted', session: session(ann, whole) }),
  grantedFleeting: named('authenticate.granted, without a refresh token', {
    type: 'authenticate.granted',
    session: session(ann, fleeting),
  }),
  challenged: named('authenticate.challenged', { type: 'authenticate.challenged', kind: 'totp' }),
  wrongPassword: named('authenticate.failed: invalid-credentials', {
    type: 'authenticate.failed',
    error: failure('invalid-credentials'),
  }),
  wrongCode: named('authenticate.failed: invalid-code', {
    type: 'authenticate.failed',
    error: failure('invalid-code'),
  }),
  locked: named('authenticate.failed: account-locked', {
    type: 'authenticate.failed',
    error: failure('account-locked'),
  }),
  lapsed: named('challenge.lapsed', { type: 'challenge.lapsed', error: failure('challenge-expired') }),
  due: named('expiry.due', { type: 'expiry.due' }),
  reached: named('expiry.reached', { type: 'expiry.reached' }),
  reachedAfterLoss: named('expiry.reached after a lost renewal', { type: 'expiry.reached' }),
  renewed: named('session.renewed', { type: 'session.renewed', session: session(ann, whole) }),
  renewedElsewhere: named('session.renewed by another tab', { type: 'session.renewed', session: session(ann, whole) }),
  confirmed: named('session.confirmed', { type: 'session.confirmed', session: session(ann, whole) }),
  invalidated: named('session.invalidated', { type: 'session.invalidated', session: session(ann, remembered) }),
  aged: named('session.aged', { type: 'session.aged', ageLimitsPassed: 1 }),
  refused: named('session.ended: refused', { type: 'session.ended', ended }),
  endedElsewhere: named('session.ended in another tab', {
    type: 'session.ended',
    ended: { reason: 'credentials-changed', user: ann },
  }),
  deferred: named('refresh.deferred', { type: 'refresh.deferred', error: failure('unavailable'), retryAt: 0 }),
  lost: named('refresh.lost', { type: 'refresh.lost', error: failure('refresh-indeterminate') }),
  retry: named('retry.due', { type: 'retry.due' }),
  signedInElsewhere: named('tabs.signedIn', { type: 'tabs.signedIn', session: session(bob, remembered) }),
  signedOutElsewhere: named('tabs.signedOut', { type: 'tabs.signedOut' }),
  revoked: named('revoke.settled', { type: 'revoke.settled' }),
  storageLost: named('storage.lost', { type: 'storage.lost' }),
  storageBack: named('storage.back', { type: 'storage.back' }),
} as const

const factsBySession: Readonly<Record<string, readonly ModelEvent[]>> = {
  restoring: [facts.found, facts.foundSpent, facts.foundEnded, facts.foundNothing],
  'authenticated.refreshing': [facts.renewed, facts.refused, facts.deferred, facts.lost],
  'authenticated.waiting': [facts.retry],
  signingOut: [facts.revoked],
}

const factsByAttempt: Readonly<Record<string, readonly ModelEvent[]>> = {
  'authenticating.submitting': [facts.granted, facts.grantedFleeting, facts.challenged, facts.wrongPassword],
  'authenticating.challenged.awaitingCode': [],
  'authenticating.challenged.verifyingCode': [facts.granted, facts.challenged, facts.wrongCode, facts.locked],
}

/** Every command everywhere, and the facts that the world can bring about in this state. */
export function possibleEvents(place: string, context: Context): readonly ModelEvent[] {
  if (context.persistence === 'memory') return [facts.storageBack]
  const [session = '', attempt = ''] = place.split(' + ')
  const own = [...Object.values(commands), ...(factsBySession[session] ?? []), ...(factsByAttempt[attempt] ?? [])]
  if (session === 'restoring') return own
  own.push(facts.signedInElsewhere)
  if (place === 'anonymous + idle') own.push(facts.storageLost)
  return [...own, ...factsOfTime(session, attempt, context), ...factsOfSession(session, attempt, context)]
}

/** A challenge lapses before most other times are over; a renewal that waits and a sign-out do not take as long as it. */
function factsOfTime(session: string, attempt: string, { session: held }: Context): readonly ModelEvent[] {
  const isShort = session === 'authenticated.waiting' || session === 'signingOut'
  if (attempt.includes('challenged')) return isShort ? [] : [facts.lapsed]
  if (session === 'authenticated.indeterminate') return [facts.reachedAfterLoss]
  if (session !== 'authenticated.fresh') return []
  return [facts.aged, held?.renewable ? facts.due : facts.reached]
}

function factsOfSession(session: string, attempt: string, { session: held }: Context): readonly ModelEvent[] {
  if (!held) return []
  const own: ModelEvent[] = [facts.signedOutElsewhere, facts.endedElsewhere]
  if (!held.confirmed) own.push(facts.confirmed)
  // a page that comes back from the back-forward cache forgets its challenge
  if (held.confirmed && !attempt.includes('challenged')) own.push(facts.invalidated)
  const isFree = session !== 'authenticated.refreshing' && session !== 'authenticated.indeterminate'
  if (held.renewable && isFree) own.push(facts.renewedElsewhere)
  return own
}
