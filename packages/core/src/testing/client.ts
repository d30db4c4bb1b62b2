import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { AuthClient, Grant } from '../types.ts'

export type ClientMethod = 'signIn' | 'signUp' | 'answerChallenge' | 'refresh' | 'getUser' | 'signOut'

/** A call of the client that waits for its answer. */
export interface PendingCall {
  readonly method: ClientMethod
  readonly input: unknown
  readonly signal: AbortSignal
  readonly answer: (value?: unknown) => void
  readonly fail: (error: AuthErrorCode | Error) => void
}

export interface ScriptedClient<TUser, TCredentials> extends Required<
  Omit<AuthClient<TUser, TCredentials>, 'id' | 'ping' | 'userId' | 'isRefused' | 'headers' | 'storage'>
> {
  /** Calls that wait, oldest first. */
  readonly pending: readonly PendingCall[]
  /** The oldest waiting call of this method. @throws when there is none */
  readonly next: (method: ClientMethod) => PendingCall
  readonly has: (method: ClientMethod) => boolean
  /** Every refresh token that was sent, in order. */
  readonly spent: readonly string[]
  /** How often each method was called. */
  readonly counts: Readonly<Record<ClientMethod, number>>
}

/** A client that does nothing until the test says what the server answers. */
export function scriptedClient<TUser, TCredentials = unknown>(
  origin = 'https://api.test',
): ScriptedClient<TUser, TCredentials> {
  const pending: PendingCall[] = []
  const spent: string[] = []
  const counts = { signIn: 0, signUp: 0, answerChallenge: 0, refresh: 0, getUser: 0, signOut: 0 }

  const call =
    <T>(method: ClientMethod) =>
    (input: unknown, { signal }: { signal: AbortSignal }): Promise<T> => {
      counts[method] += 1
      return new Promise<T>((resolve, reject) => {
        const done = (): void => void pending.splice(pending.indexOf(own), 1)
        const own: PendingCall = {
          method,
          input,
          signal,
          answer(value) {
            done()
            resolve(value as T)
          },
          fail(error) {
            done()
            reject(typeof error === 'string' ? new AuthError(error) : error)
          },
        }
        pending.push(own)
      })
    }
  const refresh = call<Grant<TUser>>('refresh')

  return {
    origin,
    replay: 'forbidden',
    signIn: call('signIn'),
    signUp: call('signUp'),
    answerChallenge: call('answerChallenge'),
    refresh(tokens, options) {
      spent.push(tokens.refreshToken)
      return refresh(tokens, options)
    },
    getUser: call('getUser'),
    signOut: call('signOut'),
    pending,
    next(method) {
      const found = pending.find((waiting) => waiting.method === method)
      if (!found) throw new Error(`The client was not asked to ${method}`)
      return found
    },
    has: (method) => pending.some((waiting) => waiting.method === method),
    spent,
    counts,
  }
}
