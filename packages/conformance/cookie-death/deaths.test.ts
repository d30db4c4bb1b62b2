/**
 * Pages that die in the middle of a renewal. In cookie mode the answer is kept by the handler, and in worker mode by the
 * worker, so that the next page has it; the same plan with the tokens in the page is the control, which has to lose sessions
 * or the run is void.
 */
import type { Browser, BrowserContext, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launch } from '../firefox/browsers.ts'
import type { Mode, Report } from './page/app-types.ts'
import { setStage, type Stage } from './stage.ts'

const DEATHS = inject('isLong') ? 300 : 12
const CONTROL = inject('isLong') ? 60 : 8
/** Milliseconds that the server takes for a renewal. */
const RENEWAL = 150
/**
 * A page dies when the server has seen so many requests of it begin or end, at most: by then its renewal has been asked for,
 * has reached the upstream and has come back, in each way that there is to keep the session.
 */
const LATEST = { cookie: 10, proxy: 10, worker: 6, browser: 6 } as const
/** More than an access token lives. */
const LATER = 3700
const WAIT = { timeout: 60_000, interval: 10 }

const ways = ['reload', 'close', 'elsewhere', 'crash'] as const
type Way = (typeof ways)[number]

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

  /** Resolves to how the next pages found the session. */
  async function die(mode: Mode, deaths: number): Promise<{ lost: number; sent: number }> {
    const { control, user } = stage
    control.reset()
    const context = await browser.createBrowserContext()
    let lost = 0
    try {
      await signIn(context, mode, user)
      control.addFault({ kind: 'slow', delay: RENEWAL, path: '*/auth/refresh', times: 'always' })
      for (let number = 0; number < deaths; number += 1) {
        const offset = stage.advance(LATER)
        const page = await context.newPage()
        const struck = stage.moment(1 + (number % LATEST[mode]))
        await page.goto(addressOf(mode, offset), { waitUntil: 'domcontentloaded' })
        await struck
        const next = await kill(context, page, wayOf(mode, number), addressOf(mode, offset))
        const { status } = await reportOf(next, isAtRest)
        if (status !== 'authenticated') {
          lost += 1
          await next.close()
          await signIn(context, mode, user)
        } else await next.close()
        expect(control.stats().replays).toBe(0)
      }
      return { lost, sent: control.stats().refreshes }
    } finally {
      await context.close()
    }
  }

  /** Firefox has no way to crash a page from outside. */
  function wayOf(mode: Mode, number: number): Way {
    // two reloads for each page that is closed
    if (mode === 'worker') return number % 3 === 2 ? 'close' : 'reload'
    return ways[number % (found.name === 'chromium' ? 4 : 3)] ?? 'reload'
  }

  async function signIn(context: BrowserContext, mode: Mode, { email, password }: Stage['user']): Promise<void> {
    const page = await context.newPage()
    await page.goto(addressOf(mode, stage.advance(0)))
    await reportOf(page, ({ status }) => status !== 'restoring')
    await page.evaluate((one, other) => tab.signIn(one, other), email, password)
    await page.close()
  }

  const addressOf = (mode: Mode, offset: number): string => `${stage.origin}/${mode}/?offset=${offset}`

  // the proof that these deaths hit a renewal at all
  test('a session whose tokens are in the browser is lost with the answer to its renewal', async () => {
    const { lost } = await die('browser', CONTROL)
    console.log(`${found.version}, tokens in the browser: ${lost} of ${CONTROL} sessions lost`)
    expect(lost, 'VOID: these deaths hit no renewal').toBeGreaterThan(0)
  })

  test.each(['cookie', 'proxy', 'worker'] as const)('no session is lost with its page in %s mode', async (mode) => {
    const { lost, sent } = await die(mode, DEATHS)
    console.log(`${found.version}, ${mode}: ${lost} of ${DEATHS} sessions lost, ${sent} renewals, 0 tokens shown twice`)
    expect(lost).toBe(0)
  })

  test('in worker mode a session goes through sign-in, request, reload, renewal and sign-out', async () => {
    const { control, user } = stage
    control.reset()
    const context = await browser.createBrowserContext()
    try {
      const page = await context.newPage()
      await page.goto(addressOf('worker', stage.advance(0)))
      await reportOf(page, ({ status }) => status === 'anonymous')
      await page.evaluate((one, other) => tab.signIn(one, other), user.email, user.password)
      expect(await page.evaluate(() => tab.ask())).toBe(200)
      await page.goto(addressOf('worker', stage.advance(LATER)))
      const report = await reportOf(page, isAtRest)
      expect(report).toMatchObject({ status: 'authenticated', generation: 2, custody: 'worker' })
      expect(await page.evaluate(() => tab.ask())).toBe(200)
      await page.evaluate(() => tab.signOut())
      expect(control.stats().users[user.email]).toMatchObject({ sessions: 0, replays: 0 })
      await page.goto(addressOf('worker', stage.advance(0)))
      await reportOf(page, ({ status }) => status === 'anonymous')
    } finally {
      await context.close()
    }
  })

  test('a session goes through sign-in, request, reload, renewal and sign-out, and no script can read its refresh token', async () => {
    const { control, user } = stage
    for (const mode of ['cookie', 'proxy'] as const) {
      control.reset()
      const context = await browser.createBrowserContext()
      try {
        const page = await context.newPage()
        await page.goto(addressOf(mode, stage.advance(0)))
        await reportOf(page, ({ status }) => status === 'anonymous')
        await page.evaluate((one, other) => tab.signIn(one, other), user.email, user.password)
        expect(await page.evaluate(() => tab.ask())).toBe(200)
        const cookies = await context.cookies()
        expect(cookies).toMatchObject([
          { name: expect.stringMatching(/^__Host-Http-/), httpOnly: true, secure: true, sameSite: 'Strict' },
        ])
        const seen = await page.evaluate(() => tab.readable())
        expect(seen).not.toContain(cookies[0]?.value ?? '-')
        if (mode === 'proxy') expect(seen).not.toMatch(/eyJ/)
        await page.goto(addressOf(mode, stage.advance(LATER)))
        expect(await reportOf(page, isAtRest)).toMatchObject({ status: 'authenticated', generation: 2 })
        expect(await page.evaluate(() => tab.ask())).toBe(200)
        await page.evaluate(() => tab.signOut())
        expect(control.stats().users[user.email]?.sessions).toBe(0)
        expect(await context.cookies()).toEqual([])
        await page.goto(addressOf(mode, stage.advance(0)))
        await reportOf(page, ({ status }) => status === 'anonymous')
      } finally {
        await context.close()
      }
    }
  })
})

const isAtRest = ({ status, renewal, isConfirmed }: Report): boolean =>
  ['expired', 'anonymous', 'signedOut'].includes(status) || (isConfirmed && renewal === 'idle')

async function reportOf(page: Page, isMeant: (report: Report) => boolean): Promise<Report> {
  let last: Report | undefined
  await expect
    .poll(async () => {
      last = await page.evaluate(() => tab.report()).catch(() => undefined)
      return last !== undefined && isMeant(last)
    }, WAIT)
    .toBe(true)
  return last!
}

/** The page that is there after the death of another. */
async function kill(context: BrowserContext, page: Page, way: Way, address: string): Promise<Page> {
  switch (way) {
    case 'reload':
      await page.reload({ waitUntil: 'domcontentloaded' })
      return page
    case 'elsewhere':
      await page.goto('about:blank')
      await page.goto(address, { waitUntil: 'domcontentloaded' })
      return page
    case 'crash': {
      const devtools = await page.createCDPSession()
      const gone = new Promise((resolve) => page.once('error', resolve))
      devtools.send('Page.crash').catch(() => {})
      await gone
      break
    }
    case 'close':
      break
  }
  await page.close()
  const next = await context.newPage()
  await next.goto(address, { waitUntil: 'domcontentloaded' })
  return next
}
