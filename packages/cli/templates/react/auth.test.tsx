// @vitest-environment happy-dom
import { createTestAuth, type TestAuth } from '@authchart/core/testing'
import { AuthProvider } from '@authchart/react'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import type { ReactElement } from 'react'
import { afterEach, expect, test } from 'vitest'
import type { Credentials, User } from '__BACKEND__'
import { guards } from './guards'
import { Profile } from './profile'
import { SignInForm } from './sign-in-form'

__USER__

type Kit = TestAuth<User, Credentials, typeof guards>

const show = (auth: Kit, screen: ReactElement) => render(<AuthProvider auth={auth}>{screen}</AuthProvider>)

afterEach(cleanup)

test('a signed-in user sees their address until the sign-out in another tab', async () => {
  const auth = createTestAuth<User, Credentials, typeof guards>({ user, guards })
  show(auth, <Profile />)
  expect(screen.getByText('Signed in as ann@example.com.')).toBeTruthy()

  await act(() => auth.world.signOutElsewhere())
  expect(screen.queryByText('Signed in as ann@example.com.')).toBeNull()
})

test('a wrong password is said in the form, and typed anew', async () => {
  const auth = createTestAuth<User, Credentials, typeof guards>({ status: 'anonymous', guards })
  show(auth, <SignInForm />)
  fireEvent.change(screen.getByLabelText('E-mail'), { target: { value: 'ann@example.com' } })
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'wrong' } })
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }))

  expect(await screen.findByText('The e-mail or the password is wrong.')).toBeTruthy()
  expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('')
})
