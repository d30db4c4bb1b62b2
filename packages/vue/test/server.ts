import { createAuth, type AuthClient, type AuthOptions, type Grant, hasRole } from '@authchart/core'

export interface User {
  readonly id: string
  readonly name: string
  readonly role: string
}

export interface Post {
  readonly authorId: string
}

export const ann: User = { id: '1', name: 'Ann', role: 'admin' }
export const credentials = { email: 'ann@example.com', password: 'correct' }

type Method = 'signIn' | 'answerChallenge' | 'refresh' | 'getUser' | 'signOut'

interface Request {
  readonly method: Method
  readonly answer: (answer: unknown) => void
  readonly refuse: (error: unknown) => void
}

/** A server in memory. It answers when the test says so. */
export function createServer(secret = 'secret') {
  const calls: Method[] = []
  const open: Request[] = []
  const awaited = new Map<Method, (request: Request) => void>()
  let grants = 0

  function ask<T>(method: Method): Promise<T> {
    calls.push(method)
    return new Promise<unknown>((answer, refuse) => {
      const request = { method, answer, refuse }
      const take = awaited.get(method)
      awaited.delete(method)
      if (take) take(request)
      else open.push(request)
    }) as Promise<T>
  }

  const client: AuthClient<User, typeof credentials> = {
    id: 'test',
    signIn: () => ask('signIn'),
    answerChallenge: () => ask('answerChallenge'),
    refresh: () => ask('refresh'),
    getUser: () => ask('getUser'),
    signOut: () => ask('signOut'),
  }

  return {
    client,
    calls,
    /** The request of this method that waits for an answer, as soon as there is one. */
    next(method: Method): Promise<Request> {
      const at = open.findIndex((request) => request.method === method)
      const [request] = at < 0 ? [] : open.splice(at, 1)
      return request ? Promise.resolve(request) : new Promise((resolve) => awaited.set(method, resolve))
    },
    grant(user: User): Grant<User> {
      grants += 1
      return {
        accessToken: `${secret}-access-${grants}`,
        refreshToken: `${secret}-refresh-${grants}`,
        expiresIn: 3600,
        user,
      }
    },
  }
}

export type Server = ReturnType<typeof createServer>

const guards = {
  isAdmin: hasRole('admin'),
  canEdit: ({ user }: { user: User }, post: Post) => user.id === post.authorId,
}

export function createTestAuth(
  server: Server,
  options: Partial<AuthOptions<User, typeof credentials, typeof guards>> = {},
) {
  const auth = createAuth({ client: server.client, guards, ...options })
  let listeners = 0
  let subscriptions = 0
  return {
    ...auth,
    /** How many listen to it right now. */
    listeners: () => listeners,
    /** How many ever did. */
    subscriptions: () => subscriptions,
    subscribe(listener: Parameters<typeof auth.subscribe>[0]) {
      const stop = auth.subscribe(listener)
      listeners += 1
      subscriptions += 1
      return () => {
        listeners -= 1
        stop()
      }
    },
  }
}

export type TestAuth = ReturnType<typeof createTestAuth>

/** Signs Ann in, or the user that is given. */
export async function signIn(auth: TestAuth, server: Server, user: User = ann): Promise<void> {
  const signedIn = auth.signIn(credentials)
  const request = await server.next('signIn')
  request.answer(server.grant(user))
  await signedIn
}

/** Renews the token; the server sends this user along with it. */
export async function renew(auth: TestAuth, server: Server, user: User): Promise<void> {
  const renewed = auth.refresh()
  const request = await server.next('refresh')
  request.answer(server.grant(user))
  await renewed
}
