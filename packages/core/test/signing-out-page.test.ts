/** A page that closes right after `signOut()`: nothing that it has only begun is finished. */
import { webStorage } from '@authchart/core/storage'
import type { AuthStorage, CallOptions, SyncTwin } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  browserWithSession,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  KEY,
  never,
  openTab,
  scriptedClient,
  SECOND,
  watch,
  type Credentials,
  type User,
} from './support.ts'

const HERE = 'https://api.test/posts'

/** Ann is signed in, the page signs out and is gone in the same turn. */
async function closedAfterSignOut() {
  const browser = await browserWithSession()
  const page = openTab({}, browser)
  await page.boot()
  void page.auth.signOut()
  page.tab.kill()
  await drain()
  return { browser, page }
}

/** The words beside the record as they are written, whatever they are. */
const wordsOf = (storage: AuthStorage): readonly unknown[] =>
  [KEY, `${KEY} spend`, `${KEY} ended`].map((key) => storage.twin?.read(key))

/** Tabs in other processes see a write of localStorage late, and their own at once. */
function seenLate(storage: AuthStorage, keys: readonly string[]): AuthStorage {
  const { twin } = storage
  const seen = new Map(keys.map((key) => [key, twin?.read(key)]))
  return {
    ...storage,
    twin: {
      read: (key) => seen.get(key),
      write(key, value) {
        seen.set(key, value)
        twin?.write(key, value)
      },
    },
  }
}

describe('a page that signs out and closes at once', () => {
  it('the next page shows no user, though the record is still there [P1, M1a]', async () => {
    const { browser } = await closedAfterSignOut()
    expect(await browser.read(KEY)).toMatchObject({ refreshToken: 'refresh-1' })
    const next = openTab({}, browser)
    const seen: unknown[] = []
    next.auth.subscribe(({ user }) => void seen.push(user))
    await drain()
    expect([next.status(), await next.auth.getAccessToken()]).toEqual(['anonymous', null])
    expect(seen).toEqual([null])
  })

  it('a tab of another process that renews meanwhile does not take the word away [P1]', async () => {
    const browser = await browserWithSession()
    const page = openTab({}, browser)
    await page.boot()
    const { storage } = browser.openTab()
    const other = openTab({ storage: seenLate(storage, [KEY, `${KEY} spend`, `${KEY} ended`]) }, browser)
    await other.boot()
    void other.auth.refresh().catch(() => {})
    void page.auth.signOut()
    page.tab.kill()
    await drain()
    const next = openTab({}, browser)
    const seen: unknown[] = []
    next.auth.subscribe(({ user }) => void seen.push(user))
    await drain()
    expect([next.status(), seen]).toEqual(['anonymous', [null]])
  })

  it('the server is told in the very line of the sign-out [M1b]', async () => {
    const tab = openTab({}, await browserWithSession())
    await tab.boot()
    void tab.auth.signOut()
    expect(tab.client.counts.signOut).toBe(1)
  })

  it('the next page removes the record and tells the server [P1, P2]', async () => {
    const { browser } = await closedAfterSignOut()
    const next = openTab({}, browser)
    await next.boot()
    expect(await next.stored()).toBe(null)
    expect(next.client.next('signOut').input).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    next.client.next('signOut').answer()
    await drain()
    const another = openTab({}, browser)
    await another.boot()
    expect([another.status(), another.client.counts.signOut]).toEqual(['anonymous', 0])
  })

  it('the next page sends no token, also where it asks before its storage answers [P1]', async () => {
    const { browser } = await closedAfterSignOut()
    const next = openTab({}, browser)
    next.tab.holdStorage()
    const asked = watch(next.auth.fetch(HERE))
    const wanted = watch(next.auth.requireUser())
    await drain()
    expect([asked.now, wanted.now]).toEqual(['pending', 'pending'])
    next.tab.releaseStorage()
    await drain()
    expect([asked.now, wanted.now, next.server.tokens()]).toEqual(['resolved', 'not-authenticated', [null]])
  })

  it('a sign-in that waits for the restore of the next page finds no session before it [P1]', async () => {
    const { browser } = await closedAfterSignOut()
    const next = openTab({}, browser)
    await next.signIn(bob, 7)
    expect([next.auth.getState().user, await next.auth.getAccessToken()]).toEqual([bob, 'access-7'])
    expect(await next.stored()).toMatchObject({ refreshToken: 'refresh-7' })
    expect(next.client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
  })

  it('the next sign-in stays, also after a reload [P1]', async () => {
    const { browser } = await closedAfterSignOut()
    const next = openTab({}, browser)
    await next.boot()
    await next.signIn(ann, 5)
    expect(await next.auth.getAccessToken()).toBe('access-5')
    next.auth.destroy()
    await drain()
    const reloaded = openTab({}, browser)
    await reloaded.boot()
    expect([reloaded.auth.getState().user, await reloaded.auth.getAccessToken()]).toEqual([ann, 'access-5'])
    expect(reloaded.client.counts.signOut).toBe(0)
  })

  it('a record that is marked for a renewal is removed as well [P1]', async () => {
    const browser = await browserWithSession()
    const page = openTab({}, browser)
    await page.boot()
    void page.auth.refresh().catch(() => {})
    await drain()
    void page.auth.signOut()
    page.tab.kill()
    const next = openTab({}, browser)
    await next.boot()
    expect([next.status(), await next.stored(), next.client.spent]).toEqual(['anonymous', null, []])
  })

  it('a reload shows no user where the storage failed or did not answer [D2a, D5b, M1b]', async () => {
    for (const before of [never, () => Promise.reject(new DOMException('full', 'QuotaExceededError'))]) {
      const disk = createDisk()
      const clock = fakeClock()
      const page = openTab({ storage: disk.storage, clock })
      await page.signIn()
      disk.before = before as typeof disk.before
      const out = watch(page.auth.signOut())
      await drain()
      page.client.next('signOut').fail('offline')
      for (let second = 0; second < 10; second += 1) {
        clock.advance(SECOND)
        await drain()
      }
      expect([out.value, disk.record]).toEqual([{ revoked: 'no' }, expect.objectContaining({ generation: 1 })])
      disk.before = () => Promise.resolve()
      page.auth.destroy()
      const next = openTab({ storage: disk.storage, clock })
      await next.boot()
      expect([next.auth.getState().user, disk.record, next.client.counts.signOut]).toEqual([null, null, 1])
    }
  })

  it('the next page tells the server for one that closed before it had read the record [P1, D2a]', async () => {
    const browser = await browserWithSession()
    const page = openTab({}, browser)
    page.tab.holdStorage()
    void page.auth.signOut()
    await drain()
    expect(page.status()).toBe('signingOut')
    page.tab.kill()
    const next = openTab({}, browser)
    await next.boot()
    expect([next.status(), await next.stored()]).toEqual(['anonymous', null])
    expect(next.client.next('signOut').input).toMatchObject({ accessToken: 'access-1' })
  })

  it('a page that lives on and had not read the record tells the server once', async () => {
    const page = openTab({}, await browserWithSession())
    page.tab.holdStorage()
    page.auth.subscribe(() => {})
    const out = watch(page.auth.signOut())
    await drain()
    page.tab.releaseStorage()
    await drain()
    page.client.next('signOut').answer()
    await drain()
    expect([out.value, page.client.counts.signOut, await page.stored()]).toEqual([{ revoked: 'yes' }, 1, null])
  })
})

describe('telling the server', () => {
  /** What the client is asked to sign out, with the options of each call. */
  function tellingClient() {
    const calls: (CallOptions & { readonly accessToken: string | null })[] = []
    const client = Object.assign(scriptedClient<User, Credentials>(), {
      signOut: async ({ accessToken }: { accessToken: string | null }, options: CallOptions) =>
        void calls.push({ ...options, accessToken }),
    })
    return { calls, client }
  }

  it('the request leaves in the turn of the sign-out, with keepalive, whatever the storage does [P2, M1b, M1c]', async () => {
    const { calls, client } = tellingClient()
    const tab = openTab({ client })
    await tab.signIn()
    tab.tab.holdStorage()
    void tab.auth.signOut()
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    expect(calls).toMatchObject([{ accessToken: 'access-1', keepalive: true }])
    expect(calls[0]?.signal.aborted).toBe(false)
  })

  it('the request leaves where the auth is destroyed in the same turn [P2]', async () => {
    const { calls, client } = tellingClient()
    const tab = openTab({ client })
    await tab.signIn()
    const out = watch(tab.auth.signOut())
    tab.auth.destroy()
    await drain()
    expect(calls).toMatchObject([{ accessToken: 'access-1', keepalive: true }])
    expect([await tab.stored(), out.now]).toEqual([null, 'resolved'])
  })

  it('a switch of the user does without keepalive', async () => {
    const { calls, client } = tellingClient()
    const tab = openTab({ client })
    await tab.signIn()
    await tab.signIn(bob, 7)
    expect(calls).toHaveLength(1)
    expect(calls[0]).not.toHaveProperty('keepalive')
  })
})

describe('a page that closes while another tab is open', () => {
  it('the other tab follows at once and does not tell the server twice [P1]', async () => {
    const browser = await browserWithSession()
    const [page, open] = [openTab({}, browser), openTab({}, browser)]
    await page.boot()
    await open.boot()
    void page.auth.signOut()
    page.tab.kill()
    await drain()
    expect(open.auth.getState()).toMatchObject({ status: 'signedOut', reason: 'signed-out-elsewhere' })
    await open.auth.fetch(HERE)
    expect([open.server.tokens(), await open.stored()]).toEqual([[null], null])
    expect([page.client.counts.signOut, open.client.counts.signOut]).toEqual([1, 0])
  })

  it('a tab that hears nothing follows when it wakes up [P1]', async () => {
    const browser = await browserWithSession()
    const page = openTab({}, browser)
    const deaf = browser.openTab()
    const open = openTab({ tabs: { lock: deaf.tabs.lock, open: () => ({ post() {}, close() {} }) } }, browser)
    await page.boot()
    await open.boot()
    void page.auth.signOut()
    page.tab.kill()
    await drain()
    open.network.wake()
    await drain()
    expect([open.status(), await open.stored()]).toEqual(['signedOut', null])
  })

  it('a tab that is about to renew does not spend the token of the user who signed out [P1]', async () => {
    const clock = fakeClock()
    const browser = await browserWithSession(ann, clock)
    const page = openTab({}, browser, clock)
    const deaf = browser.openTab()
    const open = openTab({ tabs: { lock: deaf.tabs.lock, open: () => ({ post() {}, close() {} }) } }, browser, clock)
    await page.boot()
    await open.boot()
    void page.auth.signOut()
    page.tab.kill()
    await drain()
    clock.advance(DUE)
    await drain()
    expect([open.client.spent, open.status(), await open.stored()]).toEqual([[], 'signedOut', null])
  })

  it('a tab in which another user has signed in meanwhile keeps that session [P1]', async () => {
    const browser = await browserWithSession()
    const deaf = browser.openTab()
    const page = openTab({ tabs: { lock: deaf.tabs.lock, open: () => ({ post() {}, close() {} }) } }, browser)
    await page.boot()
    const open = openTab({}, browser)
    await open.boot()
    await open.signIn(bob, 7)
    void page.auth.signOut()
    await drain()
    expect(await open.stored()).toMatchObject({ refreshToken: 'refresh-7' })
    open.network.wake()
    await drain()
    const next = openTab({}, browser)
    await next.boot()
    expect([open.auth.getState().user, next.auth.getState().user]).toEqual([bob, bob])
  })
})

describe('the word for the next page', () => {
  const twins: readonly (readonly [string, SyncTwin])[] = [
    [
      'throws when it is read',
      {
        read() {
          throw new DOMException('no', 'SecurityError')
        },
        write() {},
      },
    ],
    [
      'throws when it is written',
      {
        read: () => null,
        write() {
          throw new DOMException('full', 'QuotaExceededError')
        },
      },
    ],
    ['answers with a promise', { read: () => Promise.resolve([null, 'x']), write: () => Promise.resolve() }],
    ['answers with a promise that rejects', { read: never, write() {} }],
    ...[undefined, null, 7, 'authchart', true, {}, [], [{}], [null, null], [[[]]], { id: 'a', ended: ['a'] }].map(
      (garbage): readonly [string, SyncTwin] => [
        `says ${JSON.stringify(garbage) ?? 'nothing'}`,
        { read: () => garbage, write() {} },
      ],
    ),
  ]

  it.each(twins)('a storage whose twin %s loses nothing else', async (_, twin) => {
    const browser = fakeBrowser()
    const page = openTab({ storage: { ...browser.openTab().storage, twin } }, browser)
    await page.signIn()
    page.auth.destroy()
    const next = openTab({ storage: { ...browser.openTab().storage, twin } }, browser)
    await next.boot()
    expect([next.auth.getState().user, next.warnings]).toEqual([ann, []])
    void next.auth.signOut()
    await drain()
    next.client.next('signOut').answer()
    await drain()
    expect([next.status(), await next.stored()]).toEqual(['signedOut', null])
  })

  it('the word takes the place of garbage', async () => {
    const disk = createDisk()
    const page = openTab({ storage: disk.storage })
    disk.storage.twin?.write(KEY, 'garbage')
    await page.signIn()
    disk.before = never
    void page.auth.signOut()
    await drain()
    disk.before = () => Promise.resolve()
    const next = openTab({ storage: disk.storage })
    await next.boot()
    expect(next.status()).toBe('anonymous')
  })

  it('the word stays short, however often users sign out and however long it was', async () => {
    const disk = createDisk()
    disk.storage.twin?.write(
      `${KEY} ended`,
      Array.from({ length: 100_000 }, (_, n) => `session-${n}`),
    )
    const tab = openTab({ storage: disk.storage })
    for (let n = 1; n <= 30; n += 1) {
      await tab.signIn(ann, n)
      const out = tab.auth.signOut()
      await drain()
      tab.client.next('signOut').answer()
      await out
    }
    expect(wordsOf(disk.storage)[2]).toHaveLength(20)
    expect(disk.record).toBe(null)
  })

  it('the word holds no secret and no user', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    void tab.auth.signOut()
    await drain()
    expect(JSON.stringify(wordsOf(disk.storage))).toMatch(/^\["[0-9a-f]{32}",null,\["[0-9a-f]{32}"\]\]$/)
  })

  it('a session that the word names and that is not stored is none', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    disk.records.clear()
    const next = openTab({ storage: disk.storage })
    await next.boot()
    expect(next.status()).toBe('anonymous')
  })

  /** A localStorage. */
  function createArea(): Storage {
    const items = new Map<string, string>()
    return {
      get length() {
        return items.size
      },
      clear: () => items.clear(),
      getItem: (name) => items.get(name) ?? null,
      key: (index) => [...items.keys()][index] ?? null,
      removeItem: (name) => void items.delete(name),
      setItem: (name, value) => void items.set(name, value),
    }
  }
  const clientOf = (id: string) => Object.assign(scriptedClient<User, Credentials>(), { id })

  it('the word is about one storage and one client in the same area', async () => {
    const area = createArea()
    const clock = fakeClock()
    const open = (name: string, id: string) =>
      openTab({ client: clientOf(id), storage: webStorage(() => area, { name }), clock })
    const [one, other, third] = [open('left', 'shop'), open('right', 'shop'), open('left', 'admin')]
    for (const tab of [one, other, third]) await tab.signIn()
    void one.auth.signOut()
    await drain()
    for (const [name, id, status] of [
      ['left', 'shop', 'anonymous'],
      ['right', 'shop', 'authenticated'],
      ['left', 'admin', 'authenticated'],
    ] as const) {
      const next = open(name, id)
      await next.boot()
      expect([name, id, next.status()]).toEqual([name, id, status])
    }
  })

  it('a page that had not read its record ends no session of another storage', async () => {
    const area = createArea()
    const clock = fakeClock()
    const open = (name: string) =>
      openTab({ client: clientOf('shop'), storage: webStorage(() => area, { name }), clock })
    await open('right').signIn()
    const left = open('left')
    await left.auth.signOut()
    const next = open('right')
    await next.boot()
    expect(next.auth.getState().user).toEqual(ann)
  })

  it('a sign-in after the sign-out stays where both came before the restore was done', async () => {
    const page = openTab({}, await browserWithSession())
    page.tab.holdStorage()
    void page.auth.signOut()
    const signedIn = watch(page.auth.signIn(annsPassword))
    await drain()
    page.client.next('signIn').answer(grant(5))
    await drain()
    page.tab.releaseStorage()
    await drain()
    expect([signedIn.now, await page.auth.getAccessToken()]).toEqual(['resolved', 'access-5'])
    const next = openTab({}, page.browser)
    await next.boot()
    expect([next.auth.getState().user, await next.auth.getAccessToken()]).toEqual([ann, 'access-5'])
  })
})
