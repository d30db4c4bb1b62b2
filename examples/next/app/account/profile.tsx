'use client'

import { useAuth, useRequiredUser } from '@authchart/react'
import { useEffect, useState } from 'react'

export function Profile() {
  const { signOut } = useAuth()
  const user = useRequiredUser()
  return (
    <>
      <p>Hello {user.name}</p>
      <Notes key={user.id} />
      <button onClick={() => signOut()}>Sign out</button>
    </>
  )
}

/** What only this user may read: the handler adds the access token, and the server of the data decides. */
async function loadNotes(fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<{ id: string; text: string }[]> {
  const response = await fetch('/api/v1/data/notes', { signal })
  if (!response.ok) throw new Error(`The notes were answered with ${response.status}.`)
  return (await response.json()).items
}

function Notes() {
  const { fetch } = useAuth()
  const [notes, setNotes] = useState<{ id: string; text: string }[] | null>([])
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    loadNotes(fetch, signal).then(setNotes, () => signal.aborted || setNotes(null))
    return () => controller.abort()
  }, [fetch])
  if (notes === null) return <p>Your notes cannot be shown now.</p>
  return (
    <ul>
      {notes.map(({ id, text }) => (
        <li key={id}>{text}</li>
      ))}
    </ul>
  )
}
