/** Where there are no Web Locks: leases in IndexedDB, between documents of one origin. */
import { describe, expect, it } from 'vitest'
import { leases } from '../../src/ports/lease.ts'
import { browserStorage, recordsIn } from '../../src/storage/browser.ts'
import { gate, openTab } from './tab.ts'

let count = 0
/** A lock that no other test uses. */
const freshName = () => `lease-test-${(count += 1)}`
const records = browserStorage({ name: 'authchart-leases' })
/** Writes what no lease looks like, too. */
const foreign = recordsIn('authchart-leases', () => true)
const byAnother = (until: number, revision = 'theirs') =>
  ({ version: 1, revision, holder: 'another tab', until }) as const

/** A document whose browser knows no Web Locks. */
async function openOldTab() {
  const tab = await openTab()
  Object.defineProperty(tab.navigator, 'locks', { value: undefined })
  return tab
}

describe('without Web Locks', () => {
  it('a second tab is kept out until the first is done [10]', async () => {
    const name = freshName()
    const [one, two] = [await openOldTab(), await openOldTab()]
    expect(one.browserTabs().capabilities?.().locks).toBe('lease')
    const log: string[] = []
    const { open, passed } = gate()
    const entered = gate()
    const first = one.browserTabs().lock(name, async () => {
      entered.open()
      await passed
      log.push('first')
    })
    await entered.passed
    const second = two.browserTabs().lock(name, async () => {
      log.push('second')
    })
    expect(await records.read(name)).toMatchObject({ version: 1, until: expect.any(Number) as number })
    open()
    await Promise.all([first, second])
    expect(log).toEqual(['first', 'second'])
    expect(await records.read(name)).toBeNull()
  })

  it('the lease of a holder that died is taken when its term is over', async () => {
    const name = freshName()
    await records.compareAndSet(name, null, byAnother(Date.now() - 1))
    expect(await leases()(name, async () => 'done')).toBe('done')
    expect(await records.read(name)).toBeNull()
  })

  it('a holder is not robbed before its term is over', async () => {
    const name = freshName()
    await records.compareAndSet(name, null, byAnother(Date.now() + 45_000))
    let hasBegun = false
    const waiting = leases()(name, async () => {
      hasBegun = true
    })
    // it has looked, for this read began after its own
    await records.read(name)
    await records.read(name)
    expect(hasBegun).toBe(false)
    await records.compareAndSet(name, 'theirs', null)
    await waiting
    expect(hasBegun).toBe(true)
  })

  it.each([
    ['ends a day from now, by a clock that was ahead when it was taken', byAnother(Date.now() + 86_400_000)],
    ['never ends', byAnother(Infinity)],
    ['ends at no time that can be read', { ...byAnother(0), until: 'soon' }],
    ['another version of the library wrote', { ...byAnother(Date.now() + 30_000), version: 2 }],
  ])('a lease that %s is taken over [L1, L2, L3]', async (_, stored) => {
    const name = freshName()
    await foreign.compareAndSet(name, null, stored as never)
    expect(await leases()(name, async () => 'done')).toBe('done')
    expect(await foreign.read(name)).toBeNull()
  })

  it('the work runs once, and its error is handed back as it is', async () => {
    const tab = await openOldTab()
    let runs = 0
    const error = new Error('as it is')
    const locked = tab.browserTabs().lock(freshName(), async () => {
      runs += 1
      throw error
    })
    await expect(locked).rejects.toBe(error)
    expect(runs).toBe(1)
  })

  it('work that may not begin twice is begun once by each of four tabs, one after the other', async () => {
    const name = freshName()
    let inside = 0
    let most = 0
    const tabs = await Promise.all(Array.from({ length: 4 }, openOldTab))
    const work = async () => {
      inside += 1
      most = Math.max(most, inside)
      await records.read(name)
      inside -= 1
    }
    await Promise.all(tabs.map((tab) => tab.browserTabs().lock(name, work)))
    expect(most).toBe(1)
  })
})
