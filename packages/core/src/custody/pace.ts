import { AuthError, type AuthErrorCode } from '../errors.ts'
import { stopwatch } from '../ports/clock.ts'
import { ageOf, type Session, type SessionRules } from '../session/session.ts'

export interface Deferred {
  readonly type: 'deferred'
  readonly error: AuthError
  readonly retryAt: number
}

/** How the renewals of one session are spaced. None of it is about the session that comes after. */
export interface Pace {
  readonly id: string
  readonly backOff: (error: AuthError) => Deferred
  /** Until the server may be asked again, by its own word; null: it may. */
  readonly pause: () => Deferred | null
  /** A renewal asked for long before it is due was asked for by a 401 or by hand: neither may hammer the server. */
  readonly isThrottled: (held: Session) => boolean
  /** Its token is about to be spent. */
  readonly begin: (held: Session) => void
  readonly succeeded: () => void
  /** Milliseconds for which the access token has been over and nothing but such errors came. */
  readonly stalled: (held: Session, error: AuthError) => number
}

const FIRST_BACKOFF = 1000
const LONGEST_BACKOFF = 60_000
/** However long a server wants to be left alone. */
const LONGEST_WAIT = 600_000
/** A server that refuses every new token is asked this often in a minute. */
const EARLY_PER_MINUTE = 6

/** What no better connection mends. */
const stalls: readonly AuthErrorCode[] = [
  'misconfigured',
  'not-supported',
  'account-locked',
  'session-expired',
  'forbidden',
  'not-found',
  'storage-unavailable',
]

export function deferred(rules: SessionRules, error: AuthError, delay: number): Deferred {
  return { type: 'deferred', error, retryAt: rules.clock.now() + delay }
}

export function createPace(id: string, rules: SessionRules): Pace {
  const { clock } = rules
  let failures = 0
  let paused: { readonly error: AuthError; readonly left: () => number } | null = null
  let early: readonly number[] = []
  let stall: (() => number) | null = null
  const isEarly = (held: Session): boolean =>
    ageOf(held, clock) < Math.min(held.renewAge, held.lifetime) || held.lifetime <= 0
  const recent = (): readonly number[] => early.filter((at) => clock.monotonic() - at < 60_000)
  return {
    id,
    backOff(error) {
      const longest = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** failures)
      failures += 1
      const asked = Math.min(LONGEST_WAIT, (error.retryAfter ?? 0) * 1000)
      const elapsed = stopwatch(clock)
      // our own back-off yields to a person who wants to try now; the server's word does not
      paused = asked > 0 ? { error, left: () => asked - elapsed() } : null
      // between half of the step and the whole: never at once, and not all clients together
      return deferred(rules, error, Math.max(asked, (longest * (1 + rules.random())) / 2))
    },
    pause: () => (paused && paused.left() > 0 ? deferred(rules, paused.error, paused.left()) : null),
    isThrottled: (held) => isEarly(held) && recent().length >= EARLY_PER_MINUTE,
    begin(held) {
      if (isEarly(held)) early = [...recent(), clock.monotonic()]
    },
    succeeded() {
      failures = 0
      paused = null
    },
    stalled(held, { code }) {
      const isOver = held.accessToken === null || ageOf(held, clock) >= held.lifetime
      stall = isOver && stalls.includes(code) ? (stall ?? stopwatch(clock)) : null
      return stall?.() ?? 0
    },
  }
}
