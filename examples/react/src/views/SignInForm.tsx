import { errorMessage, fieldOf, focusField, submitCredentials, type Mode } from '@authchart/example-shared'
import { useAuth, useAuthState } from '@authchart/react'
import { useEffect, useState, type FormEvent, type RefObject } from 'react'
import { useDemo } from '../demo.tsx'
import { useStore } from '../use-store.ts'
import { LinkByMail } from './LinkByMail.tsx'
import { PasswordField } from './PasswordField.tsx'

export interface SignInFormProps {
  readonly formRef: RefObject<HTMLFormElement | null>
  readonly mode: Mode
  readonly onMode: (mode: Mode) => void
}

export function SignInForm({ formRef, mode, onMode }: SignInFormProps) {
  const demo = useDemo()
  const auth = useAuth()
  const latest = useAuthState((state) => state.error)
  const isBusy = useAuthState(({ status }) => status === 'authenticating')
  const email = useStore(demo.email)
  /** What went wrong in the other form is not said again in this one. */
  const [past, setPast] = useState<typeof latest>(null)
  const error = latest === past ? null : latest
  const isNew = mode === 'signUp'
  const field = error && fieldOf(error.code)

  useEffect(() => {
    if (error && formRef.current) focusField(formRef.current, fieldOf(error.code))
  }, [error, formRef])

  function turnTo(next: Mode): void {
    if (next !== mode) setPast(latest)
    onMode(next)
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void submitCredentials(auth, mode, event.currentTarget)
  }

  return (
    <section className="card stack" aria-label={isNew ? 'Create an account' : 'Sign in'}>
      <div className="segments" role="group" aria-label="What to do">
        <button type="button" aria-pressed={!isNew} data-testid="mode-sign-in" onClick={() => turnTo('signIn')}>
          Sign in
        </button>
        <button type="button" aria-pressed={isNew} data-testid="mode-sign-up" onClick={() => turnTo('signUp')}>
          Create account
        </button>
      </div>
      <form className="stack" ref={formRef} onSubmit={submit} aria-busy={isBusy} data-testid="sign-in-form">
        <p className="alert" role="alert" id="form-error" data-testid="form-error">
          {error && errorMessage(error)}
        </p>
        {isNew && (
          <div className="field">
            <label htmlFor="name">Name</label>
            <input
              className="input"
              id="name"
              name="name"
              autoComplete="name"
              maxLength={80}
              required
              readOnly={isBusy}
              data-testid="name"
            />
          </div>
        )}
        <div className="field">
          <label htmlFor="email">E-mail</label>
          <input
            className="input"
            id="email"
            name="email"
            type="email"
            autoComplete="username"
            required
            readOnly={isBusy}
            aria-invalid={field === 'email' || undefined}
            aria-describedby={field === 'email' ? 'form-error' : undefined}
            data-testid="email"
            value={email}
            onChange={(event) => demo.email.set(event.currentTarget.value)}
          />
        </div>
        <PasswordField isNew={isNew} isBusy={isBusy} isInvalid={field === 'password'} />
        <div className="row">
          <button type="submit" className="button button-main grow" aria-disabled={isBusy} data-testid="submit">
            {isBusy && <span className="spinner" aria-hidden="true" />}
            {isNew ? 'Create account' : 'Sign in'}
          </button>
          {isBusy && (
            <button type="button" className="button" data-testid="cancel" onClick={auth.cancel}>
              Cancel
            </button>
          )}
        </div>
      </form>
      <LinkByMail formRef={formRef} />
    </section>
  )
}
