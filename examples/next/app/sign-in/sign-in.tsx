'use client'

import { useAuth, useAuthState, useUser } from '@authchart/react'
import { useActionState, useEffect } from 'react'
import { redirect } from '../client'

export function SignIn() {
  const isSignedIn = useUser() !== null
  const isChallenged = useAuthState(({ status }) => status === 'challenged')
  const hasExpired = useAuthState(({ status }) => status === 'expired')

  useEffect(() => {
    // loaded anew: what the router has kept was rendered for a visitor, also that a page led here.
    // The part behind the # never came to the server that sent the user here
    if (isSignedIn) location.replace(redirect.back(location.href) + location.hash)
  }, [isSignedIn])

  return (
    <>
      {hasExpired && <p role="status">Your session has ended. Sign in again.</p>}
      {isChallenged ? <CodeForm /> : <PasswordForm />}
    </>
  )
}

function PasswordForm() {
  const { signIn } = useAuth()
  const error = useAuthState((state) => state.error)
  const [email, submit, isPending] = useActionState(async (_: string, form: FormData) => {
    const [email, password] = [String(form.get('email')), String(form.get('password'))]
    await signIn({ email, password }).catch(() => {}) // the state has the error
    return email
  }, '')
  return (
    <form action={submit}>
      <label>
        E-mail <input name="email" type="email" autoComplete="username" defaultValue={email} required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button disabled={isPending}>Sign in</button>
      <p role="alert">{error?.message}</p>
    </form>
  )
}

/** For a user with a second factor. */
function CodeForm() {
  const { answerChallenge, cancel } = useAuth()
  const error = useAuthState((state) => state.error)
  const [, submit, isPending] = useActionState(
    (_: unknown, form: FormData) => answerChallenge({ code: String(form.get('code')) }).catch(() => {}),
    null,
  )
  return (
    <form action={submit}>
      <label>
        Code <input name="code" inputMode="numeric" autoComplete="one-time-code" required />
      </label>
      <button disabled={isPending}>Go on</button>
      <button type="button" onClick={cancel}>
        Cancel
      </button>
      <p role="alert">{error?.message}</p>
    </form>
  )
}
