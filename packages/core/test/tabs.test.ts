import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  bobsPassword,
  browserWithSession,
  createDisk,
  drain,
  fakeBrowser,
  fakeClock,
  grant,
  KEY,
  openTab,
  SECOND,
  watch,
} from './support.ts'

async function twoTabs() {
  const browser = fakeBrowser()
  const clock = fakeClock()
  const one = openTab({}, browser, clock)
  const two = openTab({}, browser, clock)
  await one.boot()
  await two.boot()
  return { browser, clock, one, two }
}

describe('another tab', () => {
  it('another tab signs in: this one is signed in, too, without a request', async () => {
    const { one, two } = await twoTabs()
    await one.signIn()
    expect(two.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, confirmed: false })
    expect(await two.auth.getAccessToken()).toBe('access-1')
    expect(two.client.counts.signIn).toBe(0)
  })

  it('another tab signs out: this one is signed out and forgets the token [111]', async () => {
    const { one, two } = await twoTabs()
    await one.signIn()
    void one.auth.signOut()
    await drain()
    expect(two.auth.getState()).toMatchObject({ status: 'signedOut', reason: 'signed-out-elsewhere' })
    expect(await two.auth.getAccessToken()).toBe(null)
    expect(two.client.counts.signOut).toBe(0)
  })

  it('another tab switches the user: this one shows the new one and never mixes the two [110]', async () => {
    const { one, two } = await twoTabs()
    await one.signIn()
    const seen: unknown[] = []
    two.auth.subscribe(({ status, user }) => void seen.push([status, user?.name]))
    await one.signIn(bob, 7)
    expect(seen.at(-1)).toEqual(['authenticated', 'Bob'])
    expect(await two.auth.getAccessToken()).toBe('access-7')
    expect(two.auth.can('isEditor')).toBe(false)
  })

  it('another tab loses the session by the word of the server: this one says the same', async () => {
    const { one, two } = await twoTabs()
    await one.signIn()
    void one.auth.refresh().catch(() => {})
    await drain()
    one.client.next('refresh').fail('session-expired')
    await drain()
    expect(two.auth.getState()).toMatchObject({ status: 'expired', reason: 'session-expired', lastUser: ann })
  })

  it('a tab that was asleep reads again when it wakes up [11, 111]', async () => {
    const browser = fakeBrowser()
    const clock = fakeClock()
    const one = openTab({}, browser, clock)
    await one.signIn()
    const deaf = browser.openTab()
    const two = openTab({ tabs: { lock: deaf.tabs.lock, open: () => ({ post() {}, close() {} }) } }, browser, clock)
    await two.boot()
    void one.auth.signOut()
    await drain()
    expect(two.status()).toBe('authenticated')
    two.network.wake()
    await drain()
    expect(two.status()).toBe('signedOut')
  })

  it('another tab clears the storage: every tab is signed out [88]', async () => {
    const disk = createDisk()
    const { auth, network, signIn, status } = openTab({ storage: disk.storage })
    await signIn()
    disk.records.clear()
    disk.words.clear()
    network.wake()
    await drain()
    expect([status(), await auth.getAccessToken()]).toEqual(['signedOut', null])
  })

  it('another tab signs in while this one does: the last one stays, in both [110]', async () => {
    const { one, two } = await twoTabs()
    const first = watch(one.auth.signIn({ email: 'ann@example.test', password: 'x' }))
    const second = watch(two.auth.signIn(bobsPassword))
    await drain()
    one.client.next('signIn').answer(grant(1, ann))
    await drain()
    two.client.next('signIn').answer(grant(7, bob))
    await drain()
    expect([first.value, second.value]).toEqual([ann, bob])
    expect([one.auth.getState().user, two.auth.getState().user]).toEqual([bob, bob])
  })

  it('another tab hears generations, and nothing else', async () => {
    const { browser, one } = await twoTabs()
    await one.signIn()
    void one.auth.refresh()
    await drain()
    one.client.next('refresh').answer(grant(2))
    await drain()
    void one.auth.signOut()
    await drain()
    expect(browser.hints.length).toBeGreaterThan(0)
    for (const hint of browser.hints) expect(Object.keys(hint)).toEqual(['generation'])
  })

  it('another tab is not answered with echoes: two messages for a sign-in and a renewal, however many tabs listen [161]', async () => {
    const { browser, one } = await twoTabs()
    await one.signIn()
    const before = browser.hints.length
    void one.auth.refresh()
    await drain()
    one.client.next('refresh').answer(grant(2))
    await drain()
    expect([before, browser.hints.length]).toEqual([1, 2])
  })
})

describe('while this tab is being restored, another one', () => {
  it('while this tab is being restored, another tab switches the user: this one ends up with the new one', async () => {
    const clock = fakeClock()
    const disk = createDisk()
    const first = openTab({ storage: disk.storage, clock })
    await first.signIn()
    const old = structuredClone(disk.record)
    await first.signIn(bob, 7)
    const browser = fakeBrowser()
    const reads: ((record: unknown) => void)[] = []
    const storage = { ...disk.storage, read: () => new Promise<unknown>((resolve) => reads.push(resolve)) }
    const tab = openTab({ storage }, browser, clock)
    tab.auth.subscribe(() => {})
    await drain()
    tab.network.wake()
    await drain()
    reads[1]?.(disk.record)
    await drain()
    reads[0]?.(old)
    await drain()
    for (const read of reads.splice(2)) read(disk.record)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(await tab.auth.getAccessToken()).toBe('access-7')
  })

  it('what is shown and what is sent are of one user, where two reads of one tab end together', async () => {
    const clock = fakeClock()
    const disk = createDisk()
    const first = openTab({ storage: disk.storage, clock })
    await first.signIn()
    const old = structuredClone(disk.record)
    await first.signIn(bob, 7)
    const reads: ((record: unknown) => void)[] = []
    const storage = { ...disk.storage, read: () => new Promise<unknown>((resolve) => reads.push(resolve)) }
    const tab = openTab({ storage, clock })
    tab.auth.subscribe(() => {})
    await drain()
    tab.network.wake()
    await drain()
    reads[0]?.(old)
    reads[1]?.(disk.record)
    await drain()
    for (const read of reads.splice(2)) read(disk.record)
    await drain()
    const { user } = tab.auth.getState()
    const token = watch(tab.auth.getAccessToken())
    await drain()
    expect([user?.name, token.value]).toEqual(['Bob', 'access-7'])
  })

  it('while this tab is being restored, another tab signs out during a long renewal: no user is signed in here either', async () => {
    const browser = await browserWithSession()
    const clock = fakeClock()
    const busy = openTab({}, browser, clock)
    await busy.boot()
    void busy.auth.refresh().catch(() => {})
    await drain()
    const tab = openTab({}, browser, clock)
    await tab.boot()
    expect(tab.status()).toBe('restoring')
    clock.advance(SECOND)
    void busy.auth.signOut()
    await drain()
    clock.advance(SECOND)
    await drain()
    expect(await tab.stored()).toBe(null)
    expect(tab.auth.getState()).toMatchObject({ user: null })
    expect(await tab.auth.getAccessToken()).toBe(null)
  })

  it('while this tab is being restored, another tab is renewing, which takes long: this one is signed in after two seconds, and takes the new token when it comes [8]', async () => {
    const browser = await browserWithSession()
    const clock = fakeClock()
    const busy = openTab({}, browser, clock)
    await busy.boot()
    void busy.auth.refresh()
    await drain()
    const tab = openTab({}, browser, clock)
    await tab.boot()
    clock.advance(2 * SECOND)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'idle' })
    busy.client.next('refresh').answer(grant(2))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-2')
    expect(tab.client.spent).toEqual([])
  })
})

it('a record that is put back from an older page is not taken for a newer one', async () => {
  const disk = createDisk()
  const { auth, client, network, signIn } = openTab({ storage: disk.storage })
  await signIn()
  const old = structuredClone(disk.record)
  void auth.refresh()
  await drain()
  client.next('refresh').answer(grant(2))
  await drain()
  disk.records.set(KEY, old)
  network.wake()
  await drain()
  expect(await auth.getAccessToken()).toBe('access-2')
})

it('a record of a session that ended here does not bring it back', async () => {
  const disk = createDisk()
  const { auth, client, network, signIn, status } = openTab({ storage: disk.storage })
  await signIn()
  const old = structuredClone(disk.record)
  void auth.signOut()
  await drain()
  client.next('signOut').answer()
  await drain()
  disk.records.set(KEY, old)
  network.wake()
  await drain()
  expect(status()).toBe('signedOut')
})
