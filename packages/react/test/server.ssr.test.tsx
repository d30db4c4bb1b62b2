import { createAuth, hasRole } from '@authchart/core'
import { fakeBrowser, fakeClock, fakeNetwork, scriptedClient } from '@authchart/core/testing'
import { AuthProvider, Can, Protected, useUser } from '@authchart/react'
import { Writable } from 'node:stream'
import { Suspense, type ReactNode } from 'react'
import { renderToPipeableStream, renderToReadableStream, renderToString } from 'react-dom/server'
import { expect, inject, test } from 'vitest'
import { signIn, createServer, createTestAuth, type User } from './server.ts'
import { AccountPage, createGate, createPageAuth, Page, sessions, type Gate, type Session } from './ssr/page.tsx'

/** The text of a page, without the marks that React leaves for itself. */
const textOf = (html: string): string => html.replaceAll(/<!--.*?-->/g, '')

function renderToPipe(page: ReactNode, onError = (_: unknown): void => {}): Promise<string> {
  return new Promise((resolve, reject) => {
    let html = ''
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        html += chunk.toString()
        done()
      },
    })
    sink.on('finish', () => resolve(html))
    const stream = renderToPipeableStream(page, {
      onAllReady: () => void stream.pipe(sink),
      onError,
      onShellError: reject,
    })
  })
}

async function renderToStream(page: ReactNode, onError = (_: unknown): void => {}): Promise<string> {
  const stream = await renderToReadableStream(page, { onError })
  return new Response(stream).text()
}

const renderers = { renderToString: async (page: ReactNode) => renderToString(page), renderToPipe, renderToStream }

const words: Record<Session, string> = {
  unknown: 'restoring nobody no admin, pending, guard pending, can not',
  nobody: 'anonymous nobody no admin, closed, guard closed, can not',
  ann: 'authenticated Ann no admin<b>, open</b>, guard pending, can not',
}

test.each(Object.entries(renderers))(
  '%s sends the first state: pending, signed out, or the user with closed guards',
  async (_, render) => {
    for (const session of Object.keys(sessions) as Session[]) {
      const html = textOf(await render(<Page auth={createPageAuth(session)} />))
      expect(html).toContain(`<p id="first">${words[session]}</p>`)
      expect(html).toContain(`<p id="late">${words[session]}</p>`)
    }
  },
)

test('rendering on a server begins nothing: no request, no look at the storage, no listener, no timer, no wire', async () => {
  for (const [name, initialSession] of [
    ['unknown', {}],
    ['ann', { initialSession: { user: { id: '1' } } }],
  ] as const) {
    const client = scriptedClient<User>()
    const [clock, network, browser] = [fakeClock(), fakeNetwork(), fakeBrowser()]
    const seen: string[] = []
    const tab = browser.openTab()
    const storage = { ...tab.storage, read: (key: string) => (seen.push(`read ${key}`), tab.storage.read(key)) }
    const tabs = {
      ...tab.tabs,
      open: (...wire: Parameters<typeof tab.tabs.open>) => (seen.push('open'), tab.tabs.open(...wire)),
    }
    const auth = createTestAuth(createServer(), {
      client,
      clock,
      network,
      storage,
      tabs,
      ...(initialSession as object),
    })
    for (const render of Object.values(renderers)) {
      await render(<Page auth={auth} />)
      await render(<AccountPage auth={auth} />)
    }

    expect(client.counts).toEqual({ signIn: 0, signUp: 0, answerChallenge: 0, refresh: 0, getUser: 0, signOut: 0 })
    expect([name, seen, clock.pending, network.listeners, auth.listeners()]).toEqual([name, [], 0, 0, 0])
  }
})

test('a part that needs a user who is not known in time is left to the browser, and the server does not wait', async () => {
  for (const render of [renderToPipe, renderToStream]) {
    const errors: unknown[] = []
    const auth = createPageAuth('unknown')
    const html = await render(<AccountPage auth={auth} />, (error) => void errors.push(error))

    expect(html).toContain('<h1>page</h1>')
    expect(html).toContain('<i>looking</i>')
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining('It is not known here who is signed in') }),
    ])
    expect(auth.listeners()).toBe(0)
  }
})

test('a part that needs a user where none is signed in is an error of its own', async () => {
  const errors: unknown[] = []
  await renderToStream(<AccountPage auth={createPageAuth('nobody')} />, (error) => void errors.push(error))

  expect(errors).toEqual([expect.objectContaining({ code: 'not-authenticated' })])
})

/** The same numbers each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
async function turns(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await turn()
}

function Slow({ gates, children }: { readonly gates: readonly Gate[]; readonly children: ReactNode }): ReactNode {
  const [gate, ...rest] = gates
  return (
    <Suspense fallback="slow">
      <Held gate={gate}>{rest.length > 0 ? <Slow gates={rest}>{children}</Slow> : children}</Held>
    </Suspense>
  )
}
function Held({ gate, children }: { readonly gate: Gate | undefined; readonly children: ReactNode }): ReactNode {
  if (gate && !gate.isOpen) throw gate.opened
  return children
}

function Card(): ReactNode {
  const user = useUser() as User | null
  return (
    <Protected pending="pending" fallback="nobody">
      [{user?.name}]
      <Can guard="isAdmin" fallback="(closed)">
        (open)
      </Can>
    </Protected>
  )
}

const count = inject('suite') === 'whole' ? 2000 : 200
test(`${count / 10} users and ${count} renders at the same time: no page shows another user, and no page has a token`, async () => {
  const random = createRandom(4)
  const pages = Array.from({ length: count }, async (_, at) => {
    const user = { id: String(at % (count / 10)), name: `user-${at % (count / 10)}-`, role: 'admin' }
    const server = createServer()
    // what a server has of the user, and an auth that was used for them before: its token must not show
    const auth = createAuth({
      client: {
        ...server.client,
        signIn: async () => ({
          accessToken: `canary-access-${at}`,
          refreshToken: `canary-refresh-${at}`,
          expiresIn: 3600,
          user,
        }),
      },
      guards: { isAdmin: hasRole('admin') },
      initialSession: { user },
    })
    const isUsed = random() < 0.5
    const gates = [createGate(), createGate(), createGate()]
    const delays = gates.map(() => Math.floor(random() * 5))
    const before = Math.floor(random() * 5)
    const render = random() < 0.5 ? renderToPipe : renderToStream
    await turns(before)
    if (isUsed) await auth.signIn({ email: '', password: 'canary-password' })
    const html = render(
      <AuthProvider auth={auth}>
        <Card />
        <Slow gates={gates}>
          <Card />
        </Slow>
      </AuthProvider>,
    )
    for (const [index, gate] of gates.entries()) {
      await turns(delays[index] ?? 0)
      gate.open()
    }
    const text = await html
    auth.destroy()
    return { user, text: textOf(text) }
  })

  const strangers: string[] = []
  for (const { user, text } of await Promise.all(pages)) {
    const names = text.match(/user-\d+-/g) ?? []
    if (names.length !== 2 || names.some((name) => name !== user.name)) strangers.push(`${user.name} got ${text}`)
    if (text.includes('canary') || text.includes('(open)')) strangers.push(text)
  }
  expect(pages).toHaveLength(count)
  expect(strangers).toEqual([])
})

test('a server that signs a user in while it renders still sends the first state to all parts of the page', async () => {
  const server = createServer()
  const auth = createTestAuth(server, sessions.nobody)
  const gate = createGate()
  const html = renderToStream(<Page auth={auth} late={gate} />)
  await signIn(auth, server)
  gate.open()

  expect(textOf(await html).match(/anonymous nobody no admin, closed, guard closed, can not/g)).toHaveLength(2)
})

// what `{ user: await findUser(request) }` makes of a signed-out user, and of a mistake
test.each([[{ user: undefined }], [{ user: null }], [{}], [{ user: '' }], [{ user: false }], [{ user: 'ann' }]])(
  'the HTML for initialSession %j has nothing of a protected page [K2]',
  (initialSession) => {
    const Secret = () => `secret of ${String((useUser() as User | null | undefined)?.name)}`
    const auth = createTestAuth(createServer(), { initialSession: initialSession as never })
    const html = renderToString(
      <AuthProvider auth={auth}>
        <Protected fallback="sign in" pending="one moment">
          <Secret />
        </Protected>
      </AuthProvider>,
    )
    expect(html).not.toContain('secret')
    expect(html).toMatch(/^(sign in|one moment)$/)
  },
)

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [{}, 'object'],
  [createTestAuth, 'function'],
])('<AuthProvider auth={%j}> says what it got, and where that may come from [K16]', (auth, got) => {
  expect(() => renderToString(<AuthProvider auth={auth as never}>page</AuthProvider>)).toThrow(
    `<AuthProvider auth={…}> got ${got}. Give it what createAuth returned. Is the module that makes it imported in a circle?`,
  )
})
