'use client'

import { useAuth, useAuthState, useUser } from '@authchart/react'
import { useRouter } from 'next/navigation'
import { useActionState, useEffect } from 'react'
import { redirect } from '../auth'

export function SignIn() {
  const { signIn } = useAuth()
  const router = useRouter()
  const isSignedIn = useUser() !== null
  const error = useAuthState((state) => state.error)
  const [email, submit, isPending] = useActionState(async (_: string, form: FormData) => {
    const [email, password] = [String(form.get('email')), String(form.get('password'))]
    await signIn({ email, password }).catch(() => {}) // the state has the error
    return email
  }, '')

  useEffect(() => {
    if (isSignedIn) router.replace(redirect.back(location.href))
  }, [isSignedIn, router])

  return (
    <form action={submit}>
      <label>
        E-mail <input name="email" type="email" autoComplete="username" defaultValue={email} required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button disabled={isPending}>Sign in</button>
      <p role="alert">{error?.message}</p>
    </form>
  )
}
