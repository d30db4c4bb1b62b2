// @vitest-environment happy-dom
import type { BkendUser } from '@authchart/core/bkend'
import { expect, test } from 'vitest'
import { ann, backend, openApp } from './support'

const bob: BkendUser = { ...ann, id: 'u-bob', email: 'bob@example.com', name: 'Bob' }

const answerNotes = (text: string) => backend.mockResolvedValueOnce(Response.json({ items: [{ id: 'n-1', text }] }))

/** Ann reads her notes. */
async function openAccount() {
  answerNotes('Buy milk')
  const opened = await openApp({ user: ann }, '/account?tab=2#notes')
  await expect.poll(() => opened.app.text()).toBe('Your accountHello AnnBuy milkSign out')
  return opened
}

test('a signed-in user sees their name and their notes', async () => {
  const { address } = await openAccount()

  expect(backend.mock.calls.map(([url]) => url)).toEqual(['http://127.0.0.1:8787/v1/data/notes'])
  expect(address()).toBe('/account?tab=2#notes')
})

test('notes that cannot be loaded are said to be missing, and the page stays', async () => {
  backend.mockResolvedValueOnce(new Response(null, { status: 503 }))
  const { app } = await openApp({ user: ann }, '/account')

  await expect.poll(() => app.text()).toBe('Your accountHello AnnYour notes cannot be shown now.Sign out')
})

test('until it is known who is signed in, the page is not open and leads nowhere', async () => {
  const { app, auth, address } = await openApp({ status: 'restoring', user: ann }, '/account?tab=2#notes')
  expect(app.text()).toBe('')
  expect(address()).toBe('/account?tab=2#notes')

  await auth.world.answer()
  await expect.poll(() => app.text()).toContain('Hello Ann')
})

test('the page stays open while the session is renewed', async () => {
  const { app, address } = await openApp({ status: 'refreshing', user: ann }, '/account')

  await expect.poll(() => app.text()).toContain('Hello Ann')
  expect(address()).toBe('/account')
})

test('a session that ends closes the page and leads to the sign-in page, with the way back', async () => {
  const { app, auth, address } = await openAccount()
  await auth.world.endSession()
  expect(app.text()).not.toMatch(/Ann|Buy milk/)

  await expect.poll(() => app.text()).toContain('Your session has ended. Sign in again.')
  expect(address()).toBe('/sign-in?returnTo=/account?tab=2%23notes')
})

test('a page that is opened when the session has ended leads to the sign-in page', async () => {
  const { address } = await openApp({ status: 'expired', user: ann }, '/account?tab=2#notes')

  await expect.poll(address).toBe('/sign-in?returnTo=/account?tab=2%23notes')
  expect(backend).not.toHaveBeenCalled()
})

test('a sign-out closes the page and leads to the sign-in page, without a way back for the next user', async () => {
  const { app, address } = await openAccount()
  await app.get('button').trigger('click')
  expect(app.text()).not.toMatch(/Ann|Buy milk/)

  await expect.poll(address).toBe('/sign-in')
})

test('a sign-out in another tab closes the page', async () => {
  const { app, auth, address } = await openAccount()
  await auth.world.signOutElsewhere()
  expect(app.text()).not.toMatch(/Ann|Buy milk/)

  await expect.poll(address).toBe('/sign-in')
})

test('another user who signs in in another tab sees their own notes', async () => {
  const { app, auth } = await openAccount()
  answerNotes('Call mother')
  await auth.world.signInElsewhere(bob)

  await expect.poll(() => app.text()).toBe('Your accountHello BobCall motherSign out')
})

test('the home page names a user who is signed in, and is open to a visitor', async () => {
  const { app, auth } = await openApp({ user: ann }, '/')
  expect(app.text()).toBe('HomeSigned in as ann@example.comYour account')

  await auth.world.signOutElsewhere()
  expect(app.text()).toBe('HomeYour account')
})
