import { hasRole } from '@authchart/core'
import { signedInAuth } from '@authchart/core/testing'
import { createAuthPlugin } from '@authchart/vue'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-vue'
import Menu from './Menu.vue'

test('an admin finds the way to the admin pages until the sign-out', async () => {
  const ann = { id: '1', name: 'Ann', role: 'admin' }
  const auth = await signedInAuth(ann, { guards: { isAdmin: hasRole('admin') } })
  const screen = await render(Menu, { global: { plugins: [createAuthPlugin(auth)] } })
  expect(screen.container.textContent).toBe('AdminSign out')

  await screen.getByRole('button', { name: 'Sign out' }).click()
  await expect.element(screen.getByText('Signed out')).toBeInTheDocument()
})
