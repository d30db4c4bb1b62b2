import { test } from '@authchart/core/testing/playwright'
import { expect } from '@playwright/test'

test.use({ worldOptions: { origin: 'http://localhost:8787' } })

test('an admin comes to the admin page, and a user does not', async ({ page, signInAs }) => {
  await signInAs('admin')
  await page.getByTestId('nav-admin').click()
  await expect(page.getByTestId('admin-page')).toBeVisible()
  await page.getByTestId('sign-out').click()

  await signInAs('user')
  await page.getByTestId('nav-admin').click()
  await expect(page.getByTestId('forbidden')).toBeVisible()
})

test('a sign-out in one tab is one in the other', async ({ page, signInAs, openTab }) => {
  await signInAs('user')
  await expect(page.getByTestId('user-name')).toHaveText('Bob')
  const other = await openTab('/')
  await expect(other.getByTestId('user-name')).toHaveText('Bob')
  await other.getByTestId('sign-out').click()

  await expect(page.getByTestId('sign-in-form')).toBeVisible()
})

test('a reload goes on with a token that the server refuses', async ({ page, world, signInAs }) => {
  await signInAs('user')
  await expect(page.getByTestId('user-name')).toHaveText('Bob')
  world.server.expireAccess()
  await page.reload()

  await expect(page.getByTestId('user-name')).toHaveText('Bob')
  await expect.poll(() => world.server.counts()).toMatchObject({ refreshes: 1, replays: 0 })
})

test('a user whose account is blocked is told so, and comes to the sign-in page', async ({ page, world, signInAs }) => {
  const { id } = await signInAs('user')
  await expect(page.getByTestId('user-name')).toHaveText('Bob')
  world.server.ban(id)
  world.server.expireAccess()
  await page.reload()

  await expect(page.getByTestId('sign-in-form')).toBeVisible()
  await expect(page.getByText('This account has been blocked.')).toBeVisible()
})

test('a wrong password is told in the form, and no session begins', async ({ page, world }) => {
  await page.goto('/sign-in')
  await page.getByTestId('email').fill('ann@example.com')
  await page.getByTestId('password').fill('wrong horse')
  await page.getByTestId('submit').click()

  await expect(page.getByTestId('form-error')).toHaveText(
    'The e-mail or the password is wrong. Check both and try again.',
  )
  expect(world.server.sessionsOf('u-ann')).toBe(0)
})
