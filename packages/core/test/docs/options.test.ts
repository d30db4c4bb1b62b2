import { AuthError, createAuth, hasRole } from '@authchart/core'
import { fakeClock, fakeNetwork, scriptedClient } from '@authchart/core/testing'
import { describe, expect, test } from 'vitest'
import { createAuth as createInProduction } from '../../src/exports/index.ts'
import { readOptions } from '../../src/options.ts'
import { membersOf, quotedIn, readFile, tableUnder } from './documents.ts'

const document = readFile('docs/options.md')
const types = readFile('packages/core/src/types.ts')

const namesIn = (rows: Record<string, string>[], column: string) => rows.flatMap((row) => quotedIn(row[column])).sort()

const rows = tableUnder(document, 'createAuth')

test('docs/options.md has each option of createAuth, and no other [W4]', () => {
  expect(namesIn(rows, 'option')).toEqual(membersOf(types, 'AuthOptions').sort())
})

test('docs/options.md has the default times that createAuth uses, in milliseconds [W4]', () => {
  const settings = readOptions({ client: scriptedClient() })
  for (const name of ['requestTimeout', 'signOutTimeout', 'storageTimeout'] as const) {
    const row = rows.find(({ option }) => option === `\`${name}\``)
    expect(Number(row?.['default']), name).toBe(settings[name])
  }
})

/** What cannot be read, for each option. */
const unreadable: Readonly<Record<string, unknown>> = {
  client: {},
  storage: { scope: 'memory' },
  guards: { isAdmin: 'admin' },
  initialSession: { user: 'Ann' },
  allowedOrigins: ['api.example'],
  fetch: 'fetch',
  refreshBefore: '5m',
  requestTimeout: '30s',
  signOutTimeout: Number.NaN,
  storageTimeout: -1,
  onWarning: true,
  inspect: {},
  machine: {},
  tabs: { lock: () => {} },
  network: {},
  clock: { now: () => 0 },
  random: 0.5,
}

describe('docs/options.md says who refuses what cannot be read', () => {
  function make(create: typeof createAuth, option: string) {
    const warnings: string[] = []
    create({
      client: scriptedClient<{ id: string }>(),
      clock: fakeClock(),
      network: fakeNetwork(),
      onWarning: ({ code }) => void warnings.push(code),
      [option]: unreadable[option],
    })
    return warnings
  }
  const isRefused = expect.objectContaining({ code: 'misconfigured' }) as AuthError

  test.each(rows.map((row) => [quotedIn(row['option'])[0] ?? '', row['refused'] ?? '']))(
    '%s: %s [W4, K3]',
    (option, refused) => {
      if (refused === 'warning') return expect(make(createAuth, option)).toEqual(['misconfigured'])
      expect(['always', 'in development']).toContain(refused)
      expect(() => make(createAuth, option)).toThrow(isRefused)
      if (refused === 'always') expect(() => make(createInProduction, option)).toThrow(isRefused)
    },
  )

  test('an option that does not exist, and a role that is missing, are a warning [W4]', () => {
    const warnings: string[] = []
    const onWarning = ({ code }: AuthError) => void warnings.push(code)
    const options = { client: scriptedClient<{ id: string }>(), onWarning, guards: { isAdmin: hasRole() }, gaurds: {} }
    createAuth(options)
    expect(warnings).toEqual(['misconfigured', 'misconfigured'])
  })
})

test('docs/options.md has each member of a client and of a grant [W4]', () => {
  const [, members = '', grant = ''] = /## A client\n([\s\S]*)\nA grant:\n([\s\S]*?)\n## /.exec(document) ?? []
  expect(namesIn(tableUnder(`## A client\n${members}\n`, 'A client'), 'member')).toEqual(
    membersOf(types, 'AuthClient').sort(),
  )
  expect(namesIn(tableUnder(`## A grant\n${grant}\n`, 'A grant'), 'field')).toEqual(membersOf(types, 'Grant').sort())
})

test('docs/options.md names the fields in which the id of a user is looked for, in their order [W4]', () => {
  const row = tableUnder(document, 'A client').find(({ member }) => member === '`userId`')
  const [, union = ''] = /export type IdentityField = (.*)/.exec(types) ?? []
  expect(quotedIn(row?.['if it is left out'])).toEqual(Array.from(union.matchAll(/'(\w+)'/g), ([, field]) => field))
})

test('docs/options.md has each option of bkend [W4]', () => {
  const own = membersOf(readFile('packages/core/src/bkend/options.ts'), 'BkendOptions')
  expect(namesIn(tableUnder(document, 'bkend'), 'option')).toEqual(own.sort())
})

test('docs/options.md has each storage and its options [W4]', () => {
  const storages = tableUnder(document, 'Storages').map(({ storage, option }) => [
    /\w+/.exec(storage ?? '')?.[0],
    quotedIn(option),
  ])
  const members = (file: string, name: string) => membersOf(readFile(`packages/core/src/storage/${file}.ts`), name)
  expect(storages).toEqual([
    ['memoryStorage', []],
    ['browserStorage', members('browser', 'BrowserStorageOptions')],
    ['webStorage', members('web', 'WebStorageOptions')],
  ])
})

test('docs/options.md has each option of the helpers for routers [W4]', () => {
  const own = [
    ...membersOf(readFile('packages/core/src/redirect.ts'), 'SignInRedirectOptions'),
    ...membersOf(readFile('packages/react/src/routes.ts'), 'AuthRoutesOptions'),
    ...membersOf(readFile('packages/vue/src/router.ts'), 'AuthGuardOptions'),
  ]
  expect(namesIn(tableUnder(document, 'Routers'), 'option')).toEqual([...new Set(own)].sort())
})
