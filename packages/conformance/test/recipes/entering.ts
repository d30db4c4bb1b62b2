import type { Auth } from '@authchart/core'
import { bkendAccount, type BkendCredentials, type BkendUser } from '@authchart/core/bkend'

type AppAuth = Auth<BkendUser, BkendCredentials>

/** An account with a password. */
export const register = (auth: AppAuth, email: string, password: string, name: string) =>
  auth.signUp({ email, password, name })

/** First half of a magic link: the mail leads to `/link?token=…`. A new address gets an account. */
export const sendLink = (auth: AppAuth, email: string) =>
  bkendAccount(auth).magicLink.send({ email, callbackUrl: new URL('/link', location.origin).href })

/**
 * Second half: takes the token out of the address, and with it out of the history, when the page opens. What it returns
 * signs in. Call that from a button: mail scanners open links, too.
 */
export function takeLink(auth: AppAuth): (() => Promise<BkendUser>) | null {
  const token = new URLSearchParams(location.search).get('token')
  history.replaceState(history.state, '', location.pathname)
  return token === null ? null : () => auth.signIn({ token })
}

/** First half of a sign-in with Google: leads away. */
export function goToGoogle(clientId: string): void {
  const state = crypto.randomUUID()
  sessionStorage.setItem('google-state', state)
  const redirect_uri = new URL('/google', location.origin).href
  const asked = { client_id: clientId, redirect_uri, response_type: 'code', scope: 'openid email', state }
  location.assign(`https://accounts.google.com/o/oauth2/v2/auth?${new URLSearchParams(asked)}`)
}

/** Second half, on the page `/google`. Null if this browser asked for no such sign-in. */
export function comeFromGoogle(auth: AppAuth): Promise<BkendUser> | null {
  const answer = new URLSearchParams(location.search)
  const [code, state] = [answer.get('code'), answer.get('state')]
  const asked = sessionStorage.getItem('google-state')
  sessionStorage.removeItem('google-state')
  history.replaceState(history.state, '', location.pathname)
  if (code === null || state === null || state !== asked) return null
  return auth.signIn({ provider: 'google', code, state, redirectUri: new URL('/google', location.origin).href })
}
