import { isSameData } from '../data.ts'
import { AuthError } from '../errors.ts'
import type { Attempt, SessionView } from '../machine/types.ts'
import type { AccessTokens, Clock } from '../types.ts'
import type { UserId } from './identity.ts'

/** A session with its secrets and its times. Lives in the vault, and as a record in the storage. */
export interface Session extends AccessTokens {
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
  readonly identified: boolean
  /** A spend was sent and its answer is lost: nothing renews it unless the mark goes again. */
  readonly spendUnknown: boolean
}

export interface SessionRules {
  readonly clock: Clock
  /** From 0 to 1, whatever the app gave. */
  readonly random: () => number
  readonly refreshBefore: number | undefined
  readonly canRefresh: boolean
  readonly userId: UserId
  /** Whose tokens these are: the origin of the client, where it has one. */
  readonly issuer: string | null
}

const SHORTEST_TIMED = 10_000

/** About 55 % into its life, a little earlier or later, so that not all clients come at once. */
export function renewAgeOf(lifetime: number, generation: number, { random, refreshBefore }: SessionRules): number {
  // a renewal brought so short a life again: a timer would do nothing but renew
  if (generation > 1 && lifetime < SHORTEST_TIMED) return Infinity
  if (refreshBefore !== undefined && refreshBefore >= 0) return lifetime - Math.min(refreshBefore, lifetime * 0.4)
  return lifetime * (0.5 + 0.1 * random())
}

export function toView(held: Session): SessionView {
  const { id, generation, attempt, user, receivedAt, lifetime, renewable, userGeneration } = held
  return { id, generation, attempt, user, expiresAt: receivedAt + lifetime, renewable, confirmed: userGeneration > 0 }
}

/** Milliseconds since the access token came, by the clock that saw more of them: one may jump back, one may sleep. */
export function ageOf(held: Session, clock: Clock): number {
  return Math.max(0, clock.now() - held.receivedAt, clock.monotonic() - held.receivedMonotonic)
}

/** Milliseconds since the user gave credentials, by the clock that saw more of them. Null if that is not known. */
export function sinceSignIn({ signedInAt, signedInMonotonic }: Session, clock: Clock): number | null {
  return signedInAt === null ? null : Math.max(0, clock.now() - signedInAt, clock.monotonic() - signedInMonotonic)
}

/** Its access token may be sent: it has not ended, and it is known whose it is. */
export function isGood(held: Session, clock: Clock): boolean {
  return held.accessToken !== null && held.identified && ageOf(held, clock) < held.lifetime
}

/** The same sign-in, or another one of the same user. */
export function isSameOwner(one: Session, other: Session, rules: SessionRules): boolean {
  return one.id === other.id || !isAnotherUser(one.user, other.user, rules)
}

/** What one user asked for never happens with the token of another. */
export function stillOurs(before: Session, now: Session | null, rules: SessionRules): Session {
  if (!now || !isSameOwner(before, now, rules)) throw new AuthError(now ? 'identity-changed' : 'not-authenticated')
  return now
}

/** The same tokens: the user beside them may have been confirmed since. */
export function isSameGrant(one: Session | null, other: Session | null): boolean {
  return one?.id === other?.id && one?.generation === other?.generation
}

/** A user that cannot be told from others is another one. */
export function isAnotherUser(before: unknown, after: unknown, { userId }: Pick<SessionRules, 'userId'>): boolean {
  const id = userId(before)
  return id === null || id !== userId(after)
}

/** The user as held if the server sent an equal one (or none), so that no view renders for nothing. */
export function replaceEqual(before: unknown, after: unknown): unknown {
  return after === undefined || isSameData(before, after) ? before : after
}

export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
