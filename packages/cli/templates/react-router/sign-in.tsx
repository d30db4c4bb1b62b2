import { SignInForm } from '../auth/sign-in-form'
import '../auth/auth.css'

/** The route sends the user on once they are signed in. */
export function SignInPage() {
  return (
    <main className="auth-page">
      <SignInForm />
    </main>
  )
}
