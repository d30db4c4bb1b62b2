import { AuthError } from '@authchart/core'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import type { Component } from 'vue'
import guide from '../../../docs/vue.md?raw'
import { ann, createServer, createTestAuth, credentials, signIn } from './server.ts'
import { show } from './shown.ts'

const sources = import.meta.glob<string>('./docs/*.vue', { query: '?raw', import: 'default', eager: true })
const [SignIn] = Object.values(import.meta.glob<Component>('./docs/SignIn.vue', { import: 'default', eager: true }))

test('the sign-in form of the guide is the one tried here', () => {
  expect(guide).toContain(`<!-- SignIn.vue -->\n${sources['./docs/SignIn.vue']}`)
})

async function fillIn() {
  await page.getByLabelText('E-mail').fill(credentials.email)
  await page.getByLabelText('Password').fill(credentials.password)
}

test('two submits in one go send once, also with a key between them, and an error is shown in its place', async () => {
  const server = createServer()
  const { container } = await show(createTestAuth(server), SignIn as Component)
  await fillIn()
  const form = container.querySelector('form') as HTMLFormElement

  form.requestSubmit()
  form.querySelector<HTMLInputElement>('[type=password]')!.value += 'x'
  form.requestSubmit()
  const request = await server.next('signIn')
  await expect.element(page.getByRole('button', { name: 'Signing in …' })).toBeDisabled()
  expect(server.calls).toEqual(['signIn'])

  request.refuse(new AuthError('invalid-credentials'))
  await expect.element(page.getByRole('alert')).toHaveTextContent('The e-mail or password is wrong. Try again.')
  await expect.element(page.getByRole('button', { name: 'Sign in' })).toBeEnabled()
})

test('a second factor is asked for, a wrong code is said, and the right one signs in', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await show(auth, SignIn as Component)
  await fillIn()
  await page.getByRole('button', { name: 'Sign in' }).click()
  const first = await server.next('signIn')
  first.answer({ challenge: { kind: 'totp', handle: 'h' } })

  await page.getByLabelText('Code').fill('000000')
  await page.getByRole('button', { name: 'Go on' }).click()
  const second = await server.next('answerChallenge')
  second.refuse(new AuthError('invalid-code'))
  await expect.element(page.getByRole('alert')).toHaveTextContent('The code is wrong. Try again.')
  await page.getByRole('button', { name: 'Go on' }).click()
  const third = await server.next('answerChallenge')
  third.answer(server.grant(ann))

  await expect.poll(() => auth.getState().status).toBe('authenticated')
  expect(document.body.innerHTML).not.toContain(credentials.password)
})

test.each([
  ['session-expired', 'Your session has ended. Sign in again as Ann.'],
  ['account-banned', 'This account is blocked.'],
] as const)('after %s the form says why the session is over, and whose it was [W8]', async (code, words) => {
  const server = createServer()
  const auth = createTestAuth(server)
  await show(auth, SignIn as Component)
  await expect.element(page.getByLabelText('E-mail')).toBeInTheDocument()
  expect(document.querySelector('[role=status]')).toBeNull()

  await signIn(auth, server)
  void auth.refresh().catch(() => {})
  const request = await server.next('refresh')
  request.refuse(new AuthError(code))
  await expect.element(page.getByRole('status')).toHaveTextContent(words)
})
