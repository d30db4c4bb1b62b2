import { verdictOf } from './custody/judge.ts'
import { toAuthError, type AuthError } from './errors.ts'
import type { AuthClient, Clock } from './types.ts'

/** How far the connection can be trusted: a token is spent only on one that answers. */
export interface Connection {
  /** The server answered. */
  readonly succeeded: () => void
  /** Something got no answer. */
  readonly failed: () => void
  /** It may be dead: after silence, after sleep, after a failure. */
  readonly isStale: () => boolean
  /** What the browser says, unless an answer that came although it said no has said otherwise. */
  readonly isOnline: () => boolean
}

/** Milliseconds of silence after which a connection, or the server behind it, may have died unnoticed. */
const LONG_SILENCE = 5000

export function createConnection(clock: Clock, isSaidOnline: () => boolean): Connection {
  let last: { readonly wall: number; readonly monotonic: number; readonly isDespite: boolean } | null = null
  let isSeenOffline = false
  // by both clocks: one does not see a sleep, the other may be set
  const isStale = (): boolean =>
    last === null ||
    Math.abs(clock.now() - last.wall) > LONG_SILENCE ||
    clock.monotonic() - last.monotonic > LONG_SILENCE
  return {
    succeeded() {
      last = { wall: clock.now(), monotonic: clock.monotonic(), isDespite: isSeenOffline }
    },
    failed() {
      last = null
    },
    isStale,
    isOnline() {
      isSeenOffline = !isSaidOnline()
      return !isSeenOffline || (last?.isDespite === true && !isStale())
    },
  }
}

/** What the engines say of a mistake in the code; what they say of a lost connection names none of it. */
const mistakes = /undefined|null|is not an? |not iterable|cannot|can.t |failed to execute|url/i

/** An error in the client's own code, and no lost connection. */
export function isMistake(thrown: unknown): boolean {
  try {
    return thrown instanceof ReferenceError || (thrown instanceof TypeError && mistakes.test(thrown.message))
  } catch {
    return false
  }
}

/**
 * The client, listened to: each of its answers says something about the connection, and whatever it throws comes out as an
 * AuthError. `onMistake` hears of errors in its own code.
 */
export function withConnectionTracking(
  client: AuthClient,
  { succeeded, failed }: Connection,
  onMistake: (error: AuthError) => void,
): AuthClient {
  const track =
    <TArgs extends unknown[], T>(call: (...args: TArgs) => Promise<T>) =>
    async (...args: TArgs): Promise<T> => {
      try {
        const answer = await call(...args)
        succeeded()
        return answer
      } catch (thrown) {
        const error = toAuthError(thrown, isMistake(thrown) ? 'unknown' : 'network')
        if (error.status !== undefined || verdictOf(error) === 'refused') succeeded()
        else failed()
        if (isMistake(thrown)) onMistake(error)
        throw error
      }
    }
  const tracked: Record<string, unknown> = { replay: client.replay }
  for (const name of calls) {
    // what the client cannot do stays absent
    const call = client[name] as ((...args: unknown[]) => Promise<unknown>) | undefined
    if (call) tracked[name] = track(call.bind(client))
  }
  return tracked as unknown as AuthClient
}

const calls = ['signIn', 'signUp', 'answerChallenge', 'refresh', 'getUser', 'signOut', 'ping'] as const
