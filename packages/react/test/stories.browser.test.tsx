import { hasRole } from '@authchart/core'
import { Can, useAuth, useAuthState } from '@authchart/react'
import { withTestAuth } from '@authchart/react/testing'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'

const ann = { id: '1', name: 'Ann', role: 'admin' }
const decorate = withTestAuth({ user: ann, guards: { isAdmin: hasRole('admin') } })

function Door() {
  const { signOut } = useAuth()
  const { status, user } = useAuthState()
  return (
    <button type="button" onClick={() => void signOut()}>
      {status} {(user as typeof ann | null)?.name} <Can guard={'isAdmin' as never}>admin</Can>
    </button>
  )
}

const statuses = [
  ['restoring', 'restoring'],
  ['anonymous', 'anonymous'],
  ['authenticating', 'authenticating'],
  ['challenged', 'challenged'],
  ['authenticated', 'authenticated Ann admin'],
  ['refreshing', 'refreshing Ann admin'],
  ['expired', 'expired'],
  ['signingOut', 'signingOut'],
  ['signedOut', 'signedOut'],
] as const

test.each(statuses)('a story in the status %s shows its component so', async (status, text) => {
  const screen = await render(decorate(Door, { parameters: { auth: { status } } }))
  expect(screen.container.textContent.trim()).toBe(text)
})

test('a story without a parameter has the defaults, and its commands work', async () => {
  const screen = await render(decorate(Door, { parameters: {} }))
  expect(screen.container.textContent).toBe('authenticated Ann admin')
  await screen.getByRole('button').click()
  await expect.element(screen.getByText('signedOut')).toBeInTheDocument()
})
