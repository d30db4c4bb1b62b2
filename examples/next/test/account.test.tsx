// @vitest-environment happy-dom
import { createTestAuth, type TestSituation } from '@authchart/core/testing'
import type { BkendUser } from '@authchart/core/bkend'
import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import AccountPage from '../app/account/page'
import { ann, openPage } from './support'

const router = vi.hoisted(() => ({ replace: vi.fn<(address: string) => void>() }))
vi.mock('next/navigation', () => ({ useRouter: () => router }))
// React renders an async component on the server alone: server.test.tsx has this one
vi.mock('../app/account/greeting', () => ({ Greeting: () => <p>Rendered on the server</p> }))

const bob: BkendUser = { ...ann, id: 'u-bob', email: 'bob@example.com', name: 'Bob' }

/** What `/api` answers, one request after the other. */
const fetch = vi.fn<typeof globalThis.fetch>()
const answerNotes = (text: string) => fetch.mockResolvedValueOnce(Response.json({ items: [{ id: 'n-1', text }] }))

function openAccount(situation: TestSituation<BkendUser>) {
  const auth = createTestAuth<BkendUser>({ ...situation, fetch, allowedOrigins: [location.origin] })
  openPage(auth, <AccountPage />, '/account?tab=2#notes')
  return auth
}
const page = () => screen.getByRole('main').textContent

afterEach(() => {
  fetch.mockReset()
  router.replace.mockReset()
})

test('a signed-in user sees their name, their notes and what the server rendered', async () => {
  answerNotes('Buy milk')
  openAccount({ user: ann })
  await expect.poll(page).toContain('Buy milk')

  expect(page()).toBe('Your accountRendered on the serverHello AnnBuy milkSign out')
  expect(fetch.mock.calls.map(([address]) => address)).toEqual([`${location.origin}/api/v1/data/notes`])
  expect(router.replace).not.toHaveBeenCalled()
})

test('notes that cannot be loaded are said to be missing, and the page stays', async () => {
  fetch.mockResolvedValueOnce(new Response(null, { status: 503 }))
  openAccount({ user: ann })
  await expect.poll(page).toContain('Your notes cannot be shown now.')

  expect(page()).toContain('Hello Ann')
})

test('until it is known who is signed in, the page says so and leads nowhere', async () => {
  answerNotes('Buy milk')
  const auth = openAccount({ status: 'restoring', user: ann })
  expect(page()).toBe('Your accountOne moment')
  expect(router.replace).not.toHaveBeenCalled()

  await act(() => auth.world.answer())
  expect(page()).toContain('Hello Ann')
})

test('the page stays open while the session is renewed', async () => {
  answerNotes('Buy milk')
  openAccount({ status: 'refreshing', user: ann })
  await expect.poll(page).toContain('Hello Ann')

  expect(router.replace).not.toHaveBeenCalled()
})

test('a session that ends closes the page and leads to the sign-in page, with the way back', async () => {
  answerNotes('Buy milk')
  const auth = openAccount({ user: ann })
  await expect.poll(page).toContain('Buy milk')
  await act(() => auth.world.endSession())

  expect(page()).toBe('Your account')
  expect(router.replace.mock.calls).toEqual([['/sign-in?returnTo=%2Faccount%3Ftab%3D2%23notes']])
})

test('a page that is opened when the session has ended leads to the sign-in page', () => {
  openAccount({ status: 'expired', user: ann })

  expect(page()).toBe('Your account')
  expect(router.replace.mock.calls).toEqual([['/sign-in?returnTo=%2Faccount%3Ftab%3D2%23notes']])
  expect(fetch).not.toHaveBeenCalled()
})

test('a sign-out leads to the sign-in page, without a way back for the next user', async () => {
  answerNotes('Buy milk')
  openAccount({ user: ann })
  await expect.poll(page).toContain('Buy milk')
  fireEvent.click(screen.getByRole('button', { name: 'Sign out' }))

  await expect.poll(() => router.replace.mock.calls).toEqual([['/sign-in']])
  expect(page()).toBe('Your account')
})

test('a sign-out in another tab closes the page', async () => {
  answerNotes('Buy milk')
  const auth = openAccount({ user: ann })
  await expect.poll(page).toContain('Buy milk')
  await act(() => auth.world.signOutElsewhere())

  expect(page()).toBe('Your account')
  expect(router.replace.mock.calls).toEqual([['/sign-in']])
})

test('another user who signs in in another tab sees their own notes', async () => {
  answerNotes('Buy milk')
  const auth = openAccount({ user: ann })
  await expect.poll(page).toContain('Buy milk')
  answerNotes('Call mother')
  await act(() => auth.world.signInElsewhere(bob))
  await expect.poll(page).toContain('Call mother')

  expect(page()).toBe('Your accountRendered on the serverHello BobCall motherSign out')
})
