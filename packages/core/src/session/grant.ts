import { freeze } from '../data.ts'
import { AuthError, explain } from '../errors.ts'
import type { Grant } from '../types.ts'
import { claimsOf, subjectOf } from './claims.ts'
import { randomId, renewAgeOf, type Session, type SessionRules } from './session.ts'

const DEFAULT_LIFETIME = 3_600_000
export const LONGEST_LIFETIME = 365 * 24 * 3_600_000

/** Starts a session from a sign-in, or goes on with `previous` after a renewal. */
export function fromGrant(
  grant: Grant,
  user: unknown,
  previous: Session | Pick<Session, 'attempt' | 'generation'>,
  rules: SessionRules,
): Session {
  const { clock } = rules
  const accessToken = readToken(grant.accessToken)
  const lifetime = readLifetime(grant.expiresIn) ?? lifetimeOf(accessToken) ?? DEFAULT_LIFETIME
  const refreshToken = readToken(grant.refreshToken)
  const goesOn = 'id' in previous
  const generation = previous.generation + 1
  const isGiven = grant.user !== undefined && grant.user !== null
  const signIn = goesOn ? previous : { signedInAt: clock.now(), signedInMonotonic: clock.monotonic() }
  return {
    id: goesOn ? previous.id : (grant.sessionId ?? randomId()),
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
    identified: !goesOn || isGiven || isProven(accessToken, previous, rules),
    spendUnknown: false,
  }
}

/** The subject of a token proves for whom it is only where it is the one that was known before. */
function isProven(accessToken: string | null, before: Session, { userId }: SessionRules): boolean {
  const subject = subjectOf(accessToken)
  const isKnown = before.identified && subject === subjectOf(before.accessToken)
  return subject !== null && (isKnown || subject === userId(before.user))
}

/** Only what can stand in a header (RFC 9110 §5.5) is a token. */
function readToken(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value
  throw new AuthError('invalid-response')
}

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

export const isUser = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
