/** Tabs that die, freeze, rob each other of the lock or hear the wrong thing at the wrong time. */
import { describe, expect, it } from 'vitest'
import {
  ann,
  bob,
  bobsPassword,
  browserWithSession,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  HOUR,
  MINUTE,
  never,
  openTab,
  SECOND,
  watch,
} from './support.ts'
import type { AuthStorage, TabHint, Tabs } from '@authchart/core'

/** Locks that keep no tab out, as after a robbery, and a wire on which nothing arrives. */
const robbed: Tabs = { lock: (_, work) => work(), open: () => ({ post() {}, close() {} }) }

/** Tabs that share a disk and nothing else. */
function tabsOfOneDisk(tabs: Tabs = robbed) {
  const disk = createDisk()
  const clock = fakeClock()
  return { disk, clock, open: () => openTab({ storage: disk.storage, clock, tabs }) }
}

describe('a tab that crashes while it holds the lock', () => {
  it('a tab that crashes while it holds the lock before the mark is on disk has spent nothing: the next tab renews, once [7]', async () => {
    const browser = await browserWithSession()
    const dead = openTab({}, browser)
    await dead.boot()
    dead.tab.holdStorage()
    void dead.auth.refresh().catch(() => {})
    await drain()
    expect(dead.client.spent).toEqual([])
    dead.tab.kill()
    const next = openTab({}, browser)
    await next.boot()
    void next.auth.refresh()
    await drain()
    next.client.next('refresh').answer(grant(2))
    await drain()
    expect(next.client.spent).toEqual(['refresh-1'])
    expect(await next.auth.getAccessToken()).toBe('access-2')
  })

  it('a tab that crashes while it holds the lock after the mark is on disk, and before it sent, counts as one that sent [7]', async () => {
    const disk = createDisk()
    const clock = fakeClock()
    const browser = fakeBrowser()
    const first = openTab({ storage: disk.storage, clock }, browser)
    await first.signIn()
    // the mark is written, and then no tab is left to hear of it
    const storage: AuthStorage = {
      ...disk.storage,
      async compareAndSet(key, expected, next) {
        await disk.storage.compareAndSet(key, expected, next)
        return never()
      },
    }
    // its clock stands still with it
    const dead = openTab({ storage, clock: fakeClock(clock.now()) }, browser)
    await dead.boot()
    void dead.auth.refresh().catch(() => {})
    await drain()
    dead.tab.kill()
    expect(disk.record).toMatchObject({ marked: true, refreshToken: 'refresh-1' })
    const next = openTab({ storage: disk.storage, clock }, browser)
    await next.boot()
    expect(next.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
    expect(await next.auth.getAccessToken()).toBe('access-1')
    clock.advance(HOUR)
    await drain()
    expect([dead.client.spent, next.client.spent]).toEqual([[], []])
    expect(next.auth.getState()).toMatchObject({ status: 'expired', reason: 'refresh-indeterminate' })
  })
})

describe('a tab that holds the lock', () => {
  async function busyAndWaiting() {
    const clock = fakeClock()
    const browser = await browserWithSession(ann, clock)
    const busy = openTab({ requestTimeout: 10 * HOUR }, browser, clock)
    const waiting = openTab({}, browser, clock)
    await busy.boot()
    await waiting.boot()
    clock.advance(DUE)
    await drain()
    expect([busy.client.spent, waiting.client.spent]).toEqual([['refresh-1'], []])
    return { clock, busy, waiting }
  }

  it('a tab that holds the lock for as long as a renewal may take keeps the other one waiting, without an error [13]', async () => {
    const { clock, busy, waiting } = await busyAndWaiting()
    // the longest ping, the longest request and the longest question who it is
    clock.advance(70 * SECOND)
    await drain()
    expect(waiting.auth.getState()).toMatchObject({ status: 'refreshing', error: null })
    busy.client.next('refresh').answer(grant(2))
    await drain()
    expect(waiting.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', error: null })
    expect(await waiting.auth.getAccessToken()).toBe('access-2')
    expect(waiting.client.spent).toEqual([])
  })

  it('a tab that holds the lock and is frozen is not robbed: the other one gives up waiting and uses the access token to its end [8]', async () => {
    const { clock, busy, waiting } = await busyAndWaiting()
    // a second of the two minutes has passed: it was due at 33
    clock.advance(2 * MINUTE - SECOND + 10)
    await drain()
    expect(waiting.auth.getState()).toMatchObject({
      status: 'authenticated',
      renewal: 'waiting',
      error: { code: 'timeout' },
    })
    const asked = watch(waiting.auth.fetch('https://api.test/'))
    await drain()
    expect([asked.now, waiting.server.tokens()]).toEqual(['resolved', ['access-1']])
    const later = async (minutes: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        clock.advance(MINUTE)
        await drain()
      }
    }
    await later(60)
    const late = watch(waiting.auth.fetch('https://api.test/'))
    await later(3)
    expect(late.now).toBe('timeout')
    expect(waiting.auth.getState()).toMatchObject({ user: ann })
    expect([waiting.client.spent, waiting.server.tokens()]).toEqual([[], ['access-1']])
    // it thaws, and its answer is good for both
    busy.client.next('refresh').answer(grant(2))
    await drain()
    expect(await waiting.auth.getAccessToken()).toBe('access-2')
    expect([...busy.client.spent, ...waiting.client.spent]).toEqual(['refresh-1'])
  })
})

describe('a tab that was robbed of its lock in the middle of a renewal', () => {
  it.each(['once', 'until the other tab has marked'])(
    'a tab that was robbed of its lock, and whose mark the storage refused %s, does not write it over the mark of the other tab',
    async (how) => {
      const { disk, open } = tabsOfOneDisk()
      const [victim, robber] = [open(), open()]
      await victim.signIn()
      await robber.boot()
      let tell = (): void => {}
      const told = new Promise<void>((resolve) => (tell = resolve))
      let refused = 0
      disk.before = async (operation) => {
        if (operation === 'read') return how === 'once' && refused > 0 ? told : undefined
        refused += 1
        throw new DOMException('The database connection is closing', 'InvalidStateError')
      }
      void victim.auth.refresh().catch(() => {})
      await drain()
      disk.before = async () => {}
      void robber.auth.refresh().catch(() => {})
      await drain()
      tell()
      victim.clock.advance(2 * MINUTE)
      await drain()
      expect([victim.client.spent, robber.client.spent]).toEqual([[], ['refresh-1']])
      expect(disk.record).toMatchObject({ generation: 1, marked: true })
    },
  )

  it('a tab that was robbed of its lock in the middle of a renewal is not followed by the robber, which finds its mark [9]', async () => {
    const { open } = tabsOfOneDisk()
    const one = open()
    await one.signIn()
    const two = open()
    await two.boot()
    void one.auth.refresh()
    await drain()
    const asked = watch(two.auth.refresh())
    await drain()
    expect([asked.now, two.client.spent]).toEqual(['refresh-indeterminate', []])
    one.client.next('refresh').answer(grant(2))
    await drain()
    expect(await one.auth.getAccessToken()).toBe('access-2')
    two.network.wake()
    await drain()
    expect(two.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
    expect(await two.auth.getAccessToken()).toBe('access-2')
  })

  it('a tab that was robbed of its lock in the middle of a renewal does not write over a user who signed in since: its late tokens are revoked [9]', async () => {
    const { disk, open } = tabsOfOneDisk()
    const victim = open()
    await victim.signIn()
    const robber = open()
    await robber.boot()
    void victim.auth.refresh().catch(() => {})
    await drain()
    await robber.signIn(bob, 7)
    victim.client.next('refresh').answer(grant(2))
    await drain()
    expect(disk.record).toMatchObject({ user: bob, refreshToken: 'refresh-7', marked: false })
    // no hint says whether the other sign-in stays: the record is looked at once more
    victim.clock.advance(SECOND)
    await drain()
    expect(victim.client.next('signOut').input).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
    expect(victim.auth.getState()).toMatchObject({ status: 'authenticated', user: bob })
    expect(await victim.auth.getAccessToken()).toBe('access-7')
  })

  it('a tab that was robbed of its lock in the middle of a renewal does not bring back a session that was signed out since [9]', async () => {
    const { disk, open } = tabsOfOneDisk()
    const victim = open()
    await victim.signIn()
    const robber = open()
    await robber.boot()
    void victim.auth.refresh().catch(() => {})
    await drain()
    void robber.auth.signOut()
    await drain()
    victim.client.next('refresh').answer(grant(2))
    await drain()
    expect(disk.record).toBe(null)
    expect(victim.auth.getState()).toMatchObject({ status: 'signedOut', user: null })
    expect(victim.client.next('signOut').input).toMatchObject({ accessToken: 'access-2' })
  })
})

describe('hints', () => {
  it('hints that come before the record, twice, late or from nowhere change nothing by themselves [4, 98]', async () => {
    const disk = createDisk()
    const clock = fakeClock()
    let hear: (hint: TabHint) => void = () => {}
    const tabs: Tabs = {
      lock: (_, work) => work(),
      open: (_, listener) => {
        hear = listener
        return { post() {}, close() {} }
      },
    }
    const tab = openTab({ storage: disk.storage, clock, tabs })
    await tab.signIn()
    const before = tab.auth.getState()
    for (const generation of [2, 2, 9, 1, 0, 2 ** 40]) hear({ generation })
    await drain()
    expect(tab.auth.getState()).toBe(before)
    expect(await tab.auth.getAccessToken()).toBe('access-1')
    expect(tab.client.pending).toEqual([])
    // the record comes now, and with it nothing else has to: it is read again before anything is spent
    const other = openTab({ storage: disk.storage, clock, tabs: robbed })
    await other.boot()
    void other.auth.refresh()
    await drain()
    other.client.next('refresh').answer(grant(2))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-1')
    void tab.auth.refresh()
    await drain()
    expect(tab.client.spent).toEqual([])
    expect(await tab.auth.getAccessToken()).toBe('access-2')
  })
})

describe('two auths in one page', () => {
  it('two auths in one page over one storage share the lock and the record, and spend one token once [15]', async () => {
    const browser = await browserWithSession()
    const clock = fakeClock()
    const page = browser.openTab()
    const one = openTab({ storage: page.storage, tabs: page.tabs }, browser, clock)
    const two = openTab({ storage: page.storage, tabs: page.tabs }, browser, clock)
    await one.boot()
    await two.boot()
    clock.advance(DUE)
    await drain()
    const [busy] = [one, two].filter(({ client }) => client.has('refresh'))
    busy?.client.next('refresh').answer(grant(2))
    await drain()
    expect([...one.client.spent, ...two.client.spent]).toEqual(['refresh-1'])
    expect([await one.auth.getAccessToken(), await two.auth.getAccessToken()]).toEqual(['access-2', 'access-2'])
  })

  it.each([true, false])(
    'two auths in one page of which the older was replaced in the middle of a renewal (destroyed: %s): one request [25]',
    async (isDestroyed) => {
      const clock = fakeClock()
      const browser = await browserWithSession(ann, clock)
      const page = browser.openTab()
      const older = openTab({ storage: page.storage, tabs: page.tabs }, browser, clock)
      await older.boot()
      void older.auth.refresh().catch(() => {})
      await drain()
      if (isDestroyed) older.auth.destroy()
      const newer = openTab({ storage: page.storage, tabs: page.tabs }, browser, clock)
      newer.auth.subscribe(() => {})
      const asked = watch(newer.auth.refresh())
      await drain()
      older.client.next('refresh').answer(grant(2))
      await drain()
      expect([...older.client.spent, ...newer.client.spent].filter((token) => token === 'refresh-1')).toHaveLength(1)
      if (newer.client.has('refresh')) newer.client.next('refresh').answer(grant(3))
      await drain()
      expect(asked.now).toBe('resolved')
      const spent = [...older.client.spent, ...newer.client.spent]
      expect(new Set(spent).size).toBe(spent.length)
    },
  )
})

describe('in the middle of a renewal', () => {
  it('listeners that go and come, as in StrictMode, neither stop nor repeat it [23]', async () => {
    const tab = openTab()
    await tab.signIn()
    const stop = tab.auth.subscribe(() => {})
    tab.clock.advance(DUE)
    await drain()
    for (let n = 0; n < 5; n += 1) {
      stop()
      tab.auth.subscribe(() => {})()
    }
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
    expect(await tab.auth.getAccessToken()).toBe('access-2')
  })

  it('what can be persisted of the actor holds no renewal to be done again: a new page reads the record [24]', async () => {
    const clock = fakeClock()
    const browser = await browserWithSession(ann, clock)
    const first = openTab({}, browser, clock)
    await first.boot()
    void first.auth.refresh().catch(() => {})
    await drain()
    const persisted = JSON.stringify(first.auth.actor.getPersistedSnapshot())
    expect(persisted).not.toContain('refresh-1')
    expect(persisted).not.toContain('access-1')
    first.tab.kill()
    const next = openTab({ initialSession: { user: ann } }, browser, clock)
    await next.boot()
    void next.auth.refresh().catch(() => {})
    await drain()
    expect(next.client.spent).toEqual([])
    expect(next.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'indeterminate' })
  })
})

describe('back from the back-forward cache', () => {
  it('guards are closed at once in a page from the back-forward cache, until the server says who it is [26]', async () => {
    const tab = openTab()
    await tab.signIn()
    expect(tab.auth.can('isEditor')).toBe(true)
    tab.network.wake(true)
    expect(tab.auth.can('isEditor')).toBe(false)
    await drain()
    expect(tab.auth.can('isEditor')).toBe(false)
    tab.client.next('getUser').answer(ann)
    await drain()
    expect(tab.auth.can('isEditor')).toBe(true)
  })

  it.each([
    ['another user', bob],
    ['no user', null],
  ])('a page from the back-forward cache shows it when %s is signed in by now [26]', async (_, who) => {
    const { disk, clock, open } = tabsOfOneDisk()
    const tab = open()
    await tab.signIn()
    const other = openTab({ storage: disk.storage, clock, tabs: robbed })
    await other.boot()
    if (who) await other.signIn(who, 7)
    else void other.auth.signOut()
    await drain()
    const shown: boolean[] = []
    tab.auth.subscribe(() => void shown.push(tab.auth.can('isEditor')))
    tab.network.wake(true)
    await drain()
    expect(shown).not.toContain(true)
    expect(tab.auth.getState()).toMatchObject({ status: who ? 'authenticated' : 'signedOut', user: who })
    expect(await tab.auth.getAccessToken()).toBe(who ? 'access-7' : null)
  })

  it('a renewal that was under way is not gone on with in a page from the back-forward cache: its late answer is revoked, not stored [27]', async () => {
    const { disk, clock, open } = tabsOfOneDisk()
    const tab = open()
    await tab.signIn()
    void tab.auth.refresh().catch(() => {})
    await drain()
    // the page is frozen here; another tab finds the mark, and the user signs in anew there
    const other = openTab({ storage: disk.storage, clock, tabs: robbed })
    await other.boot()
    expect(other.auth.getState()).toMatchObject({ renewal: 'indeterminate' })
    await other.signIn(ann, 7)
    clock.sleep(10 * MINUTE)
    tab.network.wake(true)
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-7')
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(await tab.auth.getAccessToken()).toBe('access-7')
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-7', marked: false })
    expect(tab.client.next('signOut').input).toMatchObject({ accessToken: 'access-2' })
    expect(other.client.spent).toEqual([])
  })

  it('a renewal whose answer was lost in the back-forward cache is not sent again: the record is read, and its mark found [27]', async () => {
    const { clock, open } = tabsOfOneDisk()
    const tab = open()
    await tab.signIn()
    void tab.auth.refresh().catch(() => {})
    await drain()
    clock.sleep(10 * MINUTE)
    tab.network.wake(true)
    await drain()
    tab.client.next('refresh').fail('network')
    await drain()
    void tab.auth.refresh().catch(() => {})
    await drain()
    expect(tab.client.spent).toEqual(['refresh-1'])
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, renewal: 'indeterminate' })
  })
})

it('a tab that signs in while another one waits for the same is not confused by its record [110]', async () => {
  const browser = fakeBrowser()
  const clock = fakeClock()
  const one = openTab({}, browser, clock)
  const two = openTab({}, browser, clock)
  await one.signIn()
  await two.boot()
  const asked = watch(two.auth.fetch('https://api.test/mine'))
  await drain()
  expect(asked.now).toBe('resolved')
  void two.auth.signIn(bobsPassword)
  await drain()
  two.client.next('signIn').answer(grant(7, bob))
  await drain()
  const tokens: unknown[] = []
  one.auth.subscribe(({ user }) => void tokens.push(user?.name))
  await one.auth.fetch('https://api.test/mine')
  expect(one.auth.getState()).toMatchObject({ user: bob })
  expect(one.server.tokens()).toEqual(['access-7'])
  expect(two.server.tokens()).toEqual(['access-1'])
})

describe('a mark that the storage did not take', () => {
  it('a token that another tab has spent meanwhile is not sent, although the storage fails when it is asked for that', async () => {
    // both have the lock: a lease has run out
    const { disk, clock, open } = tabsOfOneDisk()
    const faster = open()
    await faster.signIn()

    const asked: { answer: () => void; fail: () => void }[] = []
    const held = <T>(work: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        asked.push({ answer: () => void work().then(resolve, reject), fail: () => reject(new Error('disk')) })
      })
    const next = async (how: 'answer' | 'fail'): Promise<void> => {
      asked.shift()?.[how]()
      await drain()
    }
    let hint = (): void => {}
    const slower = openTab({
      clock,
      storage: {
        ...disk.storage,
        read: (key, call) => held(() => disk.storage.read(key, call)),
        compareAndSet: (...change) => held(() => disk.storage.compareAndSet(...change)),
      },
      tabs: {
        ...robbed,
        open(_, onMessage) {
          hint = () => onMessage({ generation: 2 })
          return { post() {}, close() {} }
        },
      },
    })
    await slower.boot()
    await next('answer')
    void slower.auth.refresh().catch(() => {})
    await drain()
    await next('answer')
    const [mark] = asked.splice(0)

    void faster.auth.refresh()
    await drain()
    faster.client.next('refresh').answer(grant(2))
    await drain()
    expect(disk.record).toMatchObject({ generation: 2 })

    hint()
    await drain()
    mark?.fail()
    await drain()
    // what the hint is about, and then what became of the mark
    await next('answer')
    await next('fail')
    expect(slower.client.spent).toEqual([])
    while (asked.length > 0) await next('answer')
    expect(slower.client.spent).toEqual([])
    expect(slower.auth.getState()).toMatchObject({ user: ann })
  })
})
