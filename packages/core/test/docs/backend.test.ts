/** Runs the client of docs/backends.md as it stands there. */
import { stripTypeScriptTypes } from 'node:module'
import { compileFunction } from 'node:vm'
import * as core from '@authchart/core'
import { createAuth, type Auth, type AuthOptions } from '@authchart/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { drain, fakeBrowser, fakeClock, fakeNetwork, MINUTE, watch } from '../support.ts'
import { ann, password, startServer, type Fault } from './backend-server.ts'
import { codeIn, readFile } from './documents.ts'

type User = typeof ann
type Own = Auth<User, typeof password>
type Server = Awaited<ReturnType<typeof startServer>>

const [block = ''] = codeIn(readFile('docs/backends.md'), 'ts').filter((code) => code.includes('AuthClient<'))
const program = stripTypeScriptTypes(block)
  .replace(/^import (\{.*\}) from ('.*')$/gm, 'const $1 = modules[$2]')
  .replace('export const client', 'const client')
  .replace('export const auth =', 'return')

type Run = (modules: Readonly<Record<string, unknown>>, fetch: typeof globalThis.fetch) => Own

/** What the block exports, with the parts of a page in place of a browser's. */
function open(server: Server, browser = fakeBrowser()) {
  const clock = fakeClock()
  const tab = browser.openTab()
  const pending = new Set<Promise<unknown>>()

  async function send(url: string, init?: RequestInit): Promise<Response> {
    const { status, headers, ...rest } = await fetch(url.replace('https://api.example.com', server.url), init).then(
      async (answer) => ({ status: answer.status, headers: answer.headers, body: await answer.arrayBuffer() }),
    )
    return new Response(status === 204 ? null : rest.body, { status, headers })
  }
  const modules = {
    '@authchart/core': {
      ...core,
      createAuth: (options: AuthOptions<User, typeof password, Record<never, never>>) =>
        createAuth({ ...options, clock, network: fakeNetwork(), storage: tab.storage, tabs: tab.tabs }),
    },
    '@authchart/core/storage': { browserStorage: () => tab.storage },
  }
  // the block is a module: its imports are the arguments, and its export is what it returns
  const run = compileFunction(program, ['modules', 'fetch']) as Run
  const auth = run(modules, (url, init) => {
    const answer = send(url as string, init)
    pending.add(answer)
    void answer.catch(() => {}).finally(() => pending.delete(answer))
    return answer
  })

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet += 1) {
      if (pending.size > 0) quiet = 0
      await Promise.allSettled(pending)
      await drain()
    }
  }
  async function pass(minutes: number): Promise<void> {
    for (let passed = 0; passed < minutes; passed += 5) {
      clock.advance(5 * MINUTE)
      await settle()
    }
  }
  return { auth, browser, settle, pass }
}

let server: Server
beforeEach(async () => {
  server = await startServer()
})
afterEach(() => server.stop())

/** Signed in, and then a renewal that goes wrong. */
async function renewWith(fault: Fault) {
  const page = open(server)
  await page.auth.signIn(password)
  server.failNext(fault)
  const renewed = watch(page.auth.refresh())
  await page.settle()
  return { ...page, renewed }
}

describe('the client in the guide', () => {
  const lost = [500, 502, 504, 'cut'] as const
  test.each(
    lost.flatMap((answer) => [
      { answer, when: 'before' as const },
      { answer, when: 'after' as const },
    ]),
  )(
    'the client in the guide shows no refresh token twice if the server answers $answer $when it rotated [W1, R3b]',
    async (fault) => {
      const { auth, renewed, pass } = await renewWith(fault)
      expect(renewed.now).toBe('refresh-indeterminate')
      expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'indeterminate' })

      await pass(120)
      expect(server.shown).toEqual(['refresh-1'])
      expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate', lastUser: ann })
    },
  )

  test.each(['before', 'after'] as const)(
    'the client in the guide ends the session at once if a renewal is answered 401 %s it rotated [W1]',
    async (when) => {
      const { auth, renewed } = await renewWith({ answer: 401, when })
      expect(renewed.now).toBe('session-expired')
      expect(server.shown).toEqual(['refresh-1'])
      expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired' })
    },
  )

  test.each([429, 503])(
    'the client in the guide tries again after a %i, which says that nothing was done [W1]',
    async (answer) => {
      const { auth, pass } = await renewWith({ answer, when: 'before' })
      expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'waiting' })
      await pass(10)
      expect(server.shown).toEqual(['refresh-1', 'refresh-1'])
      expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
    },
  )

  test.each([429, 503])(
    'the client in the guide believes a %i from a server that did rotate: two renewals are sent, and the server ends it [W1]',
    async (answer) => {
      const { auth, pass } = await renewWith({ answer, when: 'after' })
      await pass(10)
      expect(server.shown).toEqual(['refresh-1', 'refresh-1'])
      expect(auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired' })
    },
  )

  test('the client in the guide renews with a 200, and shows the next token at the next renewal [W1]', async () => {
    const { auth, pass } = open(server)
    await auth.signIn(password)
    await auth.refresh()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
    await pass(40)
    expect(server.shown).toEqual(['refresh-1', 'refresh-2'])
    await expect(auth.getAccessToken()).resolves.toBe('access-3')
  })

  test('the client in the guide follows no redirect with a refresh token [W1]', async () => {
    const stranger = await startServer()
    const { renewed } = await renewWith({ answer: { redirectTo: `${stranger.url}/sessions/refresh` }, when: 'before' })
    expect(renewed.now).toBe('refresh-indeterminate')
    expect(stranger.shown).toEqual([])
    await stranger.stop()
  })

  test('the client in the guide says that a password is wrong, and that an account exists already [W1]', async () => {
    const { auth } = open(server)
    await expect(auth.signIn({ ...password, password: 'wrong' })).rejects.toMatchObject({ code: 'invalid-credentials' })
    await expect(auth.signUp(password)).rejects.toMatchObject({ code: 'email-taken' })
  })

  test('the client in the guide asks for the user when a page opens again, and tells the server of a sign-out [W1]', async () => {
    const before = open(server)
    await before.auth.signIn(password)
    before.auth.destroy()

    const { auth, settle } = open(server, before.browser)
    await expect(auth.requireUser()).resolves.toEqual(ann)
    await settle()
    expect(auth.getState()).toMatchObject({ status: 'authenticated', confirmed: true })
    await expect(auth.signOut()).resolves.toEqual({ revoked: 'yes' })
    expect(server.isOpen()).toBe(false)
  })
})
