import type { AuthError, AuthErrorCode } from '../errors.ts'

/** What an error of a spend says about the refresh token. No answer is not a "no". */
export type Verdict =
  /** The server's definite word: the session is over. */
  | 'refused'
  /** Not sent, or declared not processed: the token is as good as before. */
  | 'deferred'
  /** It may be spent. */
  | 'unknown'

const refused: readonly AuthErrorCode[] = ['session-expired', 'account-banned', 'invalid-credentials', 'not-found']
const deferred: readonly AuthErrorCode[] = ['rate-limited', 'misconfigured', 'not-supported', 'account-locked']

/** The code is what the client claims, the status is evidence: a server that failed may have taken the token before. */
export function verdictOf({ code, status, notProcessed }: AuthError): Verdict {
  if (status === undefined && notProcessed) return 'deferred'
  const isUnprocessed = status === 429 || status === 503
  const isAnswer = status === undefined || status < 500
  // a route that is missing for a while says nothing of the session
  if (code === 'not-found' && status === 404) return 'unknown'
  if (isAnswer && refused.includes(code)) return 'refused'
  if (code === 'unavailable') return isUnprocessed ? 'deferred' : 'unknown'
  const isDeclared = status === undefined || status >= 400
  return ((isAnswer && isDeclared) || isUnprocessed) && deferred.includes(code) ? 'deferred' : 'unknown'
}

/** Why the session is over whose token was refused. */
export const reasonOf = ({ code }: AuthError): 'account-banned' | 'session-expired' =>
  code === 'account-banned' ? code : 'session-expired'

/** Of a spend that is no renewal: what the server refused, it did not do, and the session goes on. */
export function verdictOfOther(error: AuthError): Verdict {
  const isRefused = error.status !== undefined && error.status >= 400 && error.status < 500
  return isRefused || verdictOf(error) !== 'unknown' ? 'deferred' : 'unknown'
}
