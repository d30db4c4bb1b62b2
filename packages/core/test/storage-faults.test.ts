import { describe, expect, it } from 'vitest'
import {
  ann,
  createDisk,
  drain,
  DUE,
  grant,
  HOUR,
  KEY,
  never,
  openTab,
  SECOND,
  uncaughtDuring,
  watch,
} from './support.ts'

const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'))
const works = () => Promise.resolve()

/** A disk that holds the session of a user who signed in. */
async function diskWithSession() {
  const disk = createDisk()
  const first = openTab({ storage: disk.storage })
  await first.signIn()
  first.auth.destroy()
  await drain()
  return { disk, clock: first.clock }
}

/** The connection is closing, as when the system has killed the storage process: so many times. */
function failing(disk: ReturnType<typeof createDisk>, times: number): void {
  let left = times
  disk.before = () => {
    left -= 1
    return left < 0
      ? works()
      : Promise.reject(new DOMException('The database connection is closing', 'InvalidStateError'))
  }
}

describe('a storage that fails once', () => {
  it('a storage that fails once at the start: the sign-in page is not shown, and then the user is [V3a]', async () => {
    const { disk, clock } = await diskWithSession()
    failing(disk, 2)
    const tab = openTab({ storage: disk.storage, clock })
    const seen: string[] = []
    tab.auth.subscribe(({ status }) => seen.push(status))
    await drain()
    clock.advance(SECOND)
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', user: ann, persistence: 'stored' })
    expect(seen).not.toContain('anonymous')
  })

  it('a storage that fails once during a renewal: the new tokens are stored, and persistence says so [V35]', async () => {
    const disk = createDisk()
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    failing(disk, 1)
    tab.clock.advance(DUE)
    await drain()
    tab.client.next('refresh').answer(grant(2))
    await drain()
    tab.clock.advance(HOUR)
    await drain()
    tab.client.next('refresh').answer(grant(3))
    await drain()
    expect(disk.record).toMatchObject({ generation: 3, refreshToken: 'refresh-3', marked: false })
    expect(tab.auth.getState().persistence).toBe('stored')
    expect(tab.auth.capabilities().persistence).toBe('shared')
  })
})

describe('a storage that fails from the start', () => {
  it.each([
    ['throws', () => full()],
    [
      'throws at once',
      () => {
        throw new Error('SecurityError')
      },
    ],
  ])(
    'a storage that fails from the start because it %s: sign-in works, lasts as long as the page, and one warning says so [86]',
    async (_, before) => {
      const disk = createDisk()
      disk.before = before
      const { auth, client, clock, signIn, warnings } = openTab({ storage: disk.storage })
      await signIn()
      expect(auth.getState()).toMatchObject({ status: 'authenticated', user: ann, persistence: 'memory' })
      clock.advance(DUE)
      await drain()
      client.next('refresh').answer(grant(2))
      await drain()
      expect(await auth.getAccessToken()).toBe('access-2')
      expect(warnings).toEqual(['storage-unavailable'])
    },
  )

  it('a storage that fails from the start because it hangs: no promise waits longer than two seconds [12, 96]', async () => {
    const disk = createDisk()
    disk.before = () => never()
    const { auth, clock, client, warnings } = openTab({ storage: disk.storage })
    const signedIn = watch(auth.signIn({ email: 'ann@example.test', password: 'x' }))
    await drain()
    clock.advance(2 * SECOND - 1)
    await drain()
    expect(auth.getState().status).toBe('restoring')
    clock.advance(1)
    await drain()
    expect(auth.getState()).toMatchObject({ status: 'authenticating', persistence: 'memory' })
    client.next('signIn').answer(grant(1))
    await drain()
    expect(signedIn.value).toEqual(ann)
    expect(warnings).toEqual(['storage-unavailable'])
  })

  it('a storage that fails from the start warns in the console once where the app listens to no warnings', async () => {
    const disk = createDisk()
    disk.before = () => full()
    const lines: unknown[][] = []
    const { warn } = console
    console.warn = (...line: unknown[]) => void lines.push(line)
    try {
      const tab = openTab({ storage: disk.storage, onWarning: undefined })
      await tab.signIn()
      void tab.auth.signOut()
      await drain()
    } finally {
      console.warn = warn
    }
    expect(lines).toHaveLength(1)
    expect(String(lines[0])).toContain('storage-unavailable')
  })

  it('a listener for warnings that throws loses nothing of a storage that fails', async () => {
    const disk = createDisk()
    disk.before = () => full()
    const uncaught = await uncaughtDuring(async () => {
      const { auth, clock, signIn } = openTab({
        storage: disk.storage,
        onWarning() {
          throw new Error('no')
        },
      })
      auth.subscribe(() => {})
      await drain()
      expect(auth.getState().status).toBe('restoring')
      clock.advance(10 * SECOND)
      await drain()
      expect(auth.getState()).toMatchObject({ status: 'anonymous', persistence: 'memory' })
      await signIn()
      expect(auth.getState()).toMatchObject({ status: 'authenticated', persistence: 'memory' })
      const out = watch(auth.signOut())
      await drain()
      expect(out.now).toBe('pending')
      expect(auth.getState().status).toBe('signingOut')
    })
    expect(uncaught).toEqual([])
  })
})

describe('a storage that is full', () => {
  it('a storage that is full when the new tokens are to be written: the session goes on in memory, and a reload does not show the old token [87]', async () => {
    const { disk, clock } = await diskWithSession()
    const tab = openTab({ storage: disk.storage, clock })
    await tab.boot()
    void tab.auth.refresh()
    await drain()
    disk.before = (operation) => (operation === 'write' ? full() : works())
    tab.client.next('refresh').answer(grant(2))
    await drain()
    expect(tab.auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle', persistence: 'memory' })
    expect(await tab.auth.getAccessToken()).toBe('access-2')
    expect(tab.warnings).toEqual(['storage-unavailable'])
    tab.auth.destroy()
    disk.before = works
    const reloaded = openTab({ storage: disk.storage, clock })
    await reloaded.boot()
    clock.advance(2 * HOUR)
    await drain()
    expect(reloaded.client.spent).toEqual([])
    expect(reloaded.status()).not.toBe('authenticated')
  })

  it('a storage that is full is asked less and less often, and at once a minute at most', async () => {
    const disk = createDisk()
    disk.before = (operation) => (operation === 'write' ? full() : works())
    const tab = openTab({ storage: disk.storage })
    await tab.signIn()
    const writesOfAMinute = async (): Promise<number> => {
      disk.log.length = 0
      for (let second = 0; second < 60; second += 1) {
        tab.clock.advance(SECOND)
        await drain()
      }
      return disk.log.filter((operation) => operation === 'write').length
    }
    const writes: number[] = []
    for (let minute = 0; minute < 20; minute += 1) writes.push(await writesOfAMinute())
    // at second 1, 3, 7, 15, 31 and 63, and then each minute
    expect(writes).toEqual([5, ...Array.from({ length: 19 }, () => 1)])
    disk.before = works
    expect(await writesOfAMinute()).toBe(1)
    expect(tab.auth.getState()).toMatchObject({ persistence: 'stored' })
    expect(disk.record).toMatchObject({ generation: 1 })
  })

  it('a storage that is full when the token is to be marked: a reload does not show the token that was shown before', async () => {
    const { disk, clock } = await diskWithSession()
    const tab = openTab({ storage: disk.storage, clock })
    await tab.boot()
    disk.before = (operation) => (operation === 'write' ? full() : works())
    clock.advance(DUE)
    await drain()
    if (tab.client.has('refresh')) tab.client.next('refresh').answer(grant(2))
    await drain()
    tab.auth.destroy()
    disk.before = works
    const reloaded = openTab({ storage: disk.storage, clock })
    await reloaded.boot()
    clock.advance(DUE)
    await drain()
    const shown = [...tab.client.spent, ...reloaded.client.spent]
    expect(shown.length).toBe(new Set(shown).size)
  })

  it('a storage that is full when the token is to be marked: two tabs do not show it one after the other', async () => {
    const { disk, clock } = await diskWithSession()
    const one = openTab({ storage: disk.storage, clock })
    const two = openTab({ storage: disk.storage, clock, tabs: one.tab.tabs })
    await one.boot()
    await two.boot()
    disk.before = (operation) => (operation === 'write' ? never() : works())
    void one.auth.refresh().catch(() => {})
    await drain()
    clock.advance(2 * SECOND)
    await drain()
    disk.before = works
    if (one.client.has('refresh')) one.client.next('refresh').answer(grant(2))
    await drain()
    clock.advance(DUE)
    await drain()
    const shown = [...one.client.spent, ...two.client.spent]
    expect(shown.length).toBe(new Set(shown).size)
  })

  it('a storage that is full for the tab that renews, while the token before ends in another tab: the new one is stored over the word of that', async () => {
    const { disk, clock } = await diskWithSession()
    let isFull = false
    const { compareAndSet } = disk.storage
    const storage: typeof disk.storage = {
      ...disk.storage,
      compareAndSet: (...args) => (isFull ? full() : compareAndSet(...args)),
    }
    const one = openTab({ storage, clock })
    const two = openTab({ storage: disk.storage, clock, tabs: one.tab.tabs })
    await one.boot()
    await two.boot()
    clock.advance(DUE)
    await drain()
    isFull = true
    one.client.next('refresh').answer(grant(2))
    await drain()
    expect(two.auth.getState()).toMatchObject({ renewal: 'indeterminate' })
    clock.advance(HOUR - DUE)
    await drain()
    expect(disk.record).toMatchObject({ ended: 'refresh-indeterminate', generation: 1 })
    isFull = false
    one.network.wake()
    await drain()
    expect(disk.record).toMatchObject({ refreshToken: 'refresh-2', marked: false })
    expect(one.auth.getState()).toMatchObject({ user: ann, persistence: 'stored' })
  })

  it('a storage that is full forgets the session all the same when the user signs out', async () => {
    const { disk, clock } = await diskWithSession()
    const tab = openTab({ storage: disk.storage, clock })
    await tab.boot()
    disk.before = (operation) => (operation === 'write' ? full() : works())
    void tab.auth.refresh()
    await drain()
    if (tab.client.has('refresh')) tab.client.next('refresh').answer(grant(2))
    await drain()
    void tab.auth.signOut()
    await drain()
    expect(disk.record).toBe(null)
    const reloaded = openTab({ storage: disk.storage, clock })
    await reloaded.boot()
    expect(reloaded.status()).toBe('anonymous')
  })
})

describe('a storage that lies', () => {
  it('a storage that refuses every write does not freeze the page, and the server is asked no faster for it', async () => {
    const { disk, clock } = await diskWithSession()
    let operations = 0
    const storage: typeof disk.storage = {
      ...disk.storage,
      async read(key) {
        operations += 1
        return operations > 500 ? never() : disk.storage.read(key)
      },
      compareAndSet: () => Promise.resolve(false),
    }
    const tab = openTab({ storage, clock })
    await tab.boot()
    clock.advance(DUE)
    await drain()
    await drain()
    expect(operations).toBeLessThan(100)
    expect(tab.auth.getState()).toMatchObject({ user: ann })
  })

  it('a storage that has something else than a record between two renewals does not end the session', async () => {
    const disk = createDisk()
    const { auth, client, clock, signIn } = openTab({ storage: disk.storage })
    await signIn()
    disk.records.set(KEY, 'overwritten by some script')
    clock.advance(DUE)
    await drain()
    client.next('refresh').answer(grant(2))
    await drain()
    expect(await auth.getAccessToken()).toBe('access-2')
    expect(auth.getState()).toMatchObject({ status: 'authenticated', renewal: 'idle' })
  })

  it('a storage that has the record of a newer version between two renewals: no token is spent, the access token is used to its end [94]', async () => {
    const disk = createDisk()
    const { auth, client, clock, signIn } = openTab({ storage: disk.storage })
    await signIn()
    const newer = { version: 2, revision: 'x', whatever: true }
    disk.records.set(KEY, newer)
    clock.advance(DUE)
    await drain()
    expect(client.counts.refresh).toBe(0)
    expect(await auth.getAccessToken()).toBe('access-1')
    expect(disk.record).toEqual(newer)
  })
})
