import { Protected, useAuth, useAuthState, useUser } from '@authchart/react'
import { useState } from 'react'

export function Page() {
  const { signIn, refresh } = useAuth()
  const { status } = useAuthState()
  const user = useUser() as { readonly name: string } | null
  const [count, setCount] = useState(0)
  return (
    <>
      <output>
        first edition, {status}, {user?.name ?? 'nobody'}, {count}
      </output>
      <Protected fallback="closed">
        <p>open</p>
      </Protected>
      <button onClick={() => setCount(count + 1)}>count</button>
      <button onClick={() => void signIn({}).catch(() => {})}>sign in</button>
      <button onClick={() => void refresh().catch(() => {})}>renew</button>
    </>
  )
}
