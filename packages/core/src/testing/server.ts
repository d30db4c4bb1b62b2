import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { AuthClient, Network } from '../types.ts'
import type { ClientMethod } from './client.ts'
import type { ServerSessions } from './sessions.ts'

/** What the server is told to do with the calls that reach it. Without methods all are meant. */
export interface ServerControl {
  readonly hold: (...methods: readonly ClientMethod[]) => void
  readonly answer: (...methods: readonly ClientMethod[]) => void
  readonly fail: (method: ClientMethod, error: AuthErrorCode | Error) => void
  /** Calls of these methods that wait are answered, and no others. */
  readonly answerWaiting: (...methods: readonly ClientMethod[]) => void
}

export interface TestServerOptions<TUser, TCredentials> {
  readonly sessions: ServerSessions<TUser>
  /** Who signs in. Without a user every sign-in is refused. */
  readonly user: TUser | undefined
  /** The second factor it asks for, if any. */
  readonly kind: string | null
  readonly network: Pick<Network, 'isOnline'>
  /** Answers that the test gives itself. */
  readonly own: Partial<AuthClient<TUser, TCredentials>> | undefined
}

type WholeClient<TUser, TCredentials> = AuthClient<TUser, TCredentials> &
  Required<Pick<AuthClient<TUser, TCredentials>, ClientMethod>>

/**
 * The server of one user, which grants, renews and ends sessions: `client` is answered at once, `controlled` when the test
 * says so.
 */
export function testServer<TUser, TCredentials>(options: TestServerOptions<TUser, TCredentials>) {
  const { sessions, user, kind, own, network } = options
  const begin = () => {
    if (user === undefined) throw new AuthError('invalid-credentials', { status: 401 })
    return sessions.begin(user)
  }
  /** A second factor that is asked for once. */
  let demand: string | null = null
  const enter = (kind = demand) => {
    demand = null
    return kind === null ? begin() : { challenge: { kind, handle: null } }
  }
  const client: WholeClient<TUser, TCredentials> = {
    // an app has one; the storage is shared by the tabs of one app
    id: 'test',
    signIn: async () => enter(demand ?? kind),
    signUp: async () => enter(),
    answerChallenge: async () => enter(),
    refresh: async (tokens) => sessions.refresh(tokens),
    getUser: async (tokens) => sessions.getUser(tokens),
    signOut: async (tokens) => sessions.end(tokens),
    ...own,
  }
  const { control, inTurn } = createControl(network)
  const controlled: WholeClient<TUser, TCredentials> = {
    ...client,
    signIn: (...given) => inTurn('signIn', () => client.signIn(...given)),
    signUp: (...given) => inTurn('signUp', () => client.signUp(...given)),
    answerChallenge: (...given) => inTurn('answerChallenge', () => client.answerChallenge(...given)),
    refresh: (...given) => inTurn('refresh', () => client.refresh(...given)),
    getUser: (...given) => inTurn('getUser', () => client.getUser(...given)),
    signOut: (...given) => inTurn('signOut', () => client.signOut(...given)),
  }
  const challenge = (asked: string): void => {
    demand = asked
    control.answerWaiting('signIn', 'signUp', 'answerChallenge')
  }
  return { client, controlled, control, challenge }
}

type Settle = (error?: Error) => void

function createControl(network: Pick<Network, 'isOnline'>) {
  const held = new Set<ClientMethod>()
  const failures = new Map<ClientMethod, Error>()
  const waiting = new Map<Settle, ClientMethod>()
  const isMeant = (methods: readonly ClientMethod[], method: ClientMethod): boolean =>
    methods.length === 0 || methods.includes(method)

  const control: ServerControl = {
    hold(...methods) {
      for (const method of methodNames) if (isMeant(methods, method)) held.add(method)
    },
    answer(...methods) {
      for (const method of methodNames) if (isMeant(methods, method)) held.delete(method)
      control.answerWaiting(...methods)
    },
    answerWaiting(...methods) {
      for (const [settle, method] of waiting) if (isMeant(methods, method)) settle()
    },
    fail(method, given) {
      const error = typeof given === 'string' ? new AuthError(given) : given
      // one before it may have been given up
      const [settle] = Array.from(waiting).findLast(([, asked]) => asked === method) ?? []
      if (settle) settle(error)
      else failures.set(method, error)
    },
  }

  const turnOf = (method: ClientMethod): Promise<Error | undefined> =>
    new Promise((resolve) => {
      const settle: Settle = (error) => {
        waiting.delete(settle)
        resolve(error)
      }
      waiting.set(settle, method)
    })

  async function inTurn<T>(method: ClientMethod, call: () => Promise<T>): Promise<T> {
    reach(network)
    const failure = failures.get(method)
    failures.delete(method)
    const error = failure ?? (held.has(method) ? await turnOf(method) : undefined)
    reach(network)
    if (error) throw error
    return call()
  }
  return { control, inTurn }
}

const methodNames: readonly ClientMethod[] = ['signIn', 'signUp', 'answerChallenge', 'refresh', 'getUser', 'signOut']

/** As `fetch` says it. */
function reach({ isOnline }: Pick<Network, 'isOnline'>): void {
  if (!isOnline()) throw new TypeError('Failed to fetch')
}
