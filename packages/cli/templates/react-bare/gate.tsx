import { Protected, useAuth, useUser } from '@authchart/react'
import type { ReactNode } from 'react'
import { SignInForm } from './sign-in-form'
import './auth.css'

/** Shows the app to a signed-in user, and the sign-in form to all others. */
export function Gate({ children }: { readonly children: ReactNode }) {
  return (
    <Protected pending={<p>One moment</p>} fallback={<SignIn />}>
      <Bar />
      {children}
    </Protected>
  )
}

function Bar() {
  const { signOut } = useAuth()
  const user = useUser()
  return (
    <nav className="auth-bar">
      <span>Signed in as {user?.email}</span>
      <button type="button" className="auth-link" onClick={() => signOut()}>
        Sign out
      </button>
    </nav>
  )
}

function SignIn() {
  return (
    <main className="auth-page">
      <SignInForm />
    </main>
  )
}
