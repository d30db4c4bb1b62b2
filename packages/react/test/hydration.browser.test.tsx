import { memoryStorage } from '@authchart/core/storage'
import { StrictMode, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { hydrateRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import { ann, createServer, createTestAuth, signIn } from './server.ts'
import { shown } from './shown.ts'
import { AccountPage, createGate, createPageAuth, Page, sessions, type Session } from './ssr/page.tsx'

const pages = inject('pages') ?? (await import('./ssr/render.ts')).renderPages()
const complaints: unknown[] = []
let unmount = (): void => {}

beforeEach(() => {
  complaints.length = 0
  vi.spyOn(console, 'error').mockImplementation((...words) => complaints.push(words))
})
afterEach(() => {
  unmount()
  vi.restoreAllMocks()
})

/** Puts the page of the server on the screen and lets React take it over. */
function hydrate(html: string, page: ReactNode) {
  const container = document.createElement('div')
  container.innerHTML = html
  document.body.append(container)
  const recovered: unknown[] = []
  const sent = (id: string) => container.querySelector(`#${id}`)?.textContent
  const first = { first: sent('first'), late: sent('late') }
  const root = hydrateRoot(container, page, { onRecoverableError: (error) => recovered.push(error) })
  unmount = () => {
    root.unmount()
    container.remove()
  }
  return { container, first, recovered, sent, element: (id: string) => container.querySelector(`#${id}`) }
}

const words: Record<Session, string> = {
  unknown: 'restoring nobody no admin, pending, guard pending, can not',
  nobody: 'anonymous nobody no admin, closed, guard closed, can not',
  ann: 'authenticated Ann no admin, open, guard pending, can not',
}
const signedIn = 'authenticated Ann admin, open, guard open, can'

/** How many listen when one part of the page is alive. */
const onePart = 6

test.each(Object.keys(sessions) as Session[])(
  'the page of a server that knew "%s" is taken over as it is',
  async (session) => {
    const auth = createPageAuth(session)
    const screen = hydrate(
      pages[session].page,
      <StrictMode>
        <Page auth={auth} />
      </StrictMode>,
    )
    const element = screen.element('first')
    await expect.poll(auth.listeners).toBe(2 * onePart)

    expect(screen.first).toEqual({ first: words[session], late: words[session] })
    expect(screen.element('first')).toBe(element)
    expect(complaints).toEqual([])
    expect(screen.recovered).toEqual([])
  },
)

test('a part that hydrates after the sign-in takes over what the server sent, then shows who signed in', async () => {
  const server = createServer()
  const auth = createTestAuth(server, sessions.nobody)
  const gate = createGate()
  const screen = hydrate(pages.nobody.page, <Page auth={auth} late={gate} />)
  const late = screen.element('late')
  await expect.poll(auth.listeners).toBe(onePart)
  await signIn(auth, server)
  shown(screen)
  expect([screen.sent('first'), screen.sent('late')]).toEqual([signedIn, words.nobody])

  gate.open()
  await expect.poll(() => screen.sent('late')).toBe(signedIn)

  expect(screen.element('late')).toBe(late)
  expect(complaints).toEqual([])
  expect(screen.recovered).toEqual([])
})

test('a part that hydrates after the session ended takes over what the server sent, then closes', async () => {
  const server = createServer()
  const auth = createTestAuth(server, sessions.ann)
  const gate = createGate()
  const screen = hydrate(pages.ann.page, <Page auth={auth} late={gate} />)
  const late = screen.element('late')
  shown(screen)
  // nothing is stored here: the server of the page was wrong
  await expect.poll(() => screen.sent('first')).toBe(words.nobody)
  expect(screen.sent('late')).toBe(words.ann)

  gate.open()
  await expect.poll(() => screen.sent('late')).toBe(words.nobody)

  expect(screen.element('late')).toBe(late)
  expect(complaints).toEqual([])
  expect(screen.recovered).toEqual([])
})

test('a part that hydrates after the server confirmed who it is takes over closed guards, then opens them', async () => {
  const server = createServer()
  const storage = memoryStorage()
  await signIn(createTestAuth(server, { storage }), server)
  const auth = createTestAuth(server, { ...sessions.ann, storage })
  const gate = createGate()
  const screen = hydrate(pages.ann.page, <Page auth={auth} late={gate} />)
  const late = screen.element('late')
  const request = await server.next('getUser')
  request.answer(ann)
  await expect.poll(() => screen.sent('first')).toBe(signedIn)
  expect(screen.sent('late')).toBe(words.ann)

  gate.open()
  await expect.poll(() => screen.sent('late')).toBe(signedIn)

  expect(screen.element('late')).toBe(late)
  expect(complaints).toEqual([])
  expect(screen.recovered).toEqual([])
})

test('each part of a page that hydrates is rendered once', async () => {
  const auth = createPageAuth('nobody')
  let renders = 0
  hydrate(pages.nobody.page, <Page auth={auth} onRender={() => (renders += 1)} />)
  await expect.poll(auth.listeners).toBe(2 * onePart)
  flushSync(() => {})

  expect(renders).toBe(2)
})

test('a part that needs a user and was not rendered in time goes on in the browser', async () => {
  const server = createServer()
  const auth = createTestAuth(server)
  expect(pages.unknown.account).toContain('<i>looking</i>')
  const screen = hydrate(
    pages.unknown.account,
    <StrictMode>
      <AccountPage auth={auth} />
    </StrictMode>,
  )
  await signIn(auth, server, ann)
  await expect.poll(() => screen.sent('account')).toBe('account of Ann')

  expect(complaints).toEqual([])
  // React tells of every boundary that its server left to the browser, and of nothing else
  expect(screen.recovered).toHaveLength(1)
  expect(String(screen.recovered[0])).toMatch(/It is not known here|could not finish this Suspense boundary/)
})

test('a part that needs a user and was rendered with them is taken over as it is', async () => {
  const auth = createPageAuth('ann')
  const screen = hydrate(pages.ann.account, <AccountPage auth={auth} />)
  const account = screen.element('account')
  await expect.poll(auth.listeners).toBe(2)

  expect(account?.textContent).toBe('account of Ann')
  expect(screen.element('account')).toBe(account)
  expect(complaints).toEqual([])
  expect(screen.recovered).toEqual([])
})
