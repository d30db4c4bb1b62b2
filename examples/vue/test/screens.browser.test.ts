import type { AuthStatus } from '@authchart/core'
import { createTestAuth } from '@authchart/core/testing'
import { admin, guards, user } from '@authchart/example-shared/testing'
import { afterEach, expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { show } from './show.ts'

let close = (): unknown => null
afterEach(() => close())

const main = page.getByRole('main')
const heading = page.getByRole('heading', { level: 1 })

test.each<readonly [AuthStatus, string]>([
  ['restoring', 'Looking for your session…'],
  ['anonymous', 'Sign in, and watch the chart'],
  ['authenticating', 'Cancel'],
  ['challenged', 'One more step'],
  ['authenticated', 'By the admin'],
  ['refreshing', 'By the admin'],
  ['expired', 'Your session expired. Sign in again as User'],
  ['signingOut', 'You are signed out'],
  ['signedOut', 'You signed out.'],
])('a user who is %s reads “%s”', async (status, words) => {
  close = show(createTestAuth({ status, user, guards }))
  await expect.element(main.getByText(words, { exact: true })).toBeVisible()
})

test('a user may edit their own post, and an admin every post', async () => {
  const edits = main.getByRole('link', { name: /^Edit/ })
  close = show(createTestAuth({ user, guards }))
  await expect.element(edits).toHaveAccessibleName('Edit “By the user”')
  await close()

  close = show(createTestAuth({ user: admin, guards }))
  await expect.poll(() => edits.length).toBe(2)
})

test('an admin comes to the admin page, and a user does not', async () => {
  close = show(createTestAuth({ user: admin, guards }))
  await page.getByRole('link', { name: 'Admin', exact: true }).click()
  await expect.element(heading).toHaveTextContent('Admin')
  await close()

  close = show(createTestAuth({ user, guards }))
  await page.getByRole('link', { name: 'Admin (not for this account)' }).click()
  await expect.element(heading).toHaveTextContent('This page is for admins')
})

test('a wrong password is told in the form, which keeps the e-mail', async () => {
  const auth = createTestAuth({ status: 'anonymous', user, guards })
  await auth.world.fail('signIn', 'invalid-credentials')
  close = show(auth)
  await page.getByLabelText('E-mail').fill('user@demo.test')
  await page.getByLabelText('Password', { exact: true }).fill('wrong')
  await page.getByTestId('submit').click()

  await expect.element(main.getByText('The e-mail or the password is wrong. Check both and try again.')).toBeVisible()
  await expect.element(page.getByLabelText('E-mail')).toHaveValue('user@demo.test')
  await expect.element(page.getByLabelText('Password', { exact: true })).toHaveFocus()
})

test('a wrong code is told, and the next one is right', async () => {
  const auth = createTestAuth({ status: 'challenged', user, guards })
  await auth.world.fail('answerChallenge', 'invalid-code')
  close = show(auth)
  const code = page.getByLabelText('One-time code')
  await code.fill('000000')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect.element(main.getByText(/^That code is wrong/)).toBeVisible()

  await code.fill('123456')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect.element(heading).toHaveTextContent('Posts')
})

test('the posts close when the user signs out in another tab', async () => {
  const auth = createTestAuth({ user, guards })
  close = show(auth)
  await expect.element(heading).toHaveTextContent('Posts')

  await auth.world.signOutElsewhere()
  await expect.element(main.getByText('You signed out in another tab.')).toBeVisible()
  await expect.element(heading).not.toHaveTextContent('Posts')
})

test('a renewal that is put off is told, and the posts stay', async () => {
  const auth = createTestAuth({ status: 'refreshing', user, guards })
  close = show(auth)
  await auth.world.fail('refresh', 'rate-limited')

  await expect.element(main.getByText('Renewal put off')).toBeVisible()
  await expect.element(heading).toHaveTextContent('Posts')
})
