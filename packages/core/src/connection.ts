import { verdictOf } from './classify.ts'
import { toAuthError } from './errors.ts'
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

/** The client, overheard: each of its answers says something about the connection. */
export function overhear(client: AuthClient, { heard, missed }: Connection): AuthClient {
  const listened = <TArgs extends unknown[], T>(call: ((...args: TArgs) => Promise<T>) | undefined) =>
    call &&
    (async (...args: TArgs): Promise<T> => {
      try {
        const answer = await call(...args)
        heard()
        return answer
      } catch (thrown) {
        const error = toAuthError(thrown, 'network')
        if (error.status !== undefined || verdictOf(error) === 'refused') heard()
        else missed()
        throw thrown
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
