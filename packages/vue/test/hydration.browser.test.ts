import { createAuthPlugin, useUser } from '@authchart/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { commands } from 'vitest/browser'
import {
  createSSRApp,
  defineComponent,
  effectScope,
  h,
  nextTick,
  onMounted,
  ref,
  resolveDirective,
  withDirectives,
  type App,
} from 'vue'
import { latch } from './latch.ts'
import { ann, createServer, signIn, type User } from './server.ts'
import { authFor, createPage, type Session, type View } from './ssr/pages.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** HTML from a server on Node. */
    renderVuePage: (view: View, session: Session) => Promise<string>
  }
}

const said: unknown[] = []
let app: App | undefined

beforeEach(() => {
  said.length = 0
  for (const level of ['warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words.join(' ')))
})

afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
  vi.restoreAllMocks()
})

async function receive(view: View, session: Session): Promise<HTMLElement> {
  const root = document.createElement('div')
  root.innerHTML = await commands.renderVuePage(view, session)
  document.body.append(root)
  return root
}

const words = (root: Element | null): string[] => (root?.textContent ?? '').split(/(?<=delete)/)
const first = {
  unknown: 'nobodyrestoring restoring no adminpendingpendingcannotdelete',
  nobody: 'nobodyanonymous anonymous no adminclosedclosedcannotdelete',
  ann: 'Annauthenticated authenticated no adminopenpendingcannotdelete',
}
const signedIn = 'Annauthenticated authenticated adminopenopencandelete'

test.each<[string, Session, string, string]>([
  ['nothing is known', undefined, first.unknown, first.nobody],
  ['no user is signed in', null, first.nobody, first.nobody],
  ['Ann is signed in', { user: ann }, first.ann, first.nobody],
])('a page on which %s hydrates without a mismatch, then follows', async (_, session, expected, settled) => {
  const root = await receive('everything', session)
  expect(words(root)).toEqual([expected, expected])
  const auth = authFor(session)
  app = createPage('everything', auth)

  app.mount(root)
  expect(said).toEqual([])
  await expect.poll(() => words(root)).toEqual([settled, settled])

  expect(said).toEqual([])
})

test.each<[string, Session]>([
  ['a user has signed in meanwhile', null],
  ['the user has been confirmed meanwhile', { user: ann }],
])('a page hydrates as the server rendered it when %s, and is up to date in the same flush', async (_, session) => {
  const root = await receive('everything', session)
  const server = createServer()
  const auth = authFor(session, server)
  await signIn(auth, server)
  const painted = root.querySelector('p')
  app = createPage('everything', auth)

  app.mount(root)
  await nextTick()

  expect(words(root)).toEqual([signedIn, signedIn])
  expect(root.querySelector('p')).toBe(painted)
  expect(root.querySelector('button')?.getAttribute('style')).toBe('display: inline-flex;')
  expect(root.querySelector('button')?.inert).toBe(false)
  expect(root.querySelector('button')?.hidden).toBe(false)
  expect(said).toEqual([])
})

test('a control is hidden in the page of a server whose policy forbids styles in the page [K10]', async () => {
  const frame = document.createElement('iframe')
  const html = await commands.renderVuePage('everything', { user: ann })
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="style-src 'self'">${html}`
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
  document.body.append(frame)
  await loaded
  const button = frame.contentDocument?.querySelector('button') as HTMLButtonElement

  expect(getComputedStyle(button).display).toBe('none')
  expect(button.inert).toBe(true)
})

test.each([
  ['is hidden by the app, too', { hidden: '' }, true],
  ['is hidden by the app, too', { hidden: true }, true],
  ['is not hidden by the app', { hidden: false }, false],
  ['is not hidden by the app', {}, false],
])('a control that %s (%o) is so after it has opened [K10]', async (_, props, hidden) => {
  const root = document.createElement('div')
  root.innerHTML = '<button style="display:none !important;" hidden inert>delete</button>'
  document.body.append(root)
  const server = createServer()
  const auth = authFor(null, server)
  await signIn(auth, server)
  app = createSSRApp(() =>
    withDirectives(h('button', props as object, 'delete'), [[resolveDirective('can'), 'isAdmin']]),
  ).use(createAuthPlugin(auth))

  app.mount(root)
  await nextTick()

  const button = root.querySelector('button')
  expect([button?.hidden, button?.inert, button?.style.display]).toEqual([hidden, false, ''])
  expect(said).toEqual([])
})

test.each<[string, Session, string, string]>([
  ['signed in', null, first.nobody, signedIn],
  ['signed out', { user: ann }, first.ann, 'nobodysignedOut signedOut no adminclosedclosedcannotdelete'],
])('a component that hydrates after the user %s does so without a mismatch', async (how, session, before, after) => {
  const root = await receive('late', session)
  const server = createServer()
  const auth = authFor(session, server)
  const hydrate = latch()
  app = createPage('late', auth, { late: hydrate.opened })
  app.mount(root)
  await signIn(auth, server)
  if (how === 'signed out') {
    const signedOut = auth.signOut()
    const request = await server.next('signOut')
    request.answer(undefined)
    await signedOut
  }
  await nextTick()
  expect(words(root)).toEqual([after, before])
  const listeners = auth.listeners()
  const late = root.querySelectorAll('section')[1]

  hydrate.open()
  await expect.poll(() => words(root)).toEqual([after, after])

  expect(root.querySelectorAll('section')[1]).toBe(late)
  expect(auth.listeners()).toBeGreaterThan(listeners)
  expect(said).toEqual([])
})

test('an asynchronous setup under Suspense hydrates without a mismatch after the auth has moved on', async () => {
  const root = await receive('suspense', null)
  const server = createServer()
  const auth = authFor(null, server)
  const taken = latch()
  app = createPage('suspense', auth, { take: () => taken.opened })
  app.mount(root)
  await signIn(auth, server)
  await nextTick()
  expect(words(root)).toEqual([signedIn, `nobody anonymous${first.nobody}`])

  taken.open()
  await expect.poll(() => words(root)).toEqual([signedIn, `Ann authenticated${signedIn}`])

  expect(said).toEqual([])
})

test('what is mounted afresh on a page that hydrated shows what is true now, at once', async () => {
  const server = createServer()
  const auth = authFor(null, server)
  const seen: string[] = []
  const isShown = ref(false)
  const Name = defineComponent(() => {
    const user = useUser()
    const read = () => String((user.value as User | null)?.name)
    seen.push(`setup: ${read()}`)
    onMounted(() => seen.push(`mounted: ${read()}`))
    return () => (seen.push(read()), h('p', read()))
  })
  const root = document.createElement('div')
  root.innerHTML = '<main><!----></main>'
  document.body.append(root)
  app = createSSRApp(() => h('main', [isShown.value ? h(Name) : null])).use(createAuthPlugin(auth))
  app.mount(root)
  await signIn(auth, server)

  isShown.value = true
  await nextTick()

  expect(seen).toEqual(['setup: Ann', 'Ann', 'mounted: Ann'])
  expect(said).toEqual([])
})

test('what a scope reads that ends before its component has hydrated leaves no listener', async () => {
  const auth = authFor(null)
  const root = document.createElement('div')
  root.innerHTML = '<p>nobody</p>'
  document.body.append(root)
  app = createSSRApp({
    setup() {
      const scope = effectScope()
      const user = scope.run(() => useUser())
      scope.stop()
      return () => h('p', user?.value ? 'somebody' : 'nobody')
    },
  }).use(createAuthPlugin(auth))

  app.mount(root)
  await nextTick()

  expect(auth.listeners()).toBe(0)
  expect(said).toEqual([])
})

test('a component that is gone before it could hydrate leaves no listener', async () => {
  const root = await receive('suspense', null)
  const auth = authFor(null)
  const taken = latch()
  const page = createPage('suspense', auth, { take: () => taken.opened })
  page.mount(root)

  page.unmount()
  taken.open()
  await nextTick()

  expect(auth.listeners()).toBe(0)
  expect(said).toEqual([])
})
