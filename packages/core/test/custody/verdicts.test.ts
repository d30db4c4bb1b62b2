/** What decides, as tables: plain facts on the left, the verdict on the right. */
import { describe, expect, it, test } from 'vitest'
import { AuthError, type AuthErrorCode } from '@authchart/core'
import { compare, type Custody, type Finding } from '../../src/custody/compare.ts'
import { stepHealth, type Health, type HealthEvent } from '../../src/custody/health.ts'
import { verdictOf, verdictOfOther, type Verdict } from '../../src/custody/judge.ts'
import { isOverwritten, maySpend, unidentifiedIn, type Permission, type SpendFacts } from '../../src/custody/spend.ts'
import type { Session } from '../../src/session/session.ts'
import type { Spend, Stored } from '../../src/session/stored.ts'
import { ann, bob } from '../support.ts'

const session = (generation: number, change: Partial<Session> = {}): Session => ({
  id: 's1',
  generation,
  attempt: null,
  user: ann,
  userGeneration: generation,
  accessToken: `access-${generation}`,
  refreshToken: `refresh-${generation}`,
  receivedAt: 0,
  receivedMonotonic: 0,
  lifetime: 3_600_000,
  renewAge: 1_980_000,
  renewable: true,
  signedInAt: 0,
  signedInMonotonic: 0,
  identified: true,
  spendUnknown: false,
  ...change,
})
const stored = (found: Session, spend: Spend | null = null): Stored => ({
  kind: 'session',
  session: found,
  spend,
  revision: 'r',
})
const mark: Spend = { startedAt: 1000, tab: 't' }
const tombstone = (id: string, generation: number): Stored => ({
  kind: 'ended',
  ended: { reason: 'session-expired', user: ann },
  id,
  generation,
  revision: 'r',
})
const garbage: Stored = { kind: 'unreadable', revision: null, isNewer: false }
const newer: Stored = { kind: 'unreadable', revision: null, isNewer: true }

describe('compare', () => {
  const custody = (change: Partial<Custody> = {}): Custody => ({
    held: session(2),
    isRestoring: false,
    storing: null,
    isRemoving: false,
    isAlive: () => false,
    endedUpTo: () => -1,
    isLeft: () => false,
    isSameUser: (one, other) => one === other,
    ...change,
  })
  const other = session(1, { id: 's2', user: bob })
  const none = { held: null }
  test.each<[string, Stored | null, Partial<Custody>, Finding['type']]>([
    ['nothing stored, a session held', null, {}, 'signedOut'],
    ['nothing stored, a session held that goes on by the word beside it', null, { isAlive: () => true }, 'nothing'],
    ['nothing stored, a session held that is just being stored', null, { storing: 's1' }, 'postponed'],
    ['nothing stored, a session held that another one is about to replace', null, { storing: 's2' }, 'signedOut'],
    ['nothing stored, none held', null, none, 'nothing'],
    ['anything, while it is looked for', null, { isRestoring: true }, 'postponed'],
    ['a record of a newer version', newer, {}, 'nothing'],
    ['garbage', garbage, {}, 'nothing'],
    ['what is held', stored(session(2)), {}, 'nothing'],
    ['an older generation', stored(session(1)), {}, 'nothing'],
    ['a newer generation', stored(session(3)), {}, 'renewed'],
    ['a newer generation whose owner is not known', stored(session(3, { identified: false })), {}, 'nothing'],
    ['a newer generation of another user', stored(session(3, { user: bob })), {}, 'userMismatch'],
    ['another sign-in', stored(other), {}, 'signedIn'],
    ['a sign-in, none held', stored(other), none, 'signedIn'],
    ['another sign-in, while one is stored', stored(other), { storing: 's3' }, 'postponed'],
    ['the sign-in that is being stored', stored(other), { storing: 's2' }, 'nothing'],
    ['a record that is about to go', stored(other), { isRemoving: true }, 'nothing'],
    ['a session that ended here', stored(other), { ...none, endedUpTo: () => Infinity }, 'revived'],
    ['an older generation than ended here', stored(other), { ...none, endedUpTo: () => 1 }, 'revived'],
    ['a newer generation than ended here', stored(other), { ...none, endedUpTo: () => 0 }, 'signedIn'],
    ['a session that was left', stored(other), { ...none, endedUpTo: () => 1, isLeft: () => true }, 'nothing'],
    ['one that ended here, during a sign-in', stored(other), { endedUpTo: () => 1, storing: 's3' }, 'nothing'],
    ['a mark that is gone', stored(session(2)), { held: session(2, { spendUnknown: true }) }, 'unmarked'],
    ['a mark that is there', stored(session(2), mark), { held: session(2, { spendUnknown: true }) }, 'nothing'],
    ['the end of what is held', tombstone('s1', 2), {}, 'ended'],
    ['the end of an older generation', tombstone('s1', 1), {}, 'nothing'],
    ['the end of what is held, which is about to go', tombstone('s1', 2), { isRemoving: true }, 'nothing'],
    ['the end of another session, one taken up held', tombstone('s2', 1), {}, 'signedOut'],
    [
      'the end of another session, an own sign-in held',
      tombstone('s2', 1),
      { held: session(2, { attempt: 1 }) },
      'nothing',
    ],
    ['the end of a session, none held', tombstone('s2', 1), none, 'nothing'],
  ])('%s: %#', (_, found, change, type) => {
    expect(compare(found, custody(change)).type).toBe(type)
  })

  it('compare keeps the attempt, the equal user and the confirmation of what was held', () => {
    const held = session(2, { attempt: 7, userGeneration: 2 })
    const found = compare(stored(session(3, { user: ann, userGeneration: 0 })), custody({ held }))
    expect(found).toEqual({ type: 'renewed', session: session(3, { attempt: 7, userGeneration: 2 }) })
  })
})

describe('maySpend', () => {
  const facts = (change: Partial<SpendFacts> = {}): SpendFacts => ({
    meant: session(2),
    held: session(2),
    stored: stored(session(2)),
    isPaused: false,
    isOnline: true,
    isReplayable: () => false,
    isThrottled: false,
    ...change,
  })
  const marked = { stored: stored(session(2), mark) }
  test.each<[string, Partial<SpendFacts>, Permission]>([
    ['nothing against it', {}, 'granted'],
    ['another generation is held', { held: session(3) }, 'settled'],
    ['none is held', { held: null }, 'settled'],
    ['none is stored', { stored: null }, 'settled'],
    ['another session is stored', { stored: stored(session(2, { id: 's2' })) }, 'settled'],
    ['an end is stored', { stored: tombstone('s1', 2) }, 'settled'],
    ['a record of a newer version is stored', { stored: newer }, 'settled'],
    ['the server asked to be left alone', { isPaused: true }, 'paused'],
    ['offline', { isOnline: false }, 'offline'],
    ['a mark', marked, 'lost'],
    ['a mark, and offline', { ...marked, isOnline: false }, 'offline'],
    ['a mark that the server forgives', { ...marked, isReplayable: (at) => at === 1000 }, 'granted'],
    ['too often', { isThrottled: true }, 'throttled'],
    ['a mark, and too often', { ...marked, isThrottled: true }, 'lost'],
  ])('%s: %#', (_, change, permission) => {
    expect(maySpend(facts(change))).toBe(permission)
  })

  test.each<[string, Stored | null, boolean]>([
    ['nothing', null, true],
    ['the session itself', stored(session(2)), false],
    ['garbage', garbage, true],
    ['a record of a newer version', newer, false],
    ['the end of an older generation', tombstone('s1', 1), true],
    ['the end of this generation', tombstone('s1', 2), false],
    ['the end of another session', tombstone('s2', 9), true],
  ])('a record is written again over %s: %#', (_, found, isOver) => {
    expect(isOverwritten(found, session(2))).toBe(isOver)
  })

  test.each<[string, Stored | null, boolean]>([
    ['nothing', null, false],
    ['known tokens', stored(session(3)), false],
    ['newer ones whose owner is not known', stored(session(3, { identified: false })), true],
    ['older ones whose owner is not known', stored(session(1, { identified: false })), false],
    ['those of another session', stored(session(3, { id: 's2', identified: false })), false],
  ])('the owner has to be asked for %s: %#', (_, found, isSo) => {
    expect(unidentifiedIn(found, session(2)) !== null).toBe(isSo)
  })
})

test.each<[AuthErrorCode, number | undefined, boolean, Verdict, Verdict]>([
  ['session-expired', 401, false, 'refused', 'deferred'],
  ['session-expired', undefined, false, 'refused', 'deferred'],
  ['session-expired', 500, false, 'unknown', 'unknown'],
  ['account-banned', 403, false, 'refused', 'deferred'],
  ['rate-limited', 429, false, 'deferred', 'deferred'],
  ['unavailable', 503, false, 'deferred', 'deferred'],
  ['unavailable', 500, false, 'unknown', 'unknown'],
  ['unavailable', undefined, false, 'unknown', 'unknown'],
  ['unavailable', undefined, true, 'deferred', 'deferred'],
  ['unavailable', 500, true, 'unknown', 'unknown'],
  ['not-found', 404, false, 'unknown', 'deferred'],
  ['network', undefined, false, 'unknown', 'unknown'],
  ['timeout', undefined, false, 'unknown', 'unknown'],
  ['invalid-response', 200, false, 'unknown', 'unknown'],
])(
  '%s with status %s, declared not processed %s: %s of a renewal, %s of another spend',
  (code, status, notProcessed, renewal, another) => {
    const error = new AuthError(code, { status, notProcessed })
    expect(verdictOf(error)).toBe(renewal)
    expect(verdictOfOther(error)).toBe(another)
  },
)

describe('the health of a storage', () => {
  const record = { version: 1 as const, revision: 'r' }
  const working: Health = { type: 'working' }
  const behind: Health = { type: 'behind' }
  const alone: Health = { type: 'alone', record }
  const left = (own: typeof record | null): HealthEvent => ({ type: 'left', record: own })
  test.each<[Health, HealthEvent, Health]>([
    [working, { type: 'failed' }, behind],
    [behind, { type: 'failed' }, behind],
    [alone, { type: 'failed' }, alone],
    [working, { type: 'caughtUp' }, working],
    [behind, { type: 'caughtUp' }, working],
    [alone, { type: 'caughtUp' }, alone],
    [working, { type: 'joined' }, working],
    [behind, { type: 'joined' }, behind],
    [alone, { type: 'joined' }, behind],
    [working, left(record), alone],
    [behind, left(record), alone],
    [alone, left(null), behind],
  ])('%o after %o is %o', (before, event, after) => {
    expect(stepHealth(before, event)).toEqual(after)
  })
})
