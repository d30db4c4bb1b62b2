'use client'

import { useAuth, useAuthState } from '@authchart/react'
import Link from 'next/link'

export function AuthBar() {
  const { signOut } = useAuth()
  const isKnown = useAuthState(({ status }) => status !== 'restoring')
  const isSignedIn = useAuthState(({ user }) => user !== null)
  return (
    <nav className="auth-bar">
      <Link href="/">Home</Link>
      <Link href="/account">Your account</Link>
      {isKnown && !isSignedIn && <Link href="/sign-in">Sign in</Link>}
      {isSignedIn && (
        <button type="button" className="auth-link" onClick={() => signOut()}>
          Sign out
        </button>
      )}
    </nav>
  )
}
