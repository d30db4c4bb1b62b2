import { AuthProvider, Protected, useRequiredUser, useUser } from '@authchart/react'
import { Activity, type ReactNode } from 'react'
import { expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { ann, createServer, createTestAuth, renew, signIn, type TestAuth, type User } from '../server.ts'

const Secret = () => `secret of ${(useRequiredUser() as User).name}`
const Name = () => `name of ${(useUser() as User | null)?.name ?? 'nobody'}`

const parts: Record<string, ReactNode> = {
  '<Protected>': (
    <Protected fallback="closed">
      <Secret />
    </Protected>
  ),
  useUser: <Name />,
}

/** A page that React hides, and everything of it that was ever in the document. */
async function open(auth: TestAuth, part: ReactNode, first: 'visible' | 'hidden') {
  const page = (mode: 'visible' | 'hidden') => (
    <AuthProvider auth={auth}>
      <Activity mode={mode}>
        <p data-testid="page">{part}</p>
      </Activity>
    </AuthProvider>
  )
  const screen = await render(page(first))
  const element = screen.getByTestId('page')
  const shown: string[] = []
  const look = (): void => {
    const { display } = getComputedStyle(element.element())
    if (display !== 'none') shown.push(element.element().textContent)
  }
  return {
    text: () => element.element().textContent,
    hide: () => screen.rerender(page('hidden')),
    unmount: () => screen.unmount(),
    /** Everything that was on the screen from the moment on at which the page came back. */
    async show() {
      const observer = new MutationObserver(look)
      observer.observe(screen.container, { attributes: true, childList: true, characterData: true, subtree: true })
      await screen.rerender(page('visible'))
      look()
      observer.disconnect()
      return [...new Set(shown)]
    },
  }
}

const expected = { '<Protected>': ['secret of Ann', 'closed'], useUser: ['name of Ann', 'name of nobody'] }

test.each(Object.entries(parts))('%s closes in a page that was hidden when the user signed out', async (name, part) => {
  const [before, after] = expected[name as keyof typeof expected]
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const page = await open(auth, part, 'visible')
  await expect.poll(page.text).toBe(before)
  await page.hide()

  void auth.signOut()

  await expect.poll(page.text, { timeout: 60_000 }).toBe(after)
  expect(await page.show()).toEqual([after])
})

test.each(Object.entries(parts))(
  '%s closes in a page that was never shown before the user signed out',
  async (name, part) => {
    const [before, after] = expected[name as keyof typeof expected]
    const server = createServer()
    const auth = createTestAuth(server)
    await signIn(auth, server)
    const page = await open(auth, part, 'hidden')
    await expect.poll(page.text, { timeout: 60_000 }).toBe(before)

    void auth.signOut()

    await expect.poll(page.text, { timeout: 60_000 }).toBe(after)
    expect(await page.show()).toEqual([after])
  },
)

test('a hidden page hears of a new role, and of nothing once it is gone', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  await signIn(auth, server)
  const watchers = countWatchers(auth)
  const page = await open(auth, <Role />, 'visible')
  expect(watchers()).toBe(0)
  await page.hide()
  expect(watchers()).toBe(1)

  await renew(auth, server, { ...ann, role: 'reader' })
  await expect.poll(page.text, { timeout: 60_000 }).toBe('reader')

  await page.unmount()
  expect(watchers()).toBe(0)
})

const Role = () => (useUser() as User | null)?.role

/** How many look at the actor itself. */
function countWatchers({ actor }: TestAuth): () => number {
  const open = new Set<object>()
  const subscribe = actor.subscribe.bind(actor) as (observer: object) => { unsubscribe: () => void }
  Object.assign(actor, {
    subscribe(observer: object) {
      const subscription = subscribe(observer)
      open.add(subscription)
      return {
        unsubscribe() {
          open.delete(subscription)
          subscription.unsubscribe()
        },
      }
    },
  })
  return () => open.size
}
