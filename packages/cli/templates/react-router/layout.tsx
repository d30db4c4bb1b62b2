import { useAuth, useAuthState } from '@authchart/react'
import { Link, Outlet } from 'react-router'
import './auth.css'

export function Layout() {
  const { signOut } = useAuth()
  const isKnown = useAuthState(({ status }) => status !== 'restoring')
  const isSignedIn = useAuthState(({ user }) => user !== null)
  return (
    <>
      <nav className="auth-bar">
        <Link to="/">Home</Link>
        <Link to="/account">Your account</Link>
        {isKnown && !isSignedIn && <Link to="/sign-in">Sign in</Link>}
        {isSignedIn && (
          <button type="button" className="auth-link" onClick={() => signOut()}>
            Sign out
          </button>
        )}
      </nav>
      <Outlet />
    </>
  )
}
