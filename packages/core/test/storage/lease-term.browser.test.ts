import { expect, it, onTestFinished, vi } from 'vitest'
import { leases } from '../../src/ports/lease.ts'
import { browserStorage } from '../../src/storage/browser.ts'
import { gate } from './tab.ts'

const START = Date.UTC(2026, 0, 5)
const records = browserStorage({ name: 'authchart-leases' })

/** When a lease ends; null: there is none. */
async function endOf(name: string): Promise<number | null> {
  const lease = (await records.read(name)) as { readonly until: number } | null
  return lease && lease.until
}

it('a holder that works for longer than its term prolongs it every ten seconds, and frees it at the end [10, 13]', async () => {
  vi.useFakeTimers({ now: START, toFake: ['Date', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const entered = gate()
  const { open, passed } = gate()
  const work = leases()('lease-term-test', () => {
    entered.open()
    return passed
  })
  await entered.passed
  expect(await endOf('lease-term-test')).toBe(START + 45_000)
  for (const seconds of [10, 20, 30, 40, 50]) {
    vi.advanceTimersByTime(START + seconds * 1000 - Date.now())
    await vi.waitUntil(async () => ((await endOf('lease-term-test')) ?? 0) >= START + (seconds + 45) * 1000)
  }
  open()
  await work
  expect(await endOf('lease-term-test')).toBe(null)
})
