'use client'

import { useUser } from '@authchart/react'
import { useEffect } from 'react'
import { redirect } from '@/auth/client'
import { SignInForm } from '@/auth/sign-in-form'

export default function SignInPage() {
  const isSignedIn = useUser() !== null

  useEffect(() => {
    // loaded anew: what the router has kept was rendered for a visitor, also that a page led here.
    // The part behind the # never came to the server that sent the user here
    if (isSignedIn) location.replace(redirect.back(location.href) + location.hash)
  }, [isSignedIn])

  return (
    <main className="auth-page">
      <SignInForm />
    </main>
  )
}
