import { hasRole } from '@authchart/core'
import { createTestAuth } from '@authchart/core/testing'
import { AuthProvider } from '@authchart/react'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { Menu } from './menu.tsx'

const ann = { id: '1', name: 'Ann', role: 'admin' }
const guards = { isAdmin: hasRole('admin') }

test('an admin finds the way to the admin pages until the sign-out', async () => {
  const auth = createTestAuth({ user: ann, guards })
  const screen = await render(
    <AuthProvider auth={auth}>
      <Menu />
    </AuthProvider>,
  )
  expect(screen.container.textContent).toBe('AdminSign out')

  await screen.getByRole('button', { name: 'Sign out' }).click()
  await expect.element(screen.getByText('Signed out')).toBeInTheDocument()
})

test('the menu closes when the user signs out in another tab', async () => {
  const auth = createTestAuth({ status: 'refreshing', user: ann, guards })
  const screen = await render(
    <AuthProvider auth={auth}>
      <Menu />
    </AuthProvider>,
  )
  expect(screen.container.textContent).toBe('AdminSign out')

  await auth.world.signOutElsewhere()
  await expect.element(screen.getByText('Signed out')).toBeInTheDocument()
})
