import { Protected } from '@authchart/react'
import { Suspense } from 'react'
import { ToSignIn } from '../to-sign-in'
import { Greeting } from './greeting'
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
