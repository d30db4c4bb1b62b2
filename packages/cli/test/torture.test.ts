import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAuth } from '@authchart/core'
import { expect, onTestFinished, test } from 'vitest'
import { toMarkdown, toTable, torture, type TortureAdapter } from '../src/torture/index.ts'

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** What a first attempt looks like: tokens in the storage, and a renewal after a 401. */
const naive: TortureAdapter = {
  name: 'naive',
  open({ origin, fetch, storage }) {
    const read = () => JSON.parse(storage.getItem('tokens') ?? 'null') as Tokens | null
    async function ask(fields: Record<string, string>): Promise<void> {
      const response = await fetch(`${origin}/oauth/token`, { method: 'POST', body: new URLSearchParams(fields) })
      if (!response.ok) {
        storage.removeItem('tokens')
        throw new Error(`refused with ${response.status}`)
      }
      storage.setItem('tokens', await response.text())
      console.log('tokens', storage.getItem('tokens'))
    }
    const send = (url: string) => fetch(url, { headers: { Authorization: `Bearer ${read()?.access_token}` } })
    return {
      signIn: ({ email: username, password }) => ask({ grant_type: 'password', username, password }),
      async signOut() {
        storage.removeItem('tokens')
      },
      userId: () => (read() === null ? null : 'u-ann'),
      async request(url) {
        const response = await send(url)
        if (response.status !== 401) return response
        await ask({ grant_type: 'refresh_token', refresh_token: read()?.refresh_token ?? '' })
        return send(url)
      },
    }
  },
}

const ours: TortureAdapter = {
  name: 'authchart',
  open({ parts }) {
    const auth = createAuth(parts)
    auth.subscribe(() => {})
    return {
      signIn: auth.signIn,
      signOut: auth.signOut,
      userId: async () => (await auth.requireUser().catch(() => null))?.id ?? null,
      request: (url) => auth.fetch(url),
    }
  },
}

test('a first attempt fails at herds, tabs, lost answers and its own log, and survives what is easy', async () => {
  const verdicts = await torture(naive)
  const problems = Object.fromEntries(verdicts.map(({ story, problem }) => [story, problem]))
  const twice = 'a refresh token was sent twice, and the server ended all sessions of the user'

  expect(problems).toMatchObject({
    'a reload keeps the user signed in': null,
    'a user who works for a day stays signed in': null,
    'a request whose token the server refuses is sent again with a new one': null,
    'fifty requests with an expired token wait for one renewal': twice,
    'two tabs that wake up together do not spend the same token': twice,
    'the answer of a renewal is lost: the token is not sent again': twice,
    'a tab is closed in the middle of a renewal: the next page does not send the token again': twice,
    'too many requests (429): the session goes on, and the server is left in peace': 'the user was signed out',
    'a page that is left right after the sign-out: the next one is signed out': null,
    'no token and no password is printed': 'a secret was printed in: a reload keeps the user signed in',
  })
})

test('this client survives all of it', async () => {
  const verdicts = await torture(ours)
  expect(verdicts.filter(({ problem }) => problem !== null)).toEqual([])
  expect(verdicts).toHaveLength(21)
})

test('what a client throws is what went wrong, and the globals are as before', async () => {
  const before = [setTimeout, Date, console.log, BroadcastChannel]
  const verdicts = await torture({
    name: 'broken',
    open() {
      throw new Error('no key')
    },
  })
  expect(new Set(verdicts.slice(0, -1).map(({ problem }) => problem))).toEqual(new Set(['no key']))
  expect([setTimeout, Date, console.log, BroadcastChannel]).toEqual(before)
  expect([typeof window, typeof document]).toEqual(['undefined', 'undefined'])
})

test('the table has a column for each client, and says below what went wrong', () => {
  const results = new Map([
    ['one', [{ story: 'a reload', problem: null }]],
    ['two', [{ story: 'a reload', problem: 'the user was signed out' }]],
  ])
  expect(toTable(results).split('\n')).toEqual([
    'what happens  one  two',
    'a reload      yes  no',
    'survived      1/1  0/1',
    '',
    'two:',
    '  a reload',
    '    the user was signed out',
  ])
  expect(toMarkdown(results).split('\n')).toEqual([
    '| what happens | one | two |',
    '| ------------ | --- | --- |',
    '| a reload     | yes | no  |',
    '| survived     | 1/1 | 0/1 |',
  ])
})

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

function run(name: string, code: string) {
  const folder = mkdtempSync(join(tmpdir(), 'authchart-torture-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, name)
  writeFileSync(file, code)
  return spawnSync(process.execPath, [main, 'torture', file], { encoding: 'utf8' })
}

test('the command ends with 1 where a client does not survive', () => {
  const { status, stdout } = run(
    'adapter.ts',
    "export default { name: 'closed', open() { throw new Error('no key') } }",
  )
  expect(status).toBe(1)
  expect(stdout).toMatch(/^what happens +closed\n/)
  expect(stdout).toMatch(/closed:\n  a reload keeps the user signed in\n    no key/)
})

test.each([
  ['a file that throws', "throw new Error('no such key')", /adapter\.ts cannot be loaded: no such key/],
  ['a file without an adapter', 'export const adapter = {}', /adapter\.ts has to export \{ name, open \}/],
])('%s is refused in words, and not with a stack', (_, code, words) => {
  const { status, stderr } = run('adapter.ts', code)
  expect(status).toBe(1)
  expect(stderr).toMatch(words)
  expect(stderr).not.toMatch(/\n\s+at /)
})
