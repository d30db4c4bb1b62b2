import { Protected } from '@authchart/react'
import { ToSignIn } from '../to-sign-in'
import { Profile } from './profile'

export default function AccountPage() {
  return (
    <main>
      <h1>Your account</h1>
      <Protected pending={<p>One moment</p>} fallback={<ToSignIn />}>
        <Profile />
      </Protected>
    </main>
  )
}
