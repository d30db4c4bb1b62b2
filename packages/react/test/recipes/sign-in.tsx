import { AuthError, type AuthState } from '@authchart/core'
import { useAuth, useAuthState } from '@authchart/react'
import { useActionState } from 'react'

/** What the form remembers: no password. */
interface Answer {
  readonly email: string
  readonly error: AuthError | null
}

const fieldOf = { 'invalid-email': 'email', 'email-not-verified': 'email', 'invalid-credentials': 'password' } as const

/** The message of an error, under the field it belongs to; what belongs to none stands under the form. */
function Message({
  error,
  under,
}: {
  readonly error: AuthError | null
  readonly under: 'email' | 'password' | 'form'
}) {
  const field = error && error.code in fieldOf ? fieldOf[error.code as keyof typeof fieldOf] : 'form'
  return error && field === under ? <p role="alert">{error.message}</p> : null
}

async function errorOf(attempt: Promise<unknown>): Promise<AuthError | null> {
  return attempt.then(
    () => null,
    (error: unknown) => {
      if (!(error instanceof AuthError)) throw error
      return error.code === 'challenge-required' ? null : error // nothing went wrong: the code is asked for
    },
  )
}

/** Why the session is over and whose it was; null if it is not, or if the user ended it. */
function whyEnded(state: AuthState): string | null {
  if (state.status !== 'expired') return null
  if (state.reason === 'account-banned') return 'This account is blocked.'
  const name = (state.lastUser as { readonly name?: string | null } | null)?.name
  return `Your session has ended. Sign in again${name ? ` as ${name}` : ''}.`
}

export function SignIn() {
  const { signIn } = useAuth()
  const isChallenged = useAuthState(({ status }) => status === 'challenged')
  const ended = useAuthState(whyEnded)
  const lapsed = useAuthState((state) => (state.error?.code === 'challenge-expired' ? state.error : null))
  const [{ email, error }, submit, isPending] = useActionState(
    async (_: Answer, form: FormData): Promise<Answer> => {
      const [email, password] = [String(form.get('email')), String(form.get('password'))]
      return { email, error: await errorOf(signIn({ email, password })) }
    },
    { email: '', error: null },
  )
  if (isChallenged) return <SecondFactor />
  return (
    <form action={submit}>
      {ended && <p role="status">{ended}</p>}
      <label>
        E-mail <input name="email" type="email" autoComplete="username" defaultValue={email} required />
      </label>
      <Message error={error} under="email" />
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <Message error={error} under="password" />
      <button disabled={isPending}>{isPending ? 'Signing in …' : 'Sign in'}</button>
      <Message error={error ?? lapsed} under="form" />
    </form>
  )
}

function SecondFactor() {
  const { answerChallenge, cancel } = useAuth()
  const [error, submit, isPending] = useActionState(
    (_: AuthError | null, form: FormData) => errorOf(answerChallenge({ code: String(form.get('code')) })),
    null,
  )
  return (
    <form action={submit}>
      <label>
        Code <input name="code" inputMode="numeric" autoComplete="one-time-code" required />
      </label>
      <Message error={error} under="form" />
      <button disabled={isPending}>Go on</button>
      <button type="button" onClick={cancel}>
        Give up
      </button>
    </form>
  )
}
