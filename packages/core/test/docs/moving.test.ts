/** Runs the take-over of docs/moving.md as it stands there. */
import { stripTypeScriptTypes } from 'node:module'
import { compileFunction } from 'node:vm'
import * as core from '@authchart/core'
import { createAuth, hasRecentSignIn, type Auth } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { expect, test } from 'vitest'
import { fakeBrowser, fakeClock, fakeNetwork } from '../support.ts'
import { codeIn, readFile } from './documents.ts'

const [block = ''] = codeIn(readFile('docs/moving.md'), 'ts').filter((code) => code.startsWith('// take-over.ts'))
const program = stripTypeScriptTypes(block)
  .replace(/^import (\{.*\}) from ('.*')$/gm, 'const $1 = modules[$2]')
  .replaceAll(/^export /gm, '')

interface TakeOver {
  readonly auth: Auth
  readonly takeOver: () => Promise<void>
}

/** A page of the app with what it kept before, and a server that knows one refresh token. */
function open(kept: Readonly<Record<string, string>>) {
  const left = new Map(Object.entries(kept))
  const shown: string[] = []
  const tab = fakeBrowser().openTab()
  const answer = (status: number, body: object) => Response.json(body, { status })

  async function serve(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const path = new URL(input as string).pathname
    if (path === '/v1/auth/me') return answer(200, { id: 'u1', email: 'ann@example.com', name: 'Ann' })
    if (path !== '/v1/auth/refresh') return answer(404, {})
    const { refreshToken } = JSON.parse(init?.body as string) as { refreshToken: string }
    shown.push(refreshToken)
    return refreshToken === 'old-refresh'
      ? answer(200, { accessToken: 'access-1', refreshToken: 'refresh-1', expiresIn: 3600 })
      : answer(401, { error: { code: 'auth/invalid-refresh-token', message: 'No.' } })
  }

  const modules = {
    '@authchart/core': {
      ...core,
      createAuth: (options: Parameters<typeof createAuth>[0]) =>
        createAuth({
          ...options,
          guards: { isFresh: hasRecentSignIn(60_000) },
          clock: fakeClock(),
          network: fakeNetwork(),
          storage: tab.storage,
          tabs: tab.tabs,
        }),
    },
    '@authchart/core/bkend': {
      bkend: (options: Parameters<typeof bkend>[0]) => bkend({ ...options, publishableKey: 'pk_demo', fetch: serve }),
    },
    '@authchart/core/storage': { browserStorage: () => tab.storage },
  }
  const localStorage = {
    getItem: (key: string) => left.get(key) ?? null,
    removeItem: (key: string) => void left.delete(key),
  }
  const run = compileFunction(`${program}\nreturn { auth, takeOver }`, ['modules', 'localStorage']) as (
    ...args: unknown[]
  ) => TakeOver
  return { ...run(modules, localStorage), left, shown }
}

test('the take-over in the guide makes a session of the old refresh token, and leaves no old token behind', async () => {
  const { auth, takeOver, left, shown } = open({
    accessToken: 'old-access',
    refreshToken: 'old-refresh',
    theme: 'dark',
  })
  await takeOver()
  expect(auth.getState()).toMatchObject({ status: 'authenticated', user: { id: 'u1' }, confirmed: true })
  expect([...left.keys()]).toEqual(['theme'])
  expect(shown).toEqual(['old-refresh'])
  await expect(auth.getAccessToken()).resolves.toBe('access-1')
})

test('the take-over in the guide counts as a sign-in for a step-up guard, as the guide warns', async () => {
  const { auth, takeOver } = open({ refreshToken: 'old-refresh' })
  await takeOver()
  expect((auth as unknown as { can: (guard: string) => boolean }).can('isFresh')).toBe(true)
})

test('the take-over in the guide asks for a sign-in if the old token is refused, and sends it once', async () => {
  const { auth, takeOver, left, shown } = open({ refreshToken: 'stale' })
  await takeOver()
  await takeOver()
  expect(auth.getState()).toMatchObject({ status: 'anonymous', user: null })
  expect([left.size, shown]).toEqual([0, ['stale']])
})
