import { AuthProvider, Can, Protected } from '@authchart/react'
import type { ReactNode } from 'react'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, bob, createServer, createTestAuth, renew, signIn } from './server.ts'

const draft = <input aria-label="Draft" />

const views: [string, ReactNode][] = [
  ['a protected view', <Protected>{draft}</Protected>],
  ['a protected view with a guard', <Protected guard="isAdmin">{draft}</Protected>],
  ['a piece of a page', <Can guard="isAdmin">{draft}</Can>],
]

async function open(view: ReactNode) {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const screen = await render(<AuthProvider auth={auth}>{view}</AuthProvider>)
  await screen.getByLabelText('Draft').fill('secret of Ann')
  return { server, auth, draft: () => (screen.getByLabelText('Draft').element() as HTMLInputElement).value }
}

test.each(views)(
  'what one user left in %s, another who signs in over that session is not shown [K8]',
  async (_, view) => {
    const { server, auth, draft } = await open(view)
    await signIn(auth, server, bob)
    await expect.poll(draft).toBe('')
  },
)

test.each(views)(
  'what a user left in %s stays over a renewal, new facts about them and a second sign-in of theirs [K8]',
  async (_, view) => {
    const { server, auth, draft } = await open(view)
    await renew(auth, server, { ...ann, name: 'Ann B.' })
    expect(draft()).toBe('secret of Ann')
    await signIn(auth, server, ann)
    expect(draft()).toBe('secret of Ann')
  },
)
