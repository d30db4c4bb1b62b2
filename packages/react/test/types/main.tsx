import { AuthProvider, Can, Protected, useAuth, useAuthState, useUser } from '@authchart/react'
import { createRoot } from 'react-dom/client'
import { auth } from './auth.ts'

function SignIn() {
  const { signIn } = useAuth()
  const error = useAuthState((state) => state.error)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const [email, password] = [String(form.get('email')), String(form.get('password'))]
        signIn({ email, password }).catch(() => {}) // the state has the error
      }}
    >
      <input name="email" type="email" autoComplete="username" />
      <input name="password" type="password" autoComplete="current-password" />
      <button>Sign in</button> {error?.message}
    </form>
  )
}

function Article({ post }: { post: { authorId: string } }) {
  const user = useUser()
  return (
    <article>
      Hello {user?.name}
      <Can guard="canEdit" params={[post]}>
        <button>Edit</button>
      </Can>
    </article>
  )
}

createRoot(document.getElementById('root')!).render(
  <AuthProvider auth={auth}>
    <Protected pending="…" fallback={<SignIn />}>
      <Article post={{ authorId: '1' }} />
    </Protected>
  </AuthProvider>,
)
