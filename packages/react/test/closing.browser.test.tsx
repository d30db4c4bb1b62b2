import { AuthProvider, Can, Protected, useCan, useUser } from '@authchart/react'
import { Profiler, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, createServer, createTestAuth, renew, signIn, type TestAuth, type User } from './server.ts'

const Role = () => `${(useUser() as User | null)?.role ?? 'nobody'}: `

function Inside() {
  return `secret of ${(useUser() as User | null)?.role ?? 'nobody'}`
}
function Asking() {
  return useCan('isAdmin') ? <Inside /> : 'closed'
}

/** Everything that was ever on the screen: after each commit, and as a MutationObserver sees it. */
async function watch(auth: TestAuth, part: ReactNode) {
  const seen = new Set<string>()
  const look = (): unknown => seen.add(document.querySelector('#watched')?.textContent ?? '')
  const screen = await render(
    <Profiler id="page" onRender={look}>
      <AuthProvider auth={auth}>
        <div id="watched">
          <Role />
          {part}
        </div>
      </AuthProvider>
    </Profiler>,
  )
  const observer = new MutationObserver(look)
  observer.observe(screen.container, { childList: true, characterData: true, subtree: true })
  return seen
}

const parts: Record<string, ReactNode> = {
  '<Protected>': (
    <Protected guard="isAdmin" fallback="closed">
      <Inside />
    </Protected>
  ),
  '<Can>': (
    <Can guard="isAdmin" fallback="closed">
      <Inside />
    </Can>
  ),
  useCan: <Asking />,
  '<Protected> without a guard': (
    <Protected fallback="closed">
      <Inside />
    </Protected>
  ),
}

test.each(Object.entries(parts))(
  '%s closes in the commit that shows the new user, and no part of it sees them before',
  async (name, part) => {
    const server = createServer()
    const auth = createTestAuth(server)
    await signIn(auth, server)
    const seen = await watch(auth, part)
    await renew(auth, server, { ...ann, role: 'reader' })
    flushSync(() => {})
    void auth.signOut()
    flushSync(() => {})

    const reader = name.includes('without') ? 'reader: secret of reader' : 'reader: closed'
    expect([...seen]).toEqual(['admin: secret of admin', reader, 'nobody: closed'])
  },
)
