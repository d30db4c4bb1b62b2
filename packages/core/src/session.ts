import { claimsOf, subjectOf } from './claims.ts'
import { freeze, isSameData } from './data.ts'
import { AuthError, explain } from './errors.ts'
import type { UserId } from './identity.ts'
import type { Attempt, EndedSession, SessionView } from './machine/types.ts'
import type { AccessTokens, Clock, Grant, StoredRecord } from './types.ts'

/** A session with its secrets and its times. Lives in the vault, and as a record in the storage. */
export interface Held extends AccessTokens {
  readonly id: string
  readonly generation: number
  readonly attempt: Attempt | null
  readonly user: unknown
  /** The generation whose token last fetched the user from the server; 0 for never. */
  readonly userGeneration: number
  /** Epoch milliseconds, by the clock of this device. */
  readonly receivedAt: number
  readonly receivedMonotonic: number
  /** Milliseconds. */
  readonly lifetime: number
  /** Age in milliseconds at which it is renewed. Infinity: when a request needs it. */
  readonly renewAge: number
  readonly renewable: boolean
  /** When the user gave credentials for it, epoch milliseconds. A renewal changes nothing. Null if that is not known. */
  readonly signedInAt: number | null
  readonly signedInMonotonic: number
  /** It is known for whom these tokens are. A renewal that was stored before that could be asked is not used yet. */
  readonly isNamed: boolean
}

/** What a stored record can say. `foreign`: something that we cannot read; with a revision it is a broken one of ours. */
export type Stored =
  | {
      readonly kind: 'session'
      readonly held: Held
      readonly marked: boolean
      /** When the spend of a marked one began, epoch milliseconds; null if that is not known. */
      readonly since: number | null
      readonly revision: string
    }
  | {
      readonly kind: 'ended'
      readonly ended: EndedSession
      readonly id: string
      readonly generation: number
      readonly revision: string
    }
  | { readonly kind: 'foreign'; readonly revision: string | null; readonly isNewer: boolean }

/** This token may be spent: since when, epoch milliseconds, and by which tab. */
export interface Mark {
  readonly since: number
  readonly tab: string
}

const DEFAULT_LIFETIME = 3_600_000
const LONGEST_LIFETIME = 365 * 24 * 3_600_000
const SHORTEST_TIMED = 10_000

export interface SessionRules {
  readonly clock: Clock
  readonly random: () => number
  readonly refreshBefore: number | undefined
  readonly canRefresh: boolean
  readonly userId: UserId
  /** Whose tokens these are: the origin of the client, where it has one. */
  readonly issuer: string | null
}

/** Starts a session from a sign-in, or goes on with `previous` after a renewal. */
export function fromGrant(
  grant: Grant,
  user: unknown,
  previous: Held | Pick<Held, 'attempt' | 'generation'>,
  rules: SessionRules,
): Held {
  const { clock } = rules
  const accessToken = readToken(grant.accessToken)
  const lifetime = readLifetime(grant.expiresIn) ?? lifetimeOf(accessToken) ?? DEFAULT_LIFETIME
  const refreshToken = readToken(grant.refreshToken)
  const goesOn = 'id' in previous
  const generation = previous.generation + 1
  const isGiven = grant.user !== undefined && grant.user !== null
  const signIn = goesOn ? previous : { signedInAt: clock.now(), signedInMonotonic: clock.monotonic() }
  return {
    id: goesOn ? previous.id : randomId(),
    generation,
    attempt: previous.attempt,
    accessToken,
    refreshToken,
    user,
    userGeneration: !isGiven && goesOn ? previous.userGeneration : generation,
    receivedAt: clock.now(),
    receivedMonotonic: clock.monotonic(),
    lifetime,
    renewAge: renewAgeOf(lifetime, generation, rules),
    renewable: rules.canRefresh && refreshToken !== null,
    signedInAt: signIn.signedInAt,
    signedInMonotonic: signIn.signedInMonotonic,
    isNamed: !goesOn || isGiven || isProven(accessToken, previous, rules),
  }
}

/** The subject of a token proves for whom it is only where it is the one that was known before. */
function isProven(accessToken: string | null, before: Held, { userId }: SessionRules): boolean {
  const subject = subjectOf(accessToken)
  const isKnown = before.isNamed && subject === subjectOf(before.accessToken)
  return subject !== null && (isKnown || subject === userId(before.user))
}

/** About 55 % into its life, a little earlier or later, so that not all clients come at once. */
function renewAgeOf(lifetime: number, generation: number, { random, refreshBefore }: SessionRules): number {
  // a renewal brought so short a life again: a timer would do nothing but renew
  if (generation > 1 && lifetime < SHORTEST_TIMED) return Infinity
  if (refreshBefore !== undefined && refreshBefore >= 0) return lifetime - Math.min(refreshBefore, lifetime * 0.4)
  const chance = random()
  return lifetime * (0.5 + 0.1 * (chance >= 0 && chance <= 1 ? chance : 0.5))
}

export function toView(held: Held): SessionView {
  const { id, generation, attempt, user, receivedAt, lifetime, renewable, userGeneration } = held
  return { id, generation, attempt, user, expiresAt: receivedAt + lifetime, renewable, confirmed: userGeneration > 0 }
}

/** Milliseconds since the access token came, by the clock that saw more of them: one may jump back, one may sleep. */
export function ageOf(held: Held, clock: Clock): number {
  return Math.max(0, clock.now() - held.receivedAt, clock.monotonic() - held.receivedMonotonic)
}

/** Milliseconds since the user gave credentials, by the clock that saw more of them. Null if that is not known. */
export function sinceSignIn({ signedInAt, signedInMonotonic }: Held, clock: Clock): number | null {
  return signedInAt === null ? null : Math.max(0, clock.now() - signedInAt, clock.monotonic() - signedInMonotonic)
}

/** Its access token may be sent: it has not ended, and it is known whose it is. */
export function isGood(held: Held, clock: Clock): boolean {
  return held.accessToken !== null && held.isNamed && ageOf(held, clock) < held.lifetime
}

/* ---------------------------------------------------------------- the record */

export function toRecord(held: Held, { issuer }: SessionRules, mark: Mark | null = null): StoredRecord {
  const { id, generation, user, accessToken, refreshToken, receivedAt, lifetime, signedInAt, isNamed } = held
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
    marked: mark !== null,
    ...(mark && { markedAt: mark.since, markedBy: mark.tab }),
    ...(issuer !== null && { issuer }),
    // left out where it is, as it nearly always is
    ...(!isNamed && { named: false }),
  }
}

/** A session that is over up to this generation: a newer one is not touched by that. Left out: all of it. */
export interface EndedTokens extends EndedSession {
  readonly generation?: number
}

export function toEndedRecord(id: string, { reason, user, generation }: EndedTokens): StoredRecord {
  const upTo = generation !== undefined && { generation }
  return { version: 1, revision: randomId(), id, ended: reason, user, ...upTo }
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
    return { kind: 'foreign', revision: null, isNewer: false }
  }
}

function readRecord(value: unknown, rules: SessionRules): Stored {
  const record: Record<string, unknown> = typeof value === 'object' ? { ...value } : {}
  const { id, revision, user, generation, receivedAt, lifetime, signedInAt } = record
  if (record['version'] !== 1 || !isText(revision))
    return { kind: 'foreign', revision: null, isNewer: Number(record['version']) > 1 }
  // the tokens of another server are left alone, and never sent to this one
  if (isText(record['issuer']) && record['issuer'] !== rules.issuer)
    return { kind: 'foreign', revision: null, isNewer: true }
  if (!isText(id)) return { kind: 'foreign', revision, isNewer: false }
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
    return { kind: 'foreign', revision, isNewer: false }
  const { clock } = rules
  const [now, monotonic] = [clock.now(), clock.monotonic()]
  // a time in the future is a clock that was put back: count from now
  const toMonotonic = (time: number): number => monotonic - Math.max(0, now - time)
  const held: Held = {
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
    isNamed: record['named'] !== false,
  }
  const since = isCount(record['markedAt']) ? record['markedAt'] : null
  return { kind: 'session', held, marked: record['marked'] === true, since, revision }
}

/* ---------------------------------------------------------------- reading what others sent */

/** Only what can stand in a header (RFC 9110 §5.5) is a token. */
function readToken(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value
  throw new AuthError('invalid-response')
}

const tokenOrNull = (value: unknown): string | null =>
  typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) ? value : null
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

/** Seconds, as a number or as digits. Nonsense is no answer; zero and less is over already. */
function readLifetime(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^-?\d{1,12}$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds > 1e9) return null
  return Math.min(Math.max(0, seconds * 1000), LONGEST_LIFETIME)
}

/** How long a JWT says it lives. Only the difference of its two times: its clock is not ours. */
function lifetimeOf(token: string | null): number | null {
  const { exp, iat } = claimsOf(token)
  // seconds since 1970 (RFC 7519 §4.1): what would be the year 5138 is something else
  const isPlausible = typeof exp === 'number' && typeof iat === 'number' && exp > iat && exp < 1e11
  return isPlausible ? readLifetime(exp - iat) : null
}

/**
 * A user as the server sent them. Null is not given.
 *
 * @throws AuthError `'invalid-response'` for what is no user, or one that cannot be told from another
 */
export function readUser(user: unknown, { userId }: SessionRules): unknown {
  if (user === undefined || user === null) return undefined
  if (!isUser(user)) throw new AuthError('invalid-response')
  if (userId(user) === null)
    throw explain('invalid-response', 'The user has no identity that can be read: give the client a `userId(user)`.')
  return freeze(user)
}

const isUser = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same sign-in, or another one of the same user. */
export function isSameOwner(one: Held, other: Held, rules: SessionRules): boolean {
  return one.id === other.id || !isAnotherUser(one.user, other.user, rules)
}

/** The same tokens: the user beside them may have been confirmed since. */
export function isSameGrant(one: Held | null, other: Held | null): boolean {
  return one?.id === other?.id && one?.generation === other?.generation
}

/** A user that cannot be told from others is another one. */
export function isAnotherUser(before: unknown, after: unknown, { userId }: Pick<SessionRules, 'userId'>): boolean {
  const id = userId(before)
  return id === null || id !== userId(after)
}

/** The user as held if the server sent an equal one (or none), so that no view renders for nothing. */
export function keepSame(before: unknown, after: unknown): unknown {
  return after === undefined || isSameData(before, after) ? before : after
}

export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
