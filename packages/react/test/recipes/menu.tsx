import { Can, Protected, useAuth } from '@authchart/react'

export function Menu() {
  const { signOut } = useAuth()
  return (
    <Protected fallback={<p>Signed out</p>}>
      <Can guard="isAdmin">
        <a href="/admin">Admin</a>
      </Can>
      <button onClick={() => signOut()}>Sign out</button>
    </Protected>
  )
}
