/** Nothing is stored, and a tab holds a session: what stands beside the record says whether it goes on. */
import { describe, expect, it } from 'vitest'
import {
  ann,
  annsPassword,
  busy,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  HOUR,
  KEY,
  MINUTE,
  openTab,
  SECOND,
} from './support.ts'
import type { AuthStorage } from '@authchart/core'

const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
const works = () => Promise.resolve()

/** Two tabs that show the same session. */
async function twoTabs(change: (storage: AuthStorage) => AuthStorage = (storage) => storage) {
  const disk = createDisk()
  const clock = fakeClock()
  const browser = fakeBrowser()
  const storage = change(disk.storage)
  const one = openTab({ storage, clock }, browser)
  await one.signIn()
  const two = openTab({ storage, clock }, browser)
  await two.boot()
  expect(two.auth.getState().user).toEqual(ann)
  return { disk, clock, one, two }
}

/** The first tab cannot mark its renewal, removes the record, and has sent its token. */
async function renewingInMemory(change?: (storage: AuthStorage) => AuthStorage) {
  const tabs = await twoTabs(change)
  const { disk, one, two } = tabs
  disk.before = (operation) => (operation === 'write' ? full() : works())
  void one.auth.refresh().catch(() => {})
  await drain()
  expect(one.client.spent).toEqual(['refresh-1'])
  expect(disk.record).toBe(null)
  void two.auth.refresh().catch(() => {})
  await drain()
  return tabs
}

describe('a tab that removes the record because it cannot mark it', () => {
  it('a tab that removes the record because it cannot mark it signs no other tab out, and no token is spent twice', async () => {
    const { disk, clock, one, two } = await renewingInMemory()
    one.client.next('refresh').answer(grant(2))
    await drain()
    expect(one.auth.getState()).toMatchObject({ status: 'authenticated', persistence: 'memory' })
    expect(two.auth.getState()).toMatchObject({ user: ann, renewal: 'indeterminate' })
    expect(await two.auth.getAccessToken()).toBe('access-1')
    disk.before = works
    clock.advance(SECOND)
    await drain()
    expect(disk.record).toMatchObject({ generation: 2, marked: false })
    expect(two.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
    expect(await two.auth.getAccessToken()).toBe('access-2')
    expect(two.client.spent).toEqual([])
  })

  it('a tab that removes the record because it cannot mark it keeps a token that was not processed to itself until it is stored', async () => {
    const { disk, clock, one, two } = await renewingInMemory()
    one.client.next('refresh').fail(busy())
    await drain()
    expect(two.auth.getState()).toMatchObject({ user: ann, renewal: 'indeterminate' })
    expect(two.client.spent).toEqual([])
    disk.before = works
    clock.advance(SECOND)
    await drain()
    for (const { client } of [one, two]) if (client.has('refresh')) client.next('refresh').answer(grant(2))
    await drain()
    expect([...one.client.spent, ...two.client.spent]).toEqual(['refresh-1', 'refresh-1'])
    expect(await two.auth.getAccessToken()).toBe('access-2')
    expect(disk.record).toMatchObject({ generation: 2, marked: false })
  })

  it('a tab that removes the record because it cannot mark it, and dies, may have spent the token: no other tab does', async () => {
    const { clock, one, two, disk } = await renewingInMemory()
    one.auth.destroy()
    one.tab.kill()
    disk.before = works
    clock.advance(10 * MINUTE)
    await drain()
    expect(two.auth.getState()).toMatchObject({ user: ann })
    clock.advance(HOUR)
    await drain()
    expect(two.client.spent).toEqual([])
    expect(two.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })

  it('a tab that removes the record because it cannot mark it, and can leave no word of that, ends the session in other tabs', async () => {
    const { one, two } = await renewingInMemory((storage) => ({
      ...storage,
      twin: {
        read: storage.twin!.read,
        write(key, value) {
          if (key.endsWith('spend') && value !== null) throw new DOMException('full', 'QuotaExceededError')
          storage.twin!.write(key, value)
        },
      },
    }))
    one.client.next('refresh').answer(grant(2))
    await drain()
    expect(two.client.spent).toEqual([])
    expect(two.auth.getState()).toMatchObject({ status: 'signedOut' })
  })
})

describe('a record that was lost', () => {
  it('a record that was lost is written again by the next renewal', async () => {
    const { disk, clock, one, two } = await twoTabs()
    disk.records.delete(KEY)
    clock.advance(DUE)
    await drain()
    for (const { client } of [one, two]) if (client.has('refresh')) client.next('refresh').answer(grant(2))
    await drain()
    expect([...one.client.spent, ...two.client.spent]).toEqual(['refresh-1'])
    expect(disk.record).toMatchObject({ generation: 2, marked: false })
    for (const { auth } of [one, two]) expect(await auth.getAccessToken()).toBe('access-2')
  })

  it('a record that was lost while its token was on its way is written with the new tokens', async () => {
    const { disk, one, two } = await twoTabs()
    void one.auth.refresh().catch(() => {})
    await drain()
    disk.records.delete(KEY)
    one.client.next('refresh').answer(grant(2))
    await drain()
    expect(disk.record).toMatchObject({ generation: 2, marked: false })
    for (const { auth } of [one, two]) expect(await auth.getAccessToken()).toBe('access-2')
    expect(one.client.counts.signOut).toBe(0)
  })

  it('a record that was lost after its token was spent is written again only by the tab that has the next one', async () => {
    const { disk, clock, one } = await twoTabs()
    // it hears nothing of the renewal
    const deaf = openTab({ storage: disk.storage, clock })
    await deaf.boot()
    void one.auth.refresh().catch(() => {})
    await drain()
    one.client.next('refresh').answer(grant(2))
    await drain()
    disk.records.delete(KEY)
    void deaf.auth.refresh().catch(() => {})
    await drain()
    expect(deaf.auth.getState()).toMatchObject({ user: ann, renewal: 'indeterminate' })
    expect([deaf.client.spent, disk.record]).toEqual([[], null])
    void one.auth.refresh().catch(() => {})
    await drain()
    one.client.next('refresh').answer(grant(3))
    await drain()
    expect(one.client.spent).toEqual(['refresh-1', 'refresh-2'])
    expect(disk.record).toMatchObject({ generation: 3 })
  })

  it('a record that was lost together with what stands beside it was cleared by the user, who is signed out', async () => {
    const { disk, one, two } = await twoTabs()
    disk.records.delete(KEY)
    disk.words.clear()
    void one.auth.refresh().catch(() => {})
    await drain()
    void two.auth.refresh().catch(() => {})
    await drain()
    expect([one.status(), two.status()]).toEqual(['signedOut', 'signedOut'])
    expect(disk.record).toBe(null)
  })

  it('a record that was lost from a storage without such a word ends the session', async () => {
    const { disk, one } = await twoTabs(({ twin: _twin, ...storage }) => storage)
    disk.records.delete(KEY)
    void one.auth.refresh().catch(() => {})
    await drain()
    expect(one.status()).toBe('signedOut')
  })

  it('a sign-in that another tab had taken up before it was given up is over there, too', async () => {
    const disk = createDisk()
    let answer = (): void => {}
    const storage: AuthStorage = {
      ...disk.storage,
      async compareAndSet(key, expected, next) {
        const isDone = await disk.storage.compareAndSet(key, expected, next)
        // what was written is there, and the tab that wrote it does not know yet
        if (next) await new Promise<void>((resolve) => (answer = resolve))
        return isDone
      },
    }
    const browser = fakeBrowser()
    const one = openTab({ storage }, browser)
    const two = openTab({ storage: disk.storage }, browser)
    void one.auth.signIn(annsPassword).catch(() => {})
    await drain()
    one.client.next('signIn').answer(grant(1))
    await drain()
    await two.boot()
    expect(two.auth.getState().user).toEqual(ann)
    one.auth.cancel()
    answer()
    await drain()
    expect([disk.record, two.status()]).toEqual([null, 'signedOut'])
  })

  it('a sign-out whose word finds no room ends the session in other tabs all the same', async () => {
    const { one, two } = await twoTabs((storage) => ({
      ...storage,
      twin: {
        read: storage.twin!.read,
        write(key, value) {
          if (key.endsWith('ended')) throw new DOMException('full', 'QuotaExceededError')
          storage.twin!.write(key, value)
        },
      },
    }))
    void one.auth.signOut()
    await drain()
    expect(two.status()).toBe('signedOut')
  })
})
