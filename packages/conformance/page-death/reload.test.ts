/**
 * A page that opens with an ended access token and is reloaded before the answer to its renewal has come: the new tokens
 * die with the page, and a server that rotates has taken back the old one. A measurement: docs/refresh.md names it.
 */
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launch } from '../firefox/browsers.ts'
import { reportOf } from './sign-out.ts'
import { setStage, type Stage } from './stage.ts'

const RELOADS = inject('isLong') ? 40 : 6
/** Milliseconds. */
const RENEWALS = [20, 150] as const
const EARLIEST = 50
const LATEST = 350

describe.each(inject('browsers'))('in $version', (found) => {
  let browser: Browser
  let stage: Stage

  beforeAll(async () => {
    ;[browser, stage] = await Promise.all([launch(found), setStage()])
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.close()
  })

  test('a reload in the middle of a renewal is counted, and shows no token twice', async () => {
    const ends: string[] = []
    for (let number = 0; number < RELOADS; number += 1) {
      const after = Math.round(EARLIEST + ((LATEST - EARLIEST) * number) / (RELOADS - 1))
      ends.push(await reloadOnce(after, RENEWALS[number % RENEWALS.length] ?? 0))
      expect(stage.control.stats().replays).toBe(0)
    }
    const count = (end: string): number => ends.filter((one) => one === end).length
    const lost = count('refresh-indeterminate')
    console.log(`${found.version}: ${lost} of ${RELOADS} reloads in the middle of a renewal end refresh-indeterminate`)
    expect(lost + count('authenticated')).toBe(RELOADS)
  })

  /** Resolves to the reason for which the session ended, or to the status. */
  async function reloadOnce(after: number, renewal: number): Promise<string> {
    const { control, origins, user } = stage
    control.reset()
    const context = await browser.createBrowserContext()
    try {
      const first = await context.newPage()
      await first.goto(`${origins['cross-origin']}/plain/`)
      await first.evaluate((email, password) => app.signIn(email, password), user.email, user.password)
      await reportOf(first, ({ isConfirmed }) => isConfirmed)
      await first.close()
      control.advance(3700)
      control.addFault({ kind: 'slow', delay: renewal, path: '*/auth/refresh', times: 'always' })
      const page = await context.newPage()
      await page.goto(`${origins['cross-origin']}/later/?reload=${after}`)
      const { reason, status } = await reportOf(
        page,
        (report) =>
          report.isReloaded && (report.status === 'expired' || (report.isConfirmed && report.renewal === 'idle')),
      )
      return reason || status
    } finally {
      await context.close()
    }
  }
})
