import { freeze } from '../data.ts'
import type { EndedSession } from '../machine/types.ts'
import { isUser, LONGEST_LIFETIME } from '../session/grant.ts'
import { randomId, renewAgeOf, type Session, type SessionRules } from '../session/session.ts'
import type { EndedTokens, Spend, Stored } from '../session/stored.ts'
import type { StoredRecord } from '../types.ts'

export function toRecord(session: Session, { issuer }: SessionRules, spend: Spend | null = null): StoredRecord {
  const { id, generation, user, accessToken, refreshToken, receivedAt, lifetime, signedInAt, identified } = session
  return {
    version: 1,
    revision: randomId(),
    id,
    generation,
    user,
    accessToken,
    refreshToken,
    receivedAt,
    lifetime,
    signedInAt,
    marked: spend !== null,
    markedAt: spend?.startedAt,
    markedBy: spend?.tab,
    issuer,
    // left out where it is, as it nearly always is
    ...(!identified && { named: false }),
  }
}

export function toEndedRecord(id: string, { reason, user, generation }: EndedTokens): StoredRecord {
  return { version: 1, revision: randomId(), id, ended: reason, user, generation }
}

const endReasons: readonly unknown[] = [
  'session-expired',
  'refresh-indeterminate',
  'access-token-expired',
  'user-mismatch',
  'credentials-changed',
  'account-banned',
] satisfies EndedSession['reason'][]

/** Reads what the storage gave, which may be anything. */
export function fromRecord(value: unknown, rules: SessionRules): Stored | null {
  if (value === null || value === undefined) return null
  try {
    return readRecord(value, rules)
  } catch {
    return { kind: 'unreadable', revision: null, isNewer: false }
  }
}

function readRecord(value: unknown, rules: SessionRules): Stored {
  const record: Record<string, unknown> = typeof value === 'object' ? { ...value } : {}
  const { id, revision, user, generation, receivedAt, lifetime, signedInAt } = record
  if (record['version'] !== 1 || !isText(revision))
    return { kind: 'unreadable', revision: null, isNewer: Number(record['version']) > 1 }
  // the tokens of another server are left alone, and never sent to this one
  if (isText(record['issuer']) && record['issuer'] !== rules.issuer)
    return { kind: 'unreadable', revision: null, isNewer: true }
  if (!isText(id)) return { kind: 'unreadable', revision, isNewer: false }
  if (endReasons.includes(record['ended'])) {
    return {
      kind: 'ended',
      ended: { reason: record['ended'] as EndedSession['reason'], user: freeze(user ?? null) },
      id,
      generation: isCount(generation) ? generation : Infinity,
      revision,
    }
  }
  const accessToken = tokenOrNull(record['accessToken'])
  const refreshToken = tokenOrNull(record['refreshToken'])
  const whole =
    isCount(generation) &&
    Number.isSafeInteger(generation + 1) &&
    isCount(receivedAt) &&
    isCount(lifetime) &&
    lifetime <= LONGEST_LIFETIME
  if (!whole || !isUser(user) || rules.userId(user) === null || (accessToken === null && refreshToken === null))
    return { kind: 'unreadable', revision, isNewer: false }
  const { clock } = rules
  const [now, monotonic] = [clock.now(), clock.monotonic()]
  // a time in the future is a clock that was put back: count from now
  const toMonotonic = (time: number): number => monotonic - Math.max(0, now - time)
  const session: Session = {
    id,
    generation,
    attempt: null,
    user: freeze(user),
    userGeneration: 0,
    accessToken,
    refreshToken,
    receivedAt: Math.min(receivedAt, now),
    receivedMonotonic: toMonotonic(receivedAt),
    lifetime,
    renewAge: renewAgeOf(lifetime, generation, rules),
    renewable: rules.canRefresh && refreshToken !== null,
    signedInAt: isCount(signedInAt) ? Math.min(signedInAt, now) : null,
    signedInMonotonic: isCount(signedInAt) ? toMonotonic(signedInAt) : 0,
    identified: record['named'] !== false,
    spendUnknown: false,
  }
  const startedAt = isCount(record['markedAt']) ? record['markedAt'] : null
  const tab = isText(record['markedBy']) ? record['markedBy'] : null
  return { kind: 'session', session, spend: record['marked'] === true ? { startedAt, tab } : null, revision }
}

const tokenOrNull = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) ? value : null
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

/**
 * Whether compare-and-set may replace or remove what is stored. Garbage (anything but a record of version 1 with a
 * revision) counts as nothing stored, so that it can be replaced; a record of a newer version is never touched.
 */
export function mayReplace(stored: unknown, expected: string | null): boolean {
  const { version, revision } = Object(stored) as { version?: unknown; revision?: unknown }
  if (typeof version === 'number' && version > 1) return false
  return (version === 1 && typeof revision === 'string' && revision !== '' ? revision : null) === expected
}
