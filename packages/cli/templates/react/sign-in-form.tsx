import type { AuthError } from '@authchart/core'
import { useAuth, useAuthState } from '@authchart/react'
import { useActionState, useId, useState, type ComponentProps } from 'react'
import { failureOf, fieldOf, messageOf, passwordPolicy, whyEnded } from './messages'

/** Signs in, creates an account, asks for the code of a second factor. The page around it knows where to go then. */
export function SignInForm() {
  const isChallenged = useAuthState(({ status }) => status === 'challenged')
  const [isNew, setNew] = useState(false)
  // kept over a failure and a change of the form; a password is kept nowhere
  const [draft, setDraft] = useState({ name: '', email: '' })

  if (isChallenged) return <CodeForm />
  return (
    <>
      <h1>{isNew ? 'Create an account' : 'Sign in'}</h1>
      <CredentialsForm key={String(isNew)} isNew={isNew} draft={draft} onDraft={setDraft} />
      <p>
        {isNew ? 'You have an account? ' : 'No account yet? '}
        <button type="button" className="auth-link" onClick={() => setNew(!isNew)}>
          {isNew ? 'Sign in instead' : 'Create one'}
        </button>
      </p>
    </>
  )
}

interface Draft {
  readonly name: string
  readonly email: string
}

interface CredentialsFormProps {
  readonly isNew: boolean
  readonly draft: Draft
  readonly onDraft: (draft: Draft) => void
}

function CredentialsForm({ isNew, draft, onDraft }: CredentialsFormProps) {
  const { signIn, signUp } = useAuth()
  const ended = useAuthState(whyEnded)
  const lapsed = useAuthState(({ error }) => (error?.code === 'challenge-expired' ? error : null))
  const [failure, submit, isPending] = useActionState(async (_: AuthError | null, form: FormData) => {
    const { name, email } = draft
    const password = String(form.get('password'))
    return failureOf(isNew ? signUp({ name, email, password }) : signIn({ email, password }))
  }, null)
  const error = failure ?? lapsed
  const messageAt = (field: string) => (error && fieldOf(error) === field ? messageOf(error) : undefined)

  return (
    <form className="auth-form" action={submit}>
      {ended && <p role="status">{ended}</p>}
      <p className="auth-error" role="alert">
        {messageAt('form')}
      </p>
      {isNew && (
        <Field
          label="Name"
          name="name"
          autoComplete="name"
          value={draft.name}
          onChange={({ target }) => onDraft({ ...draft, name: target.value })}
          required
        />
      )}
      <Field
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        value={draft.email}
        onChange={({ target }) => onDraft({ ...draft, email: target.value })}
        error={messageAt('email')}
        required
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        error={messageAt('password')}
        required
        {...(isNew && { hint: passwordPolicy.hint, title: passwordPolicy.hint, pattern: passwordPolicy.pattern })}
      />
      <button className="auth-button" disabled={isPending}>
        {isNew ? 'Create account' : 'Sign in'}
      </button>
    </form>
  )
}

/** For a user with a second factor. */
function CodeForm() {
  const { answerChallenge, cancel } = useAuth()
  const [failure, submit, isPending] = useActionState(
    (_: AuthError | null, form: FormData) => failureOf(answerChallenge({ code: String(form.get('code')) })),
    null,
  )
  return (
    <>
      <h1>One more step</h1>
      <form className="auth-form" action={submit}>
        <Field
          label="Code"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          hint="From your authenticator app."
          error={failure ? messageOf(failure) : undefined}
          required
        />
        <button className="auth-button" disabled={isPending}>
          Go on
        </button>
        <button type="button" className="auth-link" onClick={cancel}>
          Cancel
        </button>
      </form>
    </>
  )
}

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string
  readonly hint?: string
  readonly error?: string | undefined
}

function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId()
  return (
    <div className="auth-field">
      <label htmlFor={id}>{label}</label>
      <input {...input} id={id} aria-invalid={error !== undefined} aria-describedby={`${id}-hint ${id}-error`} />
      {hint && (
        <p className="auth-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p className="auth-error" id={`${id}-error`} role="alert">
        {error}
      </p>
    </div>
  )
}
