/** It is not known yet who is signed in, or the way leads on at once. */
export function Passing() {
  return (
    <p className="quiet" data-testid="pending">
      <span className="spinner" aria-hidden="true" />
      Looking for your session…
    </p>
  )
}
