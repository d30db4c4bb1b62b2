import { SignIn } from './sign-in'

export default function SignInPage() {
  return (
    <main>
      <h1>Sign in</h1>
      <SignIn />
    </main>
  )
}
