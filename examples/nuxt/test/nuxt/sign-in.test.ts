// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { ann, openApp } from './support'

const visitor = { status: 'anonymous', user: ann } as const

const submitButton = (app: VueWrapper) => app.get<HTMLButtonElement>('button:not([type])').element

async function submit(app: VueWrapper, values: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(values)) await app.get(`[name=${name}]`).setValue(value)
  await app.get('form').trigger('submit')
}
const password = (value: string) => ({ email: 'ann@example.com', password: value })

test('a wrong password is said in the form, which keeps the e-mail', async () => {
  const { app, auth, address } = await openApp(visitor, '/sign-in?returnTo=/account')
  await auth.world.fail('signIn', 'invalid-credentials')
  await submit(app, password('wrong horse'))

  await expect.poll(() => app.get('[role=alert]').text()).toBe('The e-mail or password is wrong. Try again.')
  expect(app.get<HTMLInputElement>('[name=email]').element.value).toBe('ann@example.com')
  expect(address()).toBe('/sign-in?returnTo=/account')
})

test('a sign-in leads back to the page that the user came from, with its query and hash', async () => {
  const { app, address } = await openApp(visitor, '/account?tab=2#notes')
  await expect.poll(address).toBe('/sign-in?returnTo=/account?tab=2%23notes')
  await submit(app, password('correct horse'))

  await expect.poll(() => app.text()).toContain('Hello Ann')
  expect(address()).toBe('/account?tab=2#notes')
})

test('a sign-in without a way back leads to the home page', async () => {
  const { app, address } = await openApp(visitor, '/sign-in')
  await submit(app, password('correct horse'))

  await expect.poll(() => app.text()).toContain('Signed in as ann@example.com')
  expect(address()).toBe('/')
})

test('the form cannot be sent twice while the server has not answered', async () => {
  const { app, auth } = await openApp(visitor, '/sign-in')
  auth.world.hold('signIn')
  await submit(app, password('correct horse'))
  expect(submitButton(app).disabled).toBe(true)

  await auth.world.fail('signIn', 'unavailable')
  expect(app.get('[role=alert]').text()).toBe('The server cannot answer right now. Try again later.')
  expect(submitButton(app).disabled).toBe(false)
})

test('a user with a second factor is asked for a code, and may correct a wrong one', async () => {
  const { app, auth, address } = await openApp(visitor, '/sign-in?returnTo=/account')
  await auth.world.challenge()
  await submit(app, password('correct horse'))
  await expect.poll(() => app.text()).toContain('Code')

  await auth.world.fail('answerChallenge', 'invalid-code')
  await submit(app, { code: '000000' })
  await expect.poll(() => app.get('[role=alert]').text()).toBe('The code is wrong. Try again.')
  expect(address()).toBe('/sign-in?returnTo=/account')

  await submit(app, { code: '123456' })
  await expect.poll(() => app.text()).toContain('Hello Ann')
})

test('a user whose session ended can sign in again, and goes on where it ended', async () => {
  const { app, address } = await openApp({ status: 'expired', user: ann }, '/account?tab=2#notes')
  await expect.poll(() => app.text()).toContain('Your session has ended.')
  await submit(app, password('correct horse'))

  await expect.poll(() => app.text()).toContain('Hello Ann')
  expect(address()).toBe('/account?tab=2#notes')
})
