import { Protected } from '@authchart/react'
import { Profile } from '@/auth/profile'
import { ToSignIn } from '@/auth/to-sign-in'

/** proxy.ts keeps visitors out. `Protected` closes the page that is open when the session ends. */
export default function AccountPage() {
  return (
    <main className="auth-page">
      <h1>Your account</h1>
      <Protected pending={<p>One moment</p>} fallback={<ToSignIn />}>
        <Profile />
      </Protected>
    </main>
  )
}
