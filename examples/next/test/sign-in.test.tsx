// @vitest-environment happy-dom
import { createTestAuth } from '@authchart/core/testing'
import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import SignInPage from '../app/sign-in/page'
import { ann, openPage } from './support'

const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label)
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const alert = () => screen.getByRole('alert').textContent
const type = (label: string, value: string) => fireEvent.change(field(label), { target: { value } })

function submitPassword(password: string) {
  type('E-mail', 'ann@example.com')
  type('Password', password)
  fireEvent.click(button('Sign in'))
}

// a page is loaded anew after a sign-in
const load = vi.fn<Location['replace']>()
beforeEach(() => {
  vi.spyOn(location, 'replace').mockImplementation(load)
})
afterEach(() => {
  vi.restoreAllMocks()
  load.mockClear()
})

test('a wrong password is said in the form, which keeps the e-mail and drops the password', async () => {
  const auth = createTestAuth({ status: 'anonymous', user: ann })
  await auth.world.fail('signIn', 'invalid-credentials')
  openPage(auth, <SignInPage />, '/sign-in')
  submitPassword('wrong horse')

  await expect.poll(alert).toBe('The e-mail or password is wrong. Try again.')
  await expect.poll(() => field('Password').value).toBe('')
  expect(field('E-mail').value).toBe('ann@example.com')
  expect(load).not.toHaveBeenCalled()
})

test('a sign-in leads back to the page that the user came from, with its query and hash', async () => {
  const auth = createTestAuth({ status: 'anonymous', user: ann })
  openPage(auth, <SignInPage />, '/sign-in?returnTo=/account?tab=2#notes')
  submitPassword('correct horse')

  await expect.poll(() => load.mock.calls).toEqual([['/account?tab=2#notes']])
})

test('the form cannot be sent twice while the server has not answered', async () => {
  const auth = createTestAuth({ status: 'anonymous', user: ann })
  auth.world.hold('signIn')
  openPage(auth, <SignInPage />, '/sign-in')
  submitPassword('correct horse')
  await expect.poll(() => button('Sign in').disabled).toBe(true)

  await act(() => auth.world.fail('signIn', 'unavailable'))
  await expect.poll(() => button('Sign in').disabled).toBe(false)
  expect(alert()).toBe('The server cannot answer right now. Try again later.')
})

test('a user with a second factor is asked for a code, and may correct a wrong one', async () => {
  const auth = createTestAuth({ status: 'anonymous', user: ann })
  await auth.world.challenge()
  openPage(auth, <SignInPage />, '/sign-in?returnTo=/account')
  submitPassword('correct horse')
  await expect.poll(() => screen.queryByLabelText('Code')).toBeTruthy()

  await act(() => auth.world.fail('answerChallenge', 'invalid-code'))
  type('Code', '000000')
  fireEvent.click(button('Go on'))
  await expect.poll(alert).toBe('The code is wrong. Try again.')
  await expect.poll(() => button('Go on').disabled).toBe(false)
  expect(load).not.toHaveBeenCalled()

  type('Code', '123456')
  fireEvent.click(button('Go on'))
  await expect.poll(() => load.mock.calls).toEqual([['/account']])
})

test('a user whose session ended can sign in again, and goes back to where it ended', async () => {
  openPage(createTestAuth({ status: 'expired', user: ann }), <SignInPage />, '/sign-in?returnTo=/account')
  submitPassword('correct horse')

  await expect.poll(() => load.mock.calls).toEqual([['/account']])
})
