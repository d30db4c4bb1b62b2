// @vitest-environment happy-dom
import { createTestAuth } from '@authchart/core/testing'
import { act, fireEvent, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import SignInPage from '../app/sign-in/page'
import { ann, openPage } from './support'

const page = () => screen.getByRole('main').textContent

test('a user whose session ended is told so', () => {
  openPage(createTestAuth({ status: 'expired', user: ann }), <SignInPage />, '/sign-in')
  expect(page()).toBe('Sign inYour session has ended. Sign in again.E-mail Password Sign in')
})

test('a user who signed out sees the form alone', () => {
  openPage(createTestAuth({ status: 'signedOut', user: ann }), <SignInPage />, '/sign-in')
  expect(page()).toBe('Sign inE-mail Password Sign in')
})

test('a code that comes too late leads back to the password, and the page says why', async () => {
  const auth = createTestAuth({ status: 'challenged', user: ann })
  openPage(auth, <SignInPage />, '/sign-in')
  expect(page()).toBe('Sign inCode Go onCancel')

  await act(() => auth.world.advance(5 * 60_000))
  expect(page()).toBe('Sign inE-mail Password Sign inThe sign-in took too long. Sign in again.')
})

test('a user who has no code at hand can go back to the password', () => {
  openPage(createTestAuth({ status: 'challenged', user: ann }), <SignInPage />, '/sign-in')
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(page()).toBe('Sign inE-mail Password Sign in')
})
