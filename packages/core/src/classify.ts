import type { AuthError, AuthErrorCode } from './errors.ts'

/** What an error of a spend says about the refresh token. No answer is not a "no". */
export type Verdict =
  /** The server's definite word: the session is over. */
  | 'refused'
  /** Not sent, or declared not processed: the token is as good as before. */
  | 'deferred'
  /** It may be spent. */
  | 'unknown'

const refused: readonly AuthErrorCode[] = ['session-expired', 'account-banned', 'invalid-credentials', 'not-found']
const deferred: readonly AuthErrorCode[] = [
  'rate-limited',
  'unavailable',
  'offline',
  'misconfigured',
  'not-supported',
  'account-locked',
]

export function verdictOf({ code }: AuthError): Verdict {
  if (refused.includes(code)) return 'refused'
  return deferred.includes(code) ? 'deferred' : 'unknown'
}
