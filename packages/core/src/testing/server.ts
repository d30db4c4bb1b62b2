import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { AuthClient, Network } from '../types.ts'
import type { ClientMethod } from './client.ts'
import type { ServerSessions } from './sessions.ts'

/** What the server is told to do with the calls that reach it. Without methods all are meant. */
export interface ServerControl {
  readonly hold: (...methods: readonly ClientMethod[]) => void
  readonly answer: (...methods: readonly ClientMethod[]) => void
  readonly fail: (method: ClientMethod, error: AuthErrorCode | Error) => void
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

/** One user's server: it grants, renews and ends sessions, at once or when the test says so. */
export function testServer<TUser, TCredentials>(options: TestServerOptions<TUser, TCredentials>) {
  const { sessions, user, kind, own, network } = options
  const begin = () => {
    if (user === undefined) throw new AuthError('invalid-credentials', { status: 401 })
    return sessions.begin(user)
  }
  const client: AuthClient<TUser, TCredentials> & Required<Pick<AuthClient<TUser, TCredentials>, ClientMethod>> = {
    // an app has one; the storage is shared by the tabs of one app
    id: 'test',
    signIn: async () => (kind === null ? begin() : { challenge: { kind, handle: null } }),
    signUp: async () => begin(),
    answerChallenge: async () => begin(),
    refresh: async (tokens) => sessions.refresh(tokens),
    getUser: async (tokens) => sessions.getUser(tokens),
    signOut: async (tokens) => sessions.end(tokens),
    ...own,
  }
  const { control, controlled } = createControl(network)
  return {
    control,
    /** As a page reaches it that nothing holds up. */
    client,
    controlled: {
      ...client,
      signIn: controlled('signIn', client.signIn),
      signUp: controlled('signUp', client.signUp),
      answerChallenge: controlled('answerChallenge', client.answerChallenge),
      refresh: controlled('refresh', client.refresh),
      getUser: controlled('getUser', client.getUser),
      signOut: controlled('signOut', client.signOut),
    },
  }
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
      for (const [settle, method] of waiting) if (isMeant(methods, method)) settle()
    },
    fail(method, given) {
      const error = typeof given === 'string' ? new AuthError(given) : given
      const [settle] = Array.from(waiting).find(([, asked]) => asked === method) ?? []
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

  const controlled =
    <TArguments extends readonly unknown[], T>(method: ClientMethod, call: (...given: TArguments) => Promise<T>) =>
    async (...given: TArguments): Promise<T> => {
      reach(network)
      const failure = failures.get(method) ?? (held.has(method) ? await turnOf(method) : undefined)
      failures.delete(method)
      reach(network)
      if (failure) throw failure
      return call(...given)
    }
  return { control, controlled }
}

const methodNames: readonly ClientMethod[] = ['signIn', 'signUp', 'answerChallenge', 'refresh', 'getUser', 'signOut']

/** As `fetch` says it. */
function reach({ isOnline }: Pick<Network, 'isOnline'>): void {
  if (!isOnline()) throw new TypeError('Failed to fetch')
}
