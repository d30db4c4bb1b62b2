'use client'

import { useAuthState } from '@authchart/react'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { redirect } from './client'

/** The fallback of a guarded page: to the sign-in page and, unless the user signed out, back from it. */
export function ToSignIn() {
  const router = useRouter()
  const hasLeft = useAuthState(({ status }) => status === 'signingOut' || status === 'signedOut')
  useEffect(() => {
    router.replace(hasLeft ? redirect.bare(location.href) : redirect.to(location.href))
  }, [hasLeft, router])
  return null
}
