import { Profile } from '../auth/profile'
import '../auth/auth.css'

export function AccountPage() {
  return (
    <main className="auth-page">
      <h1>Your account</h1>
      <Profile />
    </main>
  )
}
