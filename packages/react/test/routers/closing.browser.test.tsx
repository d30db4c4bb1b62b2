import { AuthProvider, Protected, useUser } from '@authchart/react'
import { authRoutes } from '@authchart/react/react-router'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, createServer, createTestAuth, renew, signIn, type User } from '../server.ts'
import { shown } from '../shown.ts'

function Page() {
  const role = (useUser() as User | null)?.role ?? 'nobody'
  return (
    <>
      {`${role}: `}
      <Protected guard="isAdmin" fallback="closed">
        secret
      </Protected>
    </>
  )
}

test('with <Protected> in its element a route closes in the commit of the new role, and the router follows', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const routes = authRoutes(auth, { signIn: '/sign-in', forbidden: '/forbidden' })
  const router = createMemoryRouter(
    [
      { path: '/', middleware: [routes.requireUser('isAdmin')], element: <Page />, HydrateFallback: () => 'loading' },
      { path: '/forbidden', element: 'forbidden' },
    ],
    { initialEntries: ['/'] },
  )
  const unfollow = routes.follow(router)
  const screen = await render(
    <AuthProvider auth={auth}>
      <RouterProvider router={router} />
    </AuthProvider>,
  )
  await expect.poll(() => shown(screen)).toBe('admin: secret')

  const seen = new Set<string | null>()
  new MutationObserver(() => seen.add(screen.container.textContent)).observe(screen.container, {
    childList: true,
    characterData: true,
    subtree: true,
  })
  await renew(auth, server, { ...ann, role: 'reader' })
  await expect.poll(() => shown(screen)).toBe('forbidden')
  await expect.poll(() => [...seen].at(-1)).toBe('forbidden')

  expect([...seen]).not.toContain('reader: secret')
  expect(['reader: closed,forbidden', 'forbidden']).toContain([...seen].join())
  unfollow()
})
