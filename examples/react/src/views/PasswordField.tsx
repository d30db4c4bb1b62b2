import { useState } from 'react'

export interface PasswordFieldProps {
  /** A password that is chosen now, not one to be remembered. */
  readonly isNew: boolean
  readonly isBusy: boolean
  readonly isInvalid: boolean
}

/** Not a controlled input: React would write the password into an attribute of the page. */
export function PasswordField({ isNew, isBusy, isInvalid }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false)
  const describedBy = [isNew && 'password-hint', isInvalid && 'form-error'].filter(Boolean).join(' ')

  return (
    <div className="field">
      <label htmlFor="password">Password</label>
      <div className="with-button">
        <input
          className="input"
          id="password"
          name="password"
          type={isShown ? 'text' : 'password'}
          autoComplete={isNew ? 'new-password' : 'current-password'}
          autoCapitalize="none"
          spellCheck={false}
          required
          readOnly={isBusy}
          aria-invalid={isInvalid || undefined}
          aria-describedby={describedBy || undefined}
          data-testid="password"
        />
        <button
          type="button"
          className="button button-plain"
          aria-pressed={isShown}
          aria-label="Show the password"
          data-testid="show-password"
          onClick={() => setShown(!isShown)}
        >
          {isShown ? 'Hide' : 'Show'}
        </button>
      </div>
      {isNew && (
        <p className="hint" id="password-hint">
          At least 8 characters, with upper and lower case, a number and a symbol.
        </p>
      )}
    </div>
  )
}
