/** A storage that does not answer is not an empty one: nothing is taken for granted, and nothing that was wanted is lost. */
import type { AuthStorage } from '@authchart/core'
import { describe, expect, it, vi } from 'vitest'
import {
  ann,
  annsPassword,
  bob,
  bobsPassword,
  browserWithSpend,
  createDisk,
  drain,
  DUE,
  fakeBrowser,
  fakeClock,
  grant,
  HOUR,
  KEY,
  MINUTE,
  never,
  openTab,
  refreshing,
  SECOND,
  watch,
  type Tab,
} from './support.ts'

vi.setConfig({ testTimeout: 120_000 })

const works = () => Promise.resolve()
const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
const cold = () => Promise.reject(new DOMException('Internal error opening backing store', 'UnknownError'))
const answerAll = ({ client }: Tab): void => {
  if (client.has('refresh')) client.next('refresh').answer(grant(20 + client.counts.refresh, null))
  if (client.has('getUser')) client.next('getUser').answer(ann)
}

/** Lets time pass in steps of a second: a longer one would fire a time limit before what it watches could answer. */
async function pass(tab: Tab, milliseconds: number, each: (tab: Tab) => void = () => {}): Promise<void> {
  for (let left = milliseconds; left > 0; left -= SECOND) {
    tab.clock.advance(Math.min(SECOND, left))
    await drain()
    each(tab)
    await drain()
  }
}

function gate() {
  let open = (): void => {}
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}

/** A page that opens where Ann is signed in, over a disk that does not answer now. */
async function openOverSilence(before?: () => Promise<void>) {
  const disk = createDisk()
  const clock = fakeClock()
  const first = openTab({ storage: disk.storage, clock })
  await first.signIn()
  first.auth.destroy()
  await drain()
  const { passed, open } = gate()
  disk.before = before ?? (() => passed)
  const tab = openTab({ storage: disk.storage, clock })
  tab.auth.subscribe(() => {})
  await drain()
  async function answer(): Promise<void> {
    disk.before = works
    open()
    await drain()
  }
  async function reload(): Promise<Tab> {
    tab.auth.destroy()
    const next = openTab({ storage: disk.storage, clock })
    await next.boot()
    return next
  }
  return { disk, clock, tab, answer, reload }
}

it('a storage that said what it holds, and does not answer when it is asked again, is not empty', async () => {
  const browser = await browserWithSpend()
  const { storage, tabs } = browser.openTab()
  let reads = 0
  const read: AuthStorage['read'] = (key) => {
    reads += 1
    return reads === 1 ? storage.read(key) : never()
  }
  const tab = openTab({ storage: { ...storage, read }, tabs })
  const seen: string[] = []
  tab.auth.subscribe(({ status }) => seen.push(status))
  await drain()
  for (let half = 0; half < 20; half += 1) {
    tab.clock.advance(SECOND / 2)
    await drain()
  }
  expect(seen).toEqual(['authenticated'])
  expect(tab.client.spent).toEqual([])
})

describe('while the page opens', () => {
  it.each([2, 3, 9])('the session is found by a page whose disk answers after %d seconds [D1a]', async (seconds) => {
    const { tab, answer } = await openOverSilence()
    await pass(tab, seconds * SECOND)
    expect(tab.status()).toBe('restoring')
    await answer()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, persistence: 'stored' })
  })

  it('the session is taken up by a page whose disk answers after a minute, too [D1a]', async () => {
    const { tab, answer } = await openOverSilence()
    await pass(tab, MINUTE)
    expect(tab.auth.getState()).toMatchObject({ status: 'anonymous', persistence: 'memory' })
    await answer()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, persistence: 'stored' })
  })

  it('no request goes out without a user, and requireUser waits, while the disk has not answered [D1b]', async () => {
    const { tab, answer } = await openOverSilence()
    const asked = watch(tab.auth.requireUser())
    void tab.auth.fetch('https://api.test/save', { method: 'POST', body: 'x' }).catch(() => {})
    await pass(tab, 5 * SECOND)
    expect([asked.now, tab.server.tokens()]).toEqual(['pending', []])
    await answer()
    expect([asked.value, tab.server.tokens()]).toEqual([ann, ['access-1']])
  })

  it('a first read that fails, as on a cold profile, is made again [D1c]', async () => {
    const { disk, tab } = await openOverSilence(cold)
    disk.before = works
    await pass(tab, 2 * SECOND)
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann })
  })

  it('a page that the browser gives no storage does not wait for one', async () => {
    const { tab } = await openOverSilence(() => Promise.reject(new DOMException('no', 'SecurityError')))
    expect(tab.auth.getState()).toMatchObject({ status: 'anonymous', persistence: 'memory' })
  })

  it('a sign-out before the disk has answered removes the session when it does [D2a]', async () => {
    const { disk, tab, answer, reload } = await openOverSilence()
    const out = watch(tab.auth.signOut())
    await pass(tab, 10 * SECOND)
    expect(out.now).toBe('resolved')
    await answer()
    expect(disk.record).toBe(null)
    const next = await reload()
    expect(next.auth.getState().user).toBe(null)
  })

  it.each([1, 11])(
    'a sign-out after %d s of a silent disk is told to the server when the disk answers, once [D2a, D2b, P2]',
    async (seconds) => {
      const { disk, tab, answer } = await openOverSilence()
      await pass(tab, seconds * SECOND)
      void tab.auth.signOut()
      await pass(tab, 10 * SECOND)
      expect(tab.client.counts.signOut).toBe(0)
      await answer()
      await pass(tab, MINUTE)
      expect(disk.record).toBe(null)
      expect(tab.client.next('signOut').input).toMatchObject({ refreshToken: 'refresh-1' })
      expect(tab.client.counts.signOut).toBe(1)
    },
  )

  it('a sign-out by a user who is shown as anonymous, because the disk is silent, removes the session [D2b]', async () => {
    const { disk, tab, answer } = await openOverSilence()
    await pass(tab, 11 * SECOND)
    expect(tab.status()).toBe('anonymous')
    void tab.auth.signOut()
    await pass(tab, 5 * SECOND)
    await answer()
    await drain()
    expect([disk.record, tab.auth.getState().user]).toEqual([null, null])
  })

  it('a user who signs in over a silent disk is found by the next page, and none after a sign-out [D3a, D3b]', async () => {
    for (const leaves of [false, true]) {
      const { disk, tab, answer, reload } = await openOverSilence()
      await pass(tab, 11 * SECOND)
      await tab.signIn(bob, 7)
      if (leaves) void tab.auth.signOut()
      await pass(tab, 5 * SECOND)
      await answer()
      await pass(tab, MINUTE)
      expect(disk.record?.['user'] ?? null).toEqual(leaves ? null : bob)
      const next = await reload()
      expect(next.auth.getState().user).toEqual(leaves ? null : bob)
    }
  })

  it('a sign-out over a silent disk ends no sign-in that another tab made after it', async () => {
    const { disk, clock, tab, answer } = await openOverSilence()
    void tab.auth.signOut()
    await pass(tab, 5 * SECOND)
    const { before } = disk
    disk.before = works
    const other = openTab({ storage: disk.storage, clock })
    await other.signIn(bob, 7)
    disk.before = before
    await answer()
    await pass(tab, MINUTE)
    expect(disk.record).toMatchObject({ user: bob })
    expect(other.auth.getState().user).toEqual(bob)
  })
})

describe('in the middle of a session', () => {
  it('one slow read does not make a tab deaf to a sign-out elsewhere [D4a]', async () => {
    const disk = createDisk()
    const clock = fakeClock()
    const browser = fakeBrowser()
    const one = openTab({ storage: disk.storage, clock }, browser)
    const two = openTab({ storage: disk.storage, clock }, browser)
    await one.signIn()
    await two.boot()
    disk.before = () => never()
    two.network.wake()
    await pass(two, 2 * SECOND)
    disk.before = works
    void one.auth.signOut()
    await drain()
    expect(two.auth.getState().user).toBe(null)
  })

  it('a tab whose read failed looks again by itself [D4a]', async () => {
    const disk = createDisk()
    const clock = fakeClock()
    const one = openTab({ storage: disk.storage, clock })
    const two = openTab({ storage: disk.storage, clock })
    await one.signIn()
    await two.boot()
    disk.before = cold
    two.network.wake()
    await drain()
    disk.before = works
    void one.auth.signOut()
    await pass(two, 2 * SECOND)
    expect(two.auth.getState().user).toBe(null)
  })

  it('a mark that is written too late by a tab that sent nothing costs nothing [D4c]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    const { passed, open } = gate()
    disk.before = (operation) => (operation === 'write' ? passed : works())
    tab.clock.advance(DUE)
    await drain()
    tab.clock.advance(2 * SECOND)
    await drain()
    disk.before = works
    open()
    await drain()
    expect(tab.client.spent).toEqual([])
    await pass(tab, 90 * MINUTE, answerAll)
    expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'idle', persistence: 'stored' })
  })

  it('persistence says stored again as soon as it is true [D4d]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    disk.before = (operation) => (operation === 'write' ? full() : works())
    await tab.signIn()
    expect([tab.auth.getState().persistence, tab.auth.capabilities().persistence]).toEqual(['memory', 'memory'])
    disk.before = works
    await pass(tab, 2 * SECOND)
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-1' })
    expect([tab.auth.getState().persistence, tab.auth.capabilities().persistence]).toEqual(['stored', 'shared'])
    expect(tab.warnings).toEqual(['storage-unavailable'])
  })

  it('a sign-out over a disk that fails for a moment is made up for, without a wake-up [D5a]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    disk.before = full
    void tab.auth.signOut()
    await drain()
    tab.client.next('signOut').fail('offline')
    await drain()
    disk.before = works
    await pass(tab, 2 * SECOND)
    expect(disk.record).toBe(null)
  })

  it('a sign-out over a disk that fails is one for the next page, too [D5b]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    disk.before = full
    void tab.auth.signOut()
    await drain()
    tab.auth.destroy()
    disk.before = works
    const next = openTab({ storage: disk.storage, clock: tab.clock })
    await next.boot()
    await drain()
    expect([next.auth.getState().user, disk.record]).toEqual([null, null])
  })

  it('one slow read in the middle of a renewal does not keep its tokens from the disk [N1a]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    tab.clock.advance(DUE)
    await drain()
    disk.before = (operation) => (operation === 'read' ? never() : works())
    tab.network.wake()
    await pass(tab, 2 * SECOND)
    disk.before = works
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-2', marked: false })
  })

  it.each([
    ['over another user', async (tab: Tab) => tab.signIn()],
    ['in a fresh tab', async (tab: Tab) => tab.boot()],
  ])('a sign-in %s after one slow read is on the disk [N1b, N1d]', async (_, begin) => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await begin(tab)
    disk.before = (operation) => (operation === 'read' ? never() : works())
    tab.network.wake()
    await pass(tab, 2 * SECOND)
    disk.before = works
    await tab.signIn(bob, 7)
    expect(disk.record).toMatchObject({ user: bob })
    expect(tab.auth.getState().persistence).toBe('stored')
  })
})

describe('over a full disk', () => {
  const noWrites = (operation: string) => (operation === 'write' ? full() : works())

  it.each(['the rotated tokens are written', 'another user has signed in'])(
    'the session goes on in memory, renewal after renewal, if it is full when %s [R5a, R5b, T6c]',
    async (when) => {
      const disk = createDisk()
      const tab = openTab({ storage: disk.storage })
      await tab.signIn()
      if (when === 'another user has signed in') {
        disk.before = noWrites
        await tab.signIn(ann, 7)
      } else {
        tab.clock.advance(DUE)
        await drain()
        disk.before = noWrites
        answerAll(tab)
      }
      await pass(tab, 4 * HOUR, answerAll)
      expect(tab.auth.getState()).toMatchObject({ user: ann, renewal: 'idle', persistence: 'memory' })
      expect(tab.client.counts.refresh).toBeGreaterThan(3)
      expect(new Set(tab.client.spent).size).toBe(tab.client.spent.length)
      disk.before = works
      await pass(tab, 2 * MINUTE, answerAll)
      expect(tab.auth.getState().persistence).toBe('stored')
      expect(disk.record).toMatchObject({ user: ann, marked: false })
    },
  )

  it('the next page does not find the user before the one who signed in [R5c]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    disk.before = noWrites
    await tab.signIn(bob, 7)
    await drain()
    expect(disk.record).toBe(null)
  })
})

describe('a record that another script writes over', () => {
  it('a record that another script writes over in the middle of a renewal costs nothing: the new tokens are kept and none is revoked [N4a]', async () => {
    const disk = createDisk()
    const tab = await refreshing({ storage: disk.storage })
    disk.records.set(KEY, 'garbage')
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-2' })
    expect([tab.client.spent, tab.client.counts.signOut]).toEqual([['refresh-1'], 0])
  })

  it('a record that another script writes over with a mark in it is not taken for one without: the token is not sent again [J3c]', async () => {
    const disk = createDisk()
    const clock = fakeClock()
    const browser = fakeBrowser()
    const dead = openTab({ storage: disk.storage, clock }, browser)
    await dead.signIn()
    const next = openTab({ storage: disk.storage, clock }, browser)
    await next.boot()
    void dead.auth.refresh().catch(() => {})
    await drain()
    dead.tab.kill()
    disk.records.set(KEY, 'garbage')
    const asked = watch(next.auth.refresh())
    await drain()
    expect(asked.now).toBe('refresh-indeterminate')
    expect([...dead.client.spent, ...next.client.spent]).toEqual(['refresh-1'])
  })
})

describe('sign-ins that are given up while they are stored', () => {
  it('two tabs that give up one each leave the user who was signed in [J4a]', async () => {
    const disk = createDisk()
    const clock = fakeClock()
    const browser = fakeBrowser()
    const tabs = [1, 2].map(() => openTab({ storage: disk.storage, clock }, browser))
    const [one, two] = tabs as [Tab, Tab]
    await one.signIn()
    await two.boot()
    const told: (() => void)[] = []
    const { compareAndSet } = disk.storage
    Object.assign(disk.storage, {
      async compareAndSet(...args: Parameters<typeof compareAndSet>) {
        const done = await compareAndSet(...args)
        const isBobs = Reflect.get(Object(args[2]?.['user']) as object, 'id') === bob.id
        if (isBobs && told.length < 2) await new Promise<void>((resolve) => told.push(resolve))
        return done
      },
    })
    for (const [n, tab] of tabs.entries()) {
      void tab.auth.signIn(bobsPassword).catch(() => {})
      await drain()
      tab.client.next('signIn').answer(grant(7 + n, bob))
      await drain()
    }
    for (const { auth } of tabs) auth.cancel()
    for (const tell of told) {
      tell()
      await drain()
    }
    expect([one.auth.getState().user, two.auth.getState().user, disk.record?.['user']]).toEqual([ann, ann, ann])
  })

  it.each([
    ['over a disk that works', false],
    ['over a disk that works, and the page wakes up', true],
  ])('a sign-in in memory stays, also where another user signs in meanwhile %s [J5b]', async (_, isWoken) => {
    const disk = createDisk()
    const clock = fakeClock()
    let isBroken = false
    const flaky = { ...disk.storage, read: (key: string) => (isBroken ? cold() : disk.storage.read(key)) }
    const one = openTab({ storage: disk.storage, clock })
    await one.signIn(bob, 7)
    const three = openTab({ storage: flaky, clock })
    await three.boot()
    isBroken = true
    const signedIn = watch(three.auth.signIn(annsPassword))
    await drain()
    three.client.next('signIn').answer(grant(30))
    await drain()
    expect(signedIn.value).toEqual(ann)
    await one.signIn(bob, 8)
    isBroken = false
    await pass(three, DUE)
    expect([three.auth.getState().user, three.auth.getState().persistence]).toEqual([ann, 'memory'])
    expect(disk.record).toMatchObject({ user: bob })

    if (isWoken) three.network.wake()
    expect(three.auth.getState().user).toEqual(ann)

    const signedOut = watch(three.auth.signOut())
    await drain()
    // that of the user before, and that of this one
    for (let told = 0; told < 2; told += 1) three.client.next('signOut').answer()
    await pass(three, 2 * MINUTE)
    expect(signedOut.value).toEqual({ revoked: 'yes' })
    expect([three.auth.getState().user, three.auth.getState().persistence]).toEqual([bob, 'stored'])
  })
})
