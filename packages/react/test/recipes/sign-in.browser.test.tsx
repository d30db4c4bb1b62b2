import { AuthError } from '@authchart/core'
import { fakeClock, fakeNetwork } from '@authchart/core/testing'
import { AuthProvider, Protected } from '@authchart/react'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import guide from '../../../../docs/react.md?raw'
import { ann, createServer, createTestAuth, signIn } from '../server.ts'
import { SignIn } from './sign-in.tsx'

const sources = import.meta.glob<string>('./sign-in.tsx', { query: '?raw', import: 'default', eager: true })

async function open() {
  const server = createServer()
  const clock = fakeClock()
  const auth = createTestAuth(server, { clock, network: fakeNetwork() })
  const screen = await render(
    <AuthProvider auth={auth}>
      <Protected fallback={<SignIn />}>
        <p>inside</p>
      </Protected>
    </AuthProvider>,
  )
  await screen.getByLabelText('E-mail').fill('ann@example.com')
  await screen.getByLabelText('Password').fill('canary')
  return { server, auth, clock, screen }
}

test('the form in the guide is the one that is tested here', () => {
  expect(guide).toContain(`// sign-in.tsx\n${sources['./sign-in.tsx']}`)
})

test('a double click sends one sign-in; the button says that it is under way', async () => {
  const { server, screen } = await open()
  await screen.getByRole('button').dblClick()
  const request = await server.next('signIn')
  await expect.element(screen.getByRole('button', { name: 'Signing in …' })).toBeDisabled()

  request.answer(server.grant(ann))
  await expect.element(screen.getByText('inside')).toBeInTheDocument()
  expect(server.calls).toEqual(['signIn'])
})

test.each([
  ['invalid-credentials', 'Password'],
  ['invalid-email', 'E-mail'],
] as const)('%s stands under %s; the e-mail stays, the password is gone', async (code, label) => {
  const { server, screen } = await open()
  await screen.getByRole('button').click()
  const request = await server.next('signIn')
  request.refuse(new AuthError(code))
  await expect.element(screen.getByRole('alert')).toHaveTextContent(new AuthError(code).message)

  const message = screen.getByRole('alert').element()
  expect(message.previousElementSibling).toBe(screen.getByLabelText(label).element().closest('label'))
  await expect.element(screen.getByLabelText('E-mail')).toHaveValue('ann@example.com')
  await expect.element(screen.getByLabelText('Password')).toHaveValue('')
  expect(document.documentElement.outerHTML).not.toContain('canary')
})

test('a user who gives up at the second factor is back at the form, and nothing went wrong', async () => {
  const { server, screen } = await open()
  await screen.getByRole('button').click()
  const request = await server.next('signIn')
  request.answer({ challenge: { kind: 'totp', handle: 'h' } })
  await screen.getByRole('button', { name: 'Give up' }).click()
  await expect.element(screen.getByLabelText('E-mail')).toHaveValue('ann@example.com')
  expect(screen.container.querySelector('[role=alert]')).toBeNull()
})

test('a user who takes too long for the code is back at the form, which says so', async () => {
  const { server, clock, screen } = await open()
  await screen.getByRole('button').click()
  const request = await server.next('signIn')
  request.answer({ challenge: { kind: 'totp', handle: 'h' } })
  await expect.element(screen.getByLabelText('Code')).toBeInTheDocument()
  clock.advance(300_000)
  await expect.element(screen.getByRole('alert')).toHaveTextContent(new AuthError('challenge-expired').message)
})

test('a second factor is asked for, may be wrong, and lets in', async () => {
  const { server, screen } = await open()
  await screen.getByRole('button').click()
  const first = await server.next('signIn')
  first.answer({ challenge: { kind: 'totp', handle: 'h' } })
  await screen.getByLabelText('Code').fill('000000')
  await screen.getByRole('button', { name: 'Go on' }).click()
  const second = await server.next('answerChallenge')
  second.refuse(new AuthError('invalid-code'))
  await expect.element(screen.getByRole('alert')).toHaveTextContent(new AuthError('invalid-code').message)

  await screen.getByLabelText('Code').fill('123456')
  await screen.getByRole('button', { name: 'Go on' }).click()
  const third = await server.next('answerChallenge')
  third.answer(server.grant(ann))
  await expect.element(screen.getByText('inside')).toBeInTheDocument()
})

test.each([
  ['session-expired', 'Your session has ended. Sign in again as Ann.'],
  ['account-banned', 'This account is blocked.'],
] as const)('after %s the form says why the session is over, and whose it was [W8]', async (code, words) => {
  const { server, auth, screen } = await open()
  await signIn(auth, server)
  await expect.element(screen.getByText('inside')).toBeInTheDocument()

  void auth.refresh().catch(() => {})
  const request = await server.next('refresh')
  request.refuse(new AuthError(code))
  await expect.element(screen.getByRole('status')).toHaveTextContent(words)
})

test('a form that is shown for the first time says nothing of a session [W8]', async () => {
  const { screen } = await open()
  expect(screen.container.querySelector('[role=status]')).toBeNull()
})
