import { AuthError, toAuthError, type AuthErrorCode } from '../errors.ts'
import type { AccessTokens, AuthClient, StoredRecord } from '../types.ts'

/** What a page asks its worker for. Refresh tokens have a name in it, and never stand there themselves. */
export type Ask =
  | { readonly type: 'hello' }
  | { readonly type: 'read'; readonly key: string }
  | {
      readonly type: 'compareAndSet'
      readonly key: string
      readonly expected: string | null
      readonly next: StoredRecord | null
    }
  | { readonly type: 'enter'; readonly method: 'signIn' | 'signUp' | 'answerChallenge'; readonly input: unknown }
  | { readonly type: 'refresh'; readonly key: string; readonly refreshToken: string }
  | { readonly type: 'signOut'; readonly key: string; readonly tokens: AccessTokens }

/** Marks the messages for a worker of this client among those of other scripts, clients and versions. */
export function addressOf({ id, origin }: Pick<AuthClient, 'id' | 'origin'>): string {
  return `authchart 1 ${id ?? ''} ${origin ?? ''}`
}

export type Answer = { readonly value: unknown } | { readonly error: Told }

/** An AuthError, as it goes from the worker to the page: a clone would lose its fields. */
interface Told {
  readonly code: AuthErrorCode
  readonly status?: number | undefined
  readonly retryAfter?: number | undefined
  readonly serverCode?: string | undefined
  readonly notProcessed: boolean
}

export function tell(thrown: unknown): Told {
  const { code, status, retryAfter, serverCode, notProcessed } = toAuthError(thrown, 'network')
  return { code, status, retryAfter, serverCode, notProcessed }
}

export function heard({ code, ...details }: Told): AuthError {
  return new AuthError(code, details)
}
