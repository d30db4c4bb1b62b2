import { currentCode, errorMessage, focusField, submitCode } from '@authchart/example-shared'
import { useAuth, useAuthState } from '@authchart/react'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useDemo } from '../demo.tsx'
import { Heading } from './Heading.tsx'

export function Challenge() {
  const demo = useDemo()
  const auth = useAuth()
  const form = useRef<HTMLFormElement>(null)
  const error = useAuthState((state) => state.error)
  const isBusy = useAuthState((state) => state.status === 'challenged' && state.challenge.verifying)
  const [problem, setProblem] = useState('')

  // also once at the start: the code is what is asked for
  useEffect(() => {
    if (form.current) focusField(form.current, 'code')
  }, [error])

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void submitCode(auth, event.currentTarget)
  }

  async function fill(): Promise<void> {
    const code = await currentCode(demo.email.get())
    const input = form.current?.elements.namedItem('code')
    setProblem(code ? '' : 'The example server gives out no code for this account.')
    if (!code || !(input instanceof HTMLInputElement)) return
    input.value = code
    form.current?.querySelector<HTMLElement>('[type=submit]')?.focus()
  }

  return (
    <div className="narrow">
      <header className="page-head">
        <Heading>One more step</Heading>
        <p>This account asks for a code from an authenticator app.</p>
      </header>
      <form className="card stack" ref={form} onSubmit={submit} aria-busy={isBusy} data-testid="challenge-form">
        <p className="alert" role="alert" id="code-error" data-testid="code-error">
          {error ? errorMessage(error) : problem}
        </p>
        <div className="field">
          <label htmlFor="code">One-time code</label>
          <input
            className="input input-code"
            id="code"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={24}
            required
            readOnly={isBusy}
            aria-invalid={error?.code === 'invalid-code' || undefined}
            aria-describedby="code-hint code-error"
            data-testid="code"
          />
          <p className="hint" id="code-hint">
            Six digits. They change every 30 seconds.
          </p>
        </div>
        <div className="row">
          <button type="submit" className="button button-main grow" aria-disabled={isBusy} data-testid="submit-code">
            {isBusy && <span className="spinner" aria-hidden="true" />}
            Continue
          </button>
          <button type="button" className="button" data-testid="cancel" onClick={auth.cancel}>
            Cancel
          </button>
        </div>
        <p className="divider">no authenticator at hand?</p>
        <button type="button" className="button" data-testid="fill-code" onClick={() => void fill()}>
          Fill in the current code
        </button>
      </form>
    </div>
  )
}
