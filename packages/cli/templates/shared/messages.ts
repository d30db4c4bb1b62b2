import { AuthError, type AuthErrorCode, type AuthState } from '@authchart/core'

/** What the server asks of a password. The form checks it, so that the user need not wait for the server to refuse it. */
export const passwordPolicy = {
  hint: 'At least 8 characters, with upper and lower case, a number and a symbol.',
  pattern: '(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[^A-Za-z0-9]).{8,}',
}

/** What a user reads. A code that is not in the list has a message of its own, which is plain English too. */
const words: Partial<Record<AuthErrorCode, string>> = {
  'invalid-credentials': 'The e-mail or the password is wrong.',
  'invalid-email': 'This is not an e-mail address.',
  'invalid-code': 'The code is wrong or was used already.',
  'weak-password': `Choose another password. ${passwordPolicy.hint}`,
  'email-taken': 'There is an account for this e-mail already. Sign in instead.',
  'email-not-verified': 'Confirm your e-mail address first: the link is in your mailbox.',
  'account-banned': 'This account is blocked.',
  'account-locked': 'This account is locked for now, after too many wrong passwords.',
  'challenge-expired': 'That took too long. Sign in again.',
  network: 'The server did not answer. Check the connection and try again.',
}

export function messageOf(error: AuthError): string {
  const message = words[error.code] ?? error.message
  return error.retryAfter ? `${message} Try again in ${error.retryAfter} seconds.` : message
}

/** The field that an error is shown under. */
export function fieldOf(error: AuthError): 'email' | 'password' | 'form' {
  if (error.code === 'invalid-email' || error.code === 'email-taken') return 'email'
  return error.code === 'weak-password' ? 'password' : 'form'
}

/** What went wrong with a command; null if nothing did. */
export async function failureOf(command: Promise<unknown>): Promise<AuthError | null> {
  try {
    await command
    return null
  } catch (error) {
    if (!(error instanceof AuthError)) throw error
    // nothing went wrong: the server asks for the code of the second factor
    return error.code === 'challenge-required' ? null : error
  }
}

/** Why the session is over; null if it is not, or if the user ended it. */
export function whyEnded(state: AuthState): string | null {
  if (state.status !== 'expired') return null
  return state.reason === 'account-banned' ? 'This account is blocked.' : 'Your session has ended. Sign in again.'
}
