// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { ann, openApp } from './support'

test('a user whose session ended is told so', async () => {
  const { app } = await openApp({ status: 'expired', user: ann }, '/sign-in')
  expect(app.text()).toBe('Sign inYour session has ended. Sign in again.E-mail Password Sign in')
})

test('a user who signed out sees the form alone', async () => {
  const { app } = await openApp({ status: 'signedOut', user: ann }, '/sign-in')
  expect(app.text()).toBe('Sign inE-mail Password Sign in')
})

test('a code that comes too late leads back to the password, and the page says why', async () => {
  const { app, auth } = await openApp({ status: 'challenged', user: ann }, '/sign-in')
  expect(app.text()).toBe('Sign inCode Go onCancel')

  await auth.world.advance(5 * 60_000)
  expect(app.text()).toBe('Sign inE-mail Password Sign inThe sign-in took too long. Sign in again.')
})

test('a user who has no code at hand can go back to the password', async () => {
  const { app } = await openApp({ status: 'challenged', user: ann }, '/sign-in')
  await app.get('button[type=button]').trigger('click')
  expect(app.text()).toBe('Sign inE-mail Password Sign in')
})
