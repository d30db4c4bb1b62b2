import { fieldOf } from '../data.ts'
import type { EndReason } from '../machine/types.ts'

/** A session as the handler keeps it: sealed in the cookie, and nowhere else in the clear. */
export interface ServerSession {
  readonly kind: 'session'
  /** Random, and no secret: the page names its session by it. */
  readonly id: string
  /** Counts the renewals. It goes on from what the browser had seen before. */
  readonly generation: number
  readonly user: unknown
  readonly accessToken: string
  /** Null if the upstream gave none: then nothing renews it. */
  readonly refreshToken: string | null
  /** Epoch milliseconds, by the clock of the handler. */
  readonly receivedAt: number
  /** Milliseconds. */
  readonly lifetime: number
  /** Epoch milliseconds. */
  readonly signedInAt: number
}

/** The word that a session is over, for the tabs and pages that have not heard of it. */
export interface EndedSession {
  readonly kind: 'ended'
  readonly id: string
  readonly generation: number
  readonly reason: EndReason
  readonly user: unknown
  /** As of the session. */
  readonly signedInAt: number
}

export type Kept = ServerSession | EndedSession

/** What the page is told of its session. `accessToken` is left out where the page gets none. */
export function toAnswer(session: ServerSession, now: number, isTokenShown: boolean): object {
  const { id, generation, user, accessToken, receivedAt, lifetime, signedInAt, refreshToken } = session
  return {
    session: {
      id,
      generation,
      user,
      ...(isTokenShown && { accessToken }),
      // by how long ago, and not by when: the two clocks need not agree
      age: Math.max(0, now - receivedAt),
      lifetime,
      signedInAgo: Math.max(0, now - signedInAt),
      renewable: refreshToken !== null,
    },
  }
}

export function toEndedAnswer({ id, generation, reason, user }: EndedSession): object {
  return { ended: { id, generation, reason, user } }
}

export function endOf({ id, generation, user, signedInAt }: ServerSession, reason: EndReason): EndedSession {
  return { kind: 'ended', id, generation, reason, user, signedInAt }
}

/** Its access token can still be shown to the upstream, as far as the handler's own clock says. */
export function isGood({ receivedAt, lifetime }: ServerSession, now: number): boolean {
  return now - receivedAt < lifetime
}

/** Reads what was unsealed. It was sealed here, perhaps by another version: null for what this one does not know. */
export function readKept(value: unknown): Kept | null {
  const kind = fieldOf(value, 'kind')
  const isNamed = typeof fieldOf(value, 'id') === 'string' && Number.isSafeInteger(fieldOf(value, 'generation'))
  if (!isNamed || !Number.isFinite(fieldOf(value, 'signedInAt'))) return null
  if (kind === 'ended' && typeof fieldOf(value, 'reason') === 'string') return value as EndedSession
  const isWhole =
    kind === 'session' &&
    typeof fieldOf(value, 'accessToken') === 'string' &&
    ['receivedAt', 'lifetime'].every((key) => Number.isFinite(fieldOf(value, key)))
  return isWhole ? (value as ServerSession) : null
}
