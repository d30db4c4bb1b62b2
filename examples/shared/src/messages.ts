import type { AuthError, AuthErrorCode, AuthState, AuthStatus, EndReason } from '@authchart/core'
import type { Entrance } from './entrance.ts'
import type { Mode } from './form.ts'

/** What the apps say. One place, so that both say the same. */

const statusWords: Readonly<Record<AuthStatus, string>> = {
  restoring: 'Looking for a stored session',
  anonymous: 'No user is signed in',
  authenticating: 'Signing in',
  challenged: 'Waiting for the second factor',
  authenticated: 'Signed in',
  refreshing: 'Signed in, renewing the access token',
  expired: 'The session is over',
  signingOut: 'Signed out here, telling the server',
  signedOut: 'Signed out',
}

export const reasonWords: Readonly<Record<EndReason, string>> = {
  'session-expired': 'The server ended the session and did not renew it.',
  'refresh-indeterminate':
    'A renewal was sent, but its answer never came. To be safe, the session ended together with its access token.',
  'access-token-expired': 'The access token ended and there was nothing to renew it with.',
  'user-mismatch': 'The server answered for another user. The session was ended for your safety.',
  'credentials-changed': 'The password or the account was changed.',
  'account-banned': 'This account has been blocked.',
  'signed-out': 'You signed out.',
  'signed-out-elsewhere': 'You signed out in another tab.',
}

/** The heading of the sign-in page: what to do there, or why the session is over. */
export function entranceTitle(entrance: Entrance, mode: Mode): string {
  if (mode === 'signUp') return 'Create an account'
  if (entrance.kind === 'signedOut') return 'You are signed out'
  if (entrance.kind === 'plain') return 'Sign in, and watch the chart'
  const { lastUser } = entrance
  return `Your session expired. Sign in again${lastUser?.name ? ` as ${lastUser.name}` : ''}`
}

const errorWords: Readonly<Partial<Record<AuthErrorCode, string>>> = {
  'invalid-credentials': 'The e-mail or the password is wrong. Check both and try again.',
  'invalid-email': 'This is not an e-mail address.',
  'invalid-code': 'That code is wrong or was used already. Wait for the next one and try again.',
  'invalid-request': 'The server did not accept this. Check what you entered.',
  'weak-password': 'Choose another password: at least 8 characters, with upper and lower case, a number and a symbol.',
  'email-taken': 'There is an account for this e-mail already. Sign in instead.',
  'email-not-verified': 'Confirm your e-mail address first: the link is in your mailbox.',
  'account-banned': 'This account is blocked. Ask support if you think that is a mistake.',
  'account-locked': 'Too many wrong passwords: this account is locked for now.',
  'rate-limited': 'Too many tries.',
  'challenge-expired': 'That took too long. Sign in again.',
  'link-expired': 'This link was used already or is too old. Ask for a new one.',
  'not-authenticated': 'No user is signed in.',
  'session-expired': 'The session is over. Sign in again.',
  'no-challenge': 'No code is being asked for.',
  'not-supported': 'There is nothing to renew right now.',
  network: 'The server did not answer. Check the connection and try again.',
  offline: 'You are offline. It goes on when the connection is back.',
  timeout: 'The server took too long to answer. Try again.',
  unavailable: 'The server is not available right now.',
  'refresh-indeterminate': 'The answer to a renewal was lost. You stay signed in until the access token ends.',
  forbidden: 'This account may not do that.',
}

const curedByTime: readonly AuthErrorCode[] = ['account-locked', 'rate-limited', 'unavailable']

export function errorMessage(error: AuthError): string {
  const words = errorWords[error.code] ?? error.message
  if (error.retryAfter !== undefined) return `${words} Try again in ${durationWords(error.retryAfter)}.`
  return curedByTime.includes(error.code) ? `${words} Try again in a moment.` : words
}

/** An answer of the data API that is not the one that was asked for; null: there was none. */
export function apiMessage(status: number | null): string {
  if (status === null) return 'The server did not answer. Check the connection and try again.'
  if (status === 401) return 'The server does not know who you are. Sign in again.'
  if (status === 403) return 'The server says no: this account may not do that.'
  if (status === 404) return 'This does not exist any more.'
  if (status === 429) return 'Too many requests. Wait a moment and try again.'
  if (status === 400 || status === 413 || status === 422)
    return 'The server did not accept this. Check what you entered.'
  return 'The server is not available right now. Try again in a moment.'
}

/** The field an error is about, to mark it and to move the focus there; null: none of them. */
export function fieldOf(code: AuthErrorCode): 'email' | 'password' | 'code' | null {
  if (code === 'invalid-email' || code === 'email-taken') return 'email'
  if (code === 'invalid-credentials' || code === 'weak-password') return 'password'
  return code === 'invalid-code' ? 'code' : null
}

/** What a screen reader is told when the state changes. A renewal is no news. */
export function announcementOf(state: AuthState<{ readonly name: string | null }>): string {
  if (state.status === 'authenticated' || state.status === 'refreshing') {
    return `Signed in${state.user.name ? ` as ${state.user.name}` : ''}`
  }
  if (state.status === 'signingOut') return statusWords.signedOut
  return state.status === 'restoring' || state.status === 'anonymous' ? '' : statusWords[state.status]
}

const waitingWords: Readonly<Partial<Record<AuthErrorCode, string>>> = {
  offline: 'There is no connection.',
  'rate-limited': 'That was asked for too often within a minute.',
}

/** What the user should know of a renewal that does not go as it should; null: nothing. */
export function renewalNotice(state: AuthState): { readonly title: string; readonly text: string } | null {
  if (state.status !== 'authenticated') return null
  if (state.renewal === 'waiting') {
    const why = (state.error && waitingWords[state.error.code]) ?? 'The server cannot renew the session right now.'
    return { title: 'Renewal put off', text: `${why} You stay signed in; it is tried again by itself.` }
  }
  if (state.renewal === 'indeterminate') {
    return {
      title: 'The answer to a renewal was lost',
      text: 'Asking again could end all your sessions. You stay signed in until the access token ends.',
    }
  }
  return null
}

function durationWords(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.ceil(seconds))} s`
  return `${Math.ceil(seconds / 60)} min`
}

export function dateWords(iso: string): string {
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}
