import { verdictOf } from './classify.ts'
import { AuthError, explain, toAuthError } from './errors.ts'
import type { AuthClient, Clock } from './types.ts'

/** How far the connection can be trusted: a token is spent only on one that answers. */
export interface Connection {
  /** The server answered. */
  readonly heard: () => void
  /** Something got no answer. */
  readonly missed: () => void
  /** Nobody knows: after silence, after sleep, after a failure. */
  readonly isDoubtful: () => boolean
}

/** Milliseconds of silence after which a connection, or the server behind it, may have died unnoticed. */
const LONG_SILENCE = 5000

export function createConnection(clock: Clock): Connection {
  let last: { readonly wall: number; readonly monotonic: number } | null = null
  return {
    heard() {
      last = { wall: clock.now(), monotonic: clock.monotonic() }
    },
    missed() {
      last = null
    },
    // by both clocks: one does not see a sleep, the other may be set
    isDoubtful: () =>
      last === null ||
      Math.abs(clock.now() - last.wall) > LONG_SILENCE ||
      clock.monotonic() - last.monotonic > LONG_SILENCE,
  }
}

/** What the engines say of a mistake in the code; what they say of a lost connection names none of it. */
const mistakes = /undefined|null|is not an? |not iterable|cannot|can.t |failed to execute|url/i

/** An AuthError as the client threw it; else what the error of the platform means. */
function toClientError(thrown: unknown): AuthError {
  if (thrown instanceof AuthError) return toAuthError(thrown)
  if (thrown instanceof SyntaxError) return new AuthError('invalid-response', { cause: thrown })
  const isMistake = thrown instanceof ReferenceError || (thrown instanceof TypeError && mistakes.test(thrown.message))
  return toAuthError(thrown, isMistake ? 'unknown' : 'network')
}

/** Where an error was thrown: file and line, and nothing of its message. */
function placeOf({ stack = '', message }: Error): string {
  const [, file, line] = /([^\s/()?#@]+)[^\s/()]*?:(\d+):\d+\)?$/m.exec(stack.replace(message, '')) ?? []
  return file ? ` at ${file}:${line}` : ''
}

/**
 * The client, overheard: each of its answers says something about the connection, and whatever it throws comes out as an
 * AuthError. `onMistake` hears of errors in its own code.
 */
export function overhear(
  client: AuthClient,
  { heard, missed }: Connection,
  onMistake: (error: AuthError) => void,
): AuthClient {
  const listened = <TArgs extends unknown[], T>(call: ((...args: TArgs) => Promise<T>) | undefined) =>
    call &&
    (async (...args: TArgs): Promise<T> => {
      try {
        const answer = await call(...args)
        heard()
        return answer
      } catch (thrown) {
        const error = toClientError(thrown)
        if (error.status !== undefined || verdictOf(error) === 'refused') heard()
        else missed()
        if (error.code === 'unknown' && thrown instanceof Error && !(thrown instanceof AuthError))
          onMistake(explain('unknown', `The auth client threw a ${thrown.name}${placeOf(thrown)}.`))
        throw error
      }
    })
  // what the client cannot do stays absent
  return Object.fromEntries(
    Object.entries({
      signIn: listened(client.signIn.bind(client)),
      signUp: listened(client.signUp?.bind(client)),
      answerChallenge: listened(client.answerChallenge?.bind(client)),
      refresh: listened(client.refresh?.bind(client)),
      getUser: listened(client.getUser?.bind(client)),
      signOut: listened(client.signOut?.bind(client)),
      ping: listened(client.ping?.bind(client)),
      replay: client.replay,
      origin: client.origin,
      id: client.id,
    }).filter(([, value]) => value !== undefined),
  ) as unknown as AuthClient
}
