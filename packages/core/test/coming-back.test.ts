/** A page that was in the back-forward cache, frozen or asleep, and what happened in other tabs meanwhile. */
import type { Tabs } from '@authchart/core'
import { describe, expect, it } from 'vitest'
import { ann, bob, createDisk, drain, fakeClock, grant, openTab, SECOND, watch } from './support.ts'

const HERE = 'https://api.test/mine'
/** No wire: a page that is away hears nothing. */
const apart: Tabs = { lock: (_, work) => work(), open: () => ({ post() {}, close() {} }) }

/** Ann's page is away; another user, or no user, is signed in by now. */
async function away(who: typeof bob | null, hasTwin = true) {
  const disk = createDisk()
  const clock = fakeClock()
  const { storage } = disk
  if (!hasTwin) Reflect.deleteProperty(storage, 'twin')
  const tab = openTab({ storage, clock, tabs: apart })
  await tab.signIn()
  const other = openTab({ storage, clock, tabs: apart })
  await other.boot()
  if (who) await other.signIn(who, 7)
  else void other.auth.signOut()
  await drain()
  return { disk, clock, tab, other }
}

const ways = [
  ['the back-forward cache, and another user is signed in', true, bob],
  ['the back-forward cache, and no user is signed in', true, null],
  ['being frozen, and another user is signed in', false, bob],
  ['being frozen, and no user is signed in', false, null],
] as const

describe('a page that comes back', () => {
  it.each(ways)(
    'a page that comes back from %s shows the user before in no frame [S1a]',
    async (_, isRestored, who) => {
      const { tab } = await away(who)
      const frames: unknown[] = []
      tab.auth.subscribe(({ user }) => void frames.push(user))
      tab.network.wake(isRestored)
      frames.push(tab.auth.getState().user)
      await drain()
      expect(frames).not.toContainEqual(ann)
      expect(tab.auth.getState().user).toEqual(who)
    },
  )

  it.each(ways)(
    'a page that comes back from %s sends no request with the token of the user before [S1b]',
    async (_, isRestored, who) => {
      for (const hasTwin of [true, false]) {
        const { tab } = await away(who, hasTwin)
        tab.network.wake(isRestored)
        const asked = watch(tab.auth.fetch(HERE, { method: 'POST', body: 'draft of Ann' }))
        await drain()
        // and what Ann's page asks for does not happen as another user
        expect([asked.now, tab.server.arrived]).toEqual([who ? 'identity-changed' : 'not-authenticated', []])
        expect(tab.client.pending.filter(({ method }) => method === 'getUser').map(({ input }) => input)).toEqual(
          who ? [{ accessToken: 'access-7' }] : [],
        )
      }
    },
  )

  it.each(ways)(
    'a page that comes back from %s makes getAccessToken() wait for the record [S1c]',
    async (_, isRestored, who) => {
      for (const hasTwin of [true, false]) {
        const { tab } = await away(who, hasTwin)
        tab.network.wake(isRestored)
        expect(await tab.auth.getAccessToken()).toBe(who ? 'access-7' : null)
      }
    },
  )

  it.each(ways)(
    'a page that comes back from %s, over a disk that is slow, keeps the user before hidden [S1e]',
    async (_, isRestored, who) => {
      const { tab, disk, clock } = await away(who)
      disk.before = () => new Promise(() => {})
      tab.network.wake(isRestored)
      const asked = watch(tab.auth.fetch(HERE))
      await drain()
      expect(asked.now).toBe('pending')
      for (let second = 0; second < 10; second += 1) {
        clock.advance(SECOND)
        await drain()
        expect(tab.auth.getState().user).not.toEqual(ann)
      }
      expect([asked.now === 'pending', tab.server.tokens()]).toEqual([false, expect.not.arrayContaining(['access-1'])])
    },
  )

  it('a page that comes back over a slow disk, with no word beside it, does not use the token of the user before, and nothing hangs [S1b, S1e]', async () => {
    const { tab, disk, clock } = await away(null, false)
    disk.before = () => new Promise(() => {})
    tab.network.wake(true)
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    for (let second = 0; second < 3; second += 1) {
      clock.advance(SECOND)
      await drain()
    }
    expect([asked.now, tab.server.tokens()]).toEqual(['storage-unavailable', []])
  })

  it.each([true, false])(
    'a page that comes back to what it left (restored: %s) shows nothing anew, and its requests go on [S1a]',
    async (isRestored) => {
      const tab = openTab()
      await tab.signIn()
      const users: unknown[] = []
      tab.auth.subscribe(({ user, status }) => void users.push([user, status]))
      tab.network.wake(isRestored)
      const asked = watch(tab.auth.fetch(HERE))
      await drain()
      while (tab.client.has('getUser')) tab.client.next('getUser').answer(ann)
      await drain()
      expect([asked.now, tab.server.tokens(), tab.auth.can('isEditor')]).toEqual(['resolved', ['access-1'], true])
      expect(users.filter((seen) => JSON.stringify(seen) !== JSON.stringify([ann, 'authenticated']))).toEqual([])
    },
  )

  it('a page that comes back to a session that another tab has renewed sends its requests with the newer token [S1b]', async () => {
    const { tab, other } = await away(ann)
    await drain()
    tab.network.wake()
    await drain()
    void other.auth.refresh()
    await drain()
    other.client.next('refresh').answer(grant(8))
    await drain()
    tab.network.wake(true)
    const asked = watch(tab.auth.fetch(HERE))
    await drain()
    expect([asked.now, tab.server.tokens()]).toEqual(['resolved', ['access-8']])
  })

  it('a page that comes back is not signed out by a word beside the record that the record does not bear out [S1a]', async () => {
    const { tab, disk } = await away(ann)
    tab.network.wake()
    await drain()
    disk.storage.twin?.write('authchart:https://api.test', 'another one')
    tab.network.wake(true)
    expect(tab.auth.getState().user).toBe(null)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
    expect(disk.record).toMatchObject({ user: ann })
  })

  it('a page that comes back over a disk that is slow once, with no word beside it, asks for its user when the disk answers again [S1e]', async () => {
    const disk = createDisk()
    Reflect.deleteProperty(disk.storage, 'twin')
    const tab = openTab({ storage: disk.storage, tabs: apart })
    await tab.signIn()
    disk.before = () => new Promise(() => {})
    tab.network.wake(true)
    await tab.clock.pass(4 * SECOND)
    disk.before = () => Promise.resolve()
    await tab.clock.pass(30 * SECOND)
    tab.client.next('getUser').answer(ann)
    await drain()
    expect([tab.auth.can('isEditor'), tab.auth.getState()]).toMatchObject([true, { user: ann, confirmed: true }])
  })

  it('a page that comes back and is destroyed before the disk has answered tells who waits that it is destroyed', async () => {
    const { tab, disk } = await away(null, false)
    disk.before = () => new Promise(() => {})
    tab.network.wake(true)
    const { auth } = tab
    const asked = [auth.getAccessToken(), auth.fetch(HERE), auth.reloadUser(), auth.refresh()].map((one) =>
      watch<unknown>(one),
    )
    await drain()
    auth.destroy()
    await drain()
    expect(asked.map(({ now }) => now)).toEqual(['destroyed', 'destroyed', 'destroyed', 'destroyed'])
    expect(tab.server.tokens()).toEqual([])
  })

  it('a page that comes back, whose disk does not answer in time, and that is destroyed then leaves no timer behind', async () => {
    const { tab, other, disk, clock } = await away(null, false)
    other.client.next('signOut').answer()
    other.auth.destroy()
    await drain()
    disk.before = () => new Promise(() => {})
    tab.network.wake(true)
    for (let second = 0; second < 4; second += 1) {
      clock.advance(SECOND)
      await drain()
    }
    tab.auth.destroy()
    await drain()
    expect(clock.pending).toBe(0)
  })
})

describe('a tab that found the mark of another one and hears nothing', () => {
  it('a tab that found the mark of another one and hears nothing reads the record when its token is refused [M3a]', async () => {
    const { storage } = createDisk()
    const clock = fakeClock()
    const one = openTab({ storage, clock, tabs: apart })
    await one.signIn()
    const two = openTab({ storage, clock, tabs: apart })
    await two.boot()
    two.client.next('getUser').answer(ann)
    void one.auth.refresh()
    await drain()
    await expect(two.auth.refresh()).rejects.toMatchObject({ code: 'refresh-indeterminate' })
    one.client.next('refresh').answer(grant(2))
    await drain()
    two.server.decide = ({ token }) => (token === 'access-1' ? 401 : 200)
    expect((await two.auth.fetch(HERE)).status).toBe(200)
    expect([two.server.tokens(), two.client.spent]).toEqual([['access-1', 'access-2'], []])
  })
})
