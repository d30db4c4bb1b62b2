import { drain } from '@authchart/core/testing'
import { createAuth, hasRole, type AuthClient, type AuthOptions, type Grant } from '@authchart/core'
import { memoryStorage } from '@authchart/core/storage'
import { createNaive } from './naive.ts'

const ORIGIN = 'http://127.0.0.1:9'
export const DATA = `${ORIGIN}/data`

export interface User {
  readonly id: string
  readonly role: string
}

/** A server in this process: it knows which access tokens are good, takes each refresh token once, and counts. */
export function createServer() {
  const [ok, refused] = [new Response('{}'), new Response('{}', { status: 401 })]
  const good = new Set<string>()
  const used = new Set<string>()
  let issued = 0
  const issue = () => {
    issued += 1
    good.add(`access-${issued}`)
    const user: User = { id: '1', role: 'admin' }
    return { accessToken: `access-${issued}`, refreshToken: `refresh-${issued}`, expiresIn: 3600, user } satisfies Grant
  }
  const server = {
    good,
    issue,
    renewals: 0,
    reused: 0,
    /** Answers without a look at the token, so that nothing but the wrapper is measured. */
    isBlind: false,
    async renew(refreshToken: string) {
      server.renewals += 1
      if (used.has(refreshToken)) server.reused += 1
      used.add(refreshToken)
      await drain()
      return issue()
    },
    fetch: async (_input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      if (server.isBlind) return ok
      const { headers } = init ?? {}
      const sent: unknown = headers instanceof Headers ? headers.get('authorization') : Object(headers)['authorization']
      return good.has(String(sent).slice('Bearer '.length)) ? ok : refused
    },
  }
  return server
}

export type Server = ReturnType<typeof createServer>

type Options = Pick<AuthOptions<User, null, object>, 'storage' | 'clock'>

export function openAuth(server: Server, options: Options = {}) {
  const client: AuthClient<User, null> = {
    id: 'speed',
    origin: ORIGIN,
    replay: 'forbidden',
    signIn: async () => server.issue(),
    refresh: ({ refreshToken }) => server.renew(refreshToken),
    getUser: async () => ({ id: '1', role: 'admin' }),
  }
  return createAuth({
    client,
    storage: memoryStorage(),
    fetch: server.fetch,
    guards: { isAdmin: hasRole('admin') },
    ...options,
  })
}

/** The clock of this machine, which can be put forward: a client that renews all the time is held back. */
export function createClock() {
  let ahead = 0
  return {
    forward: (milliseconds: number) => void (ahead += milliseconds),
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    setTimeout: (callback: () => void, milliseconds: number): unknown => setTimeout(callback, milliseconds),
    clearTimeout: (timer: unknown) => clearTimeout(timer as number), // one of ours
  }
}

export type SpeedAuth = ReturnType<typeof openAuth>

export type Kind = 'auth' | 'naive'

/** A signed-in wrapper of its own server. */
export async function signedIn(kind: Kind) {
  const server = createServer()
  if (kind === 'naive') {
    const naive = createNaive(server)
    await naive.signIn()
    return { server, fetch: naive.fetch, end: () => {} }
  }
  const auth = openAuth(server)
  await auth.signIn(null)
  await drain()
  return { server, fetch: auth.fetch, end: auth.destroy }
}
