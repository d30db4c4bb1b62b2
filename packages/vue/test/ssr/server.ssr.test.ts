import { createAuthPlugin, Protected } from '@authchart/vue'
import { fakeClock, fakeNetwork } from '@authchart/core/testing'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, inject, test, vi } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToNodeStream, renderToString, renderToWebStream } from 'vue/server-renderer'
import { ann, createServer, createTestAuth, signIn, type User } from '../server.ts'
import { authFor, createPage, type Session } from './pages.ts'

const shownOf = (html: string): string =>
  html
    .replace(/<!--.*?-->/g, '')
    .replace(/<[^>]+>/g, '|')
    .replace(/\|+/g, '|')

test.each<[string, Session, string]>([
  ['nothing is known in time', undefined, '|nobody|restoring restoring no admin|pending|pending|cannot|delete|'],
  ['no user is signed in', null, '|nobody|anonymous anonymous no admin|closed|closed|cannot|delete|'],
  ['Ann is signed in', { user: ann }, '|Ann|authenticated authenticated no admin|open|pending|cannot|delete|'],
])('what a server renders when %s', async (_, session, expected) => {
  const auth = authFor(session)

  const html = await renderToString(createPage('everything', auth))

  expect(shownOf(html)).toBe(`${expected}${expected.slice(1)}`)
  expect(html).toContain('<button style="display:none !important;" hidden inert>delete</button>')
})

test('v-can in a compiled template is closed on a server, whatever the element looks like [K10]', async () => {
  const template = `<button v-can="'isAdmin'" class="a" style="display: flex" :style="{ color: 'red' }">delete</button>`
  const app = createSSRApp({ template }).use(createAuthPlugin(authFor({ user: ann })))

  const html = await renderToString(app)

  expect(html).toBe('<button class="a" style="display:none !important;color:red;" hidden inert>delete</button>')
})

test('a protected view without content is rendered, too', async () => {
  const app = createSSRApp(() => h('main', [h(Protected)])).use(createAuthPlugin(authFor({ user: ann })))

  expect(await renderToString(app)).toBe('<main><!--[--><!--]--></main>')
})

test('a protected view whose guard is undefined is pending on a server, and one without a guard is open [K7b]', async () => {
  const given: object[] = [{ guard: undefined }, {}]
  const views = given.map((props) => h(Protected, props, { default: () => 'open', pending: () => 'pending' }))
  const app = createSSRApp(() => h('main', views)).use(createAuthPlugin(authFor({ user: ann })))

  expect(shownOf(await renderToString(app))).toBe('|pendingopen|')
})

test('a render starts nothing: no request, no storage read, no listener, no timer', async () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout')
  const server = createServer()
  const clock = fakeClock()
  const network = fakeNetwork()
  let reads = 0
  const storage = { scope: 'shared' as const, read: async () => ((reads += 1), null), compareAndSet: async () => true }
  for (const view of ['everything', 'suspense', 'late'] as const) {
    const auth = createTestAuth(server, { clock, network, storage, initialSession: { user: ann } })
    await renderToString(createPage(view, auth))
    expect(auth.subscriptions()).toBe(0)
    expect(auth.actor.getSnapshot().value).toMatchObject({ session: 'restoring' })
  }

  expect(reads).toBe(0)
  expect(server.calls).toEqual([])
  expect(clock.pending).toBe(0)
  expect(network.listeners).toBe(0)
  expect(setTimer).not.toHaveBeenCalled()
})

test('an auth that works on the server renders its first state all the same, as hydration will', async () => {
  const server = createServer()
  const auth = authFor(null, server)
  const before = await renderToString(createPage('everything', auth))
  await signIn(auth, server)

  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  expect(await renderToString(createPage('everything', auth))).toBe(before)
})

const random = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296
  return seed / 4_294_967_296
}

const ways = {
  string: (app: ReturnType<typeof createPage>) => renderToString(app),
  node: (app: ReturnType<typeof createPage>) => text(renderToNodeStream(app)),
  web: (app: ReturnType<typeof createPage>) => text(Readable.fromWeb(renderToWebStream(app) as never)),
}

const count = inject('suite') === 'whole' ? 2000 : 200
test(`${count / 10} users in ${count} interleaved renders never see another, and no HTML has a token`, async () => {
  const next = random(20_261_124)
  const take = async () => {
    for (let turns = Math.floor(next() * 8); turns >= 0; turns -= 1) await new Promise(setImmediate)
  }
  let running = 0
  let most = 0

  const renders = Array.from({ length: count }, async (_, index) => {
    const user: User = { id: String(index % (count / 10)), name: `user-${index % (count / 10)}-`, role: 'admin' }
    const server = createServer('canary')
    const auth = authFor({ user }, server)
    // every other server has a session of its own, with tokens, for the user it renders
    if (index % 2 === 0) await signIn(auth, server, user)
    await take()
    most = Math.max(most, (running += 1))
    const html = await Object.values(ways)[index % 3]?.(createPage('suspense', auth, { take }))
    running -= 1
    return { own: user.name, names: new Set(html?.match(/user-\d+-/g)), html }
  })
  const pages = await Promise.all(renders)

  expect(pages.length).toBe(count)
  expect(most).toBeGreaterThan(count / 10)
  for (const { own, names, html } of pages) {
    expect([...names]).toEqual([own])
    expect(html).not.toContain('canary')
  }
})
