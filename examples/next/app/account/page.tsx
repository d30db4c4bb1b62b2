import { Protected } from '@authchart/react'
import { Suspense } from 'react'
import { readSession } from '../session'
import { ToSignIn } from '../to-sign-in'
import { Profile } from './profile'

export default function AccountPage() {
  return (
    <main>
      <h1>Your account</h1>
      <Protected pending={<p>One moment</p>} fallback={<ToSignIn />}>
        <Suspense>
          <Greeting />
        </Suspense>
        <Profile />
      </Protected>
    </main>
  )
}

/** Rendered on the server, which knows the user by the cookie. */
async function Greeting() {
  const session = await readSession()
  return session && <p>Rendered for {session.user.email}</p>
}
