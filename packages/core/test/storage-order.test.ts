/** Writes that come late, in another order, half, or into a storage that was emptied meanwhile. */
import { describe, expect, it } from 'vitest'
import type { AuthStorage } from '@authchart/core'
import {
  ann,
  bob,
  browserWithSession,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  KEY,
  openTab,
  scriptedClient,
  SECOND,
  type Credentials,
  type User,
} from './support.ts'

/** Answers by hand, in any order. */
function gates() {
  const waiting: (() => void)[] = []
  return {
    waiting,
    pass: (): Promise<void> => new Promise((resolve) => waiting.push(resolve)),
    open(index: number): void {
      waiting.splice(index, 1)[0]?.()
    },
  }
}

/** As a browser does it for the user: what stands beside the record goes with it. */
function empty({ records, words }: ReturnType<typeof createDisk>): void {
  records.clear()
  words.clear()
}

describe('a storage that is emptied in the middle of a renewal', () => {
  it.each(['before', 'after'] as const)(
    '%s the answer: that is a sign-out, and the late tokens are revoked [88]',
    async (when) => {
      const disk = createDisk()
      const tab = openTab({ storage: disk.storage })
      await tab.signIn()
      tab.clock.advance(DUE)
      await drain()
      if (when === 'before') {
        empty(disk)
        tab.client.next('refresh').answer(grant(2))
        await drain()
        expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
      } else {
        tab.client.next('refresh').answer(grant(2))
        await drain()
        empty(disk)
        tab.network.wake()
        await drain()
      }
      expect(tab.auth.getState()).toMatchObject({ status: 'signedOut', user: null })
      expect([disk.record, await tab.auth.getAccessToken()]).toEqual([null, null])
      expect(tab.client.spent).toEqual(['refresh-1'])
    },
  )

  it('a storage that is emptied between two visits, as browsers do after a week, leaves no user signed in, and nothing is asked or said [99]', async () => {
    const disk = createDisk()
    const first = openTab({ storage: disk.storage })
    await first.signIn()
    first.auth.destroy()
    disk.records.clear()
    const tab = openTab({ storage: disk.storage, clock: first.clock })
    await tab.boot()
    expect(tab.auth.getState()).toMatchObject({ status: 'anonymous', user: null, error: null, persistence: 'stored' })
    expect([tab.client.pending, tab.warnings]).toEqual([[], []])
    await tab.signIn(bob, 7)
    expect(disk.record).toMatchObject({ user: bob, refreshToken: 'refresh-7' })
  })
})

it('whatever is written is whole: both tokens, their user and their generation in one record [95]', async () => {
  const disk = createDisk()
  const written: Record<string, unknown>[] = []
  const storage: AuthStorage = {
    ...disk.storage,
    compareAndSet(key, expected, next) {
      if (next) written.push({ ...next })
      return disk.storage.compareAndSet(key, expected, next)
    },
  }
  const tab = openTab({ storage })
  await tab.signIn(ann, 1)
  for (let n = 2; n < 5; n += 1) {
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(n, { ...ann, name: `Ann ${n}` }))
    await drain()
  }
  await tab.signIn(bob, 7)
  const seen = written.map(({ generation, accessToken, refreshToken, user, marked }) => [
    generation,
    accessToken,
    refreshToken,
    (user as User).name,
    marked,
  ])
  expect(seen).toEqual([
    [1, 'access-1', 'refresh-1', 'Ann', false],
    [1, 'access-1', 'refresh-1', 'Ann', true],
    [2, 'access-2', 'refresh-2', 'Ann 2', false],
    [2, 'access-2', 'refresh-2', 'Ann 2', true],
    [3, 'access-3', 'refresh-3', 'Ann 3', false],
    [3, 'access-3', 'refresh-3', 'Ann 3', true],
    [4, 'access-4', 'refresh-4', 'Ann 4', false],
    [5, 'access-7', 'refresh-7', 'Bob', false],
  ])
  expect(disk.records.size).toBe(1)
})

describe('a storage that finishes in another order than it was asked', () => {
  it('the tokens of a renewal that are written after the sign-out has removed the record are not [97]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    tab.clock.advance(DUE)
    await drain()
    const { pass, open } = gates()
    disk.before = (operation) => (operation === 'write' ? pass() : Promise.resolve())
    tab.client.next('refresh').answer(grant(2))
    await drain()
    void tab.auth.signOut()
    await drain()
    expect(disk.record).toBe(null)
    open(0)
    await drain()
    expect(disk.record).toBe(null)
    expect([tab.auth.getState().user, await tab.auth.getAccessToken()]).toEqual([null, null])
  })

  it('one of two tabs that write at once wins, and both show the winner [97]', async () => {
    const clock = fakeClock()
    for (const first of [0, 1]) {
      const disk = createDisk()
      const { pass, open, waiting } = gates()
      const tabs = { lock: <T>(_: string, work: () => Promise<T>) => work(), open: () => ({ post() {}, close() {} }) }
      const one = openTab({ storage: disk.storage, clock, tabs })
      const two = openTab({ storage: disk.storage, clock, tabs })
      await one.boot()
      await two.boot()
      disk.before = (operation) => (operation === 'write' ? pass() : Promise.resolve())
      const signIns = [one.signIn(ann, 1), two.signIn(bob, 7)]
      await drain()
      expect(waiting).toHaveLength(2)
      open(first)
      await drain()
      disk.before = () => Promise.resolve()
      open(0)
      await Promise.all(signIns)
      one.network.wake()
      two.network.wake()
      await drain()
      // the one that lost the race reads and writes again: the last one stays
      const last = first === 0 ? bob : ann
      expect(disk.record).toMatchObject({ user: last })
      expect([one.auth.getState().user, two.auth.getState().user]).toEqual([last, last])
      const token = first === 0 ? 'access-7' : 'access-1'
      expect([await one.auth.getAccessToken(), await two.auth.getAccessToken()]).toEqual([token, token])
    }
  })

  it('a write that comes long after it was given up puts no spent token where the next page finds it [96, 97]', async () => {
    const disk = createDisk()
    const clock = fakeClock()
    const tab = openTab({ storage: disk.storage, clock })
    await tab.signIn()
    clock.advance(DUE)
    await drain()
    const { pass, open, waiting } = gates()
    disk.before = (operation) => (operation === 'write' ? pass() : Promise.resolve())
    tab.client.next('refresh').answer(grant(2))
    await drain()
    clock.advance(2 * SECOND)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', persistence: 'memory' })
    disk.before = () => Promise.resolve()
    while (waiting.length > 0) open(0)
    await drain()
    clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(3))
    await drain()
    const next = openTab({ storage: disk.storage, clock })
    await next.boot()
    clock.advance(DUE)
    await drain()
    const shown = [...tab.client.spent, ...next.client.spent]
    expect(new Set(shown).size).toBe(shown.length)
  })
})

it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ' ', '../..', 'ü😀\u0000', 'a'.repeat(5000)])(
  'an app whose id is %j has a session like any other, and shares it with no other app [100]',
  async (id) => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const named = () => Object.assign(scriptedClient<User, Credentials>(), { id })
    const one = openTab({ client: named() }, browser, clock)
    await one.signIn()
    const other = openTab({}, browser, clock)
    await other.boot()
    expect(other.auth.getState()).toMatchObject({ status: 'anonymous' })
    const reloaded = openTab({ client: named() }, browser, clock)
    await reloaded.boot()
    expect(reloaded.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
    expect(browser.keys()).toEqual([`authchart:${id}`])
    expect(Object.keys(Object.prototype)).toEqual([])
  },
)

it('two apps on one page origin, and two environments of one app, do not find each other’s session [16]', async () => {
  const browser = await browserWithSession()
  const clock = fakeClock()
  const other = (more: object) => openTab({ client: Object.assign(scriptedClient(), more) as never }, browser, clock)
  const strangers = [
    other({ origin: 'https://staging.test' }),
    other({ id: 'https://api.test pk_other' }),
    other({ origin: undefined, id: 'https://api.test/' }),
  ]
  for (const stranger of strangers) await stranger.boot()
  expect(strangers.map(({ status }) => status())).toEqual(['anonymous', 'anonymous', 'anonymous'])
  await strangers[0]?.signIn(bob, 7)
  expect(await browser.read(KEY)).toMatchObject({ user: ann, refreshToken: 'refresh-1' })
})
