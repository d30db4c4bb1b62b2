import type { Browser, BrowserContext, Page } from 'puppeteer-core'
import { expect } from 'vitest'
import type { Mode, Report, Way } from './page/app-types.ts'
import type { Stage } from './stage.ts'

export const WAYS: readonly Way[] = [
  'location.href',
  'location.replace',
  'location.reload',
  'location.href after 3 ms',
  'window.close',
  'tab closed',
]

export interface Outcome {
  readonly way: Way
  /** The next page showed the user again, for however short. */
  readonly isBack: boolean
  /** The request of the page that died arrived. */
  readonly isToldByItself: boolean
  /** The server knows by now, from whichever page. */
  readonly isTold: boolean
  /** What the next page showed. */
  readonly shown: readonly string[]
}

export interface Place {
  readonly browser: Browser
  readonly stage: Stage
  readonly origin: keyof Stage['origins']
  readonly mode: Mode
}

const WAIT = { timeout: 60_000, interval: 20 }
/** Milliseconds in which a request on this machine arrives, if it left. */
const ON_ITS_WAY = 3000

/** In one browser profile: signs in, leaves the page right after a sign-out, and looks at the next one; in all ways. */
export async function signOutInAllWays({ browser, stage, origin, mode }: Place): Promise<readonly Outcome[]> {
  const home = `${stage.origins[origin]}/${mode}/`
  const context = await browser.createBrowserContext()
  try {
    const outcomes: Outcome[] = []
    let page = await openTab(context, home)
    for (const way of WAYS) {
      const from = way === 'window.close' ? await openPopup(page, home) : page
      const left = await signOutAndLeave(context, from, { stage, way, home })
      page = left.next
      outcomes.push(left.outcome)
    }
    return outcomes
  } finally {
    await context.close()
  }
}

interface Leave {
  readonly stage: Stage
  readonly way: Way
  readonly home: string
}

async function signOutAndLeave(
  context: BrowserContext,
  page: Page,
  { stage, way, home }: Leave,
): Promise<{ readonly outcome: Outcome; readonly next: Page }> {
  const { control, user, signOuts } = stage
  const sessions = (): number => control.stats().users[user.email]?.sessions ?? 0
  const load = await page.evaluate((email, password) => app.signIn(email, password), user.email, user.password)
  await reportOf(page, ({ isConfirmed }) => isConfirmed)
  expect(sessions()).toBe(1)
  // a sign-in over a session that came back has told the server, too
  const before = signOuts.length
  const next = await leave(context, page, way, home)
  const settled = await reportOf(next, (report) => report.load !== load && report.status !== 'restoring')
  const [isToldByItself, isTold] = await Promise.all([
    arrives(() => signOuts.includes(load, before)),
    arrives(() => sessions() === 0),
  ])
  control.updateUser(user.email, { endSessions: true })
  // a session that is found is shown before the server is asked
  const { shown } = await reportOf(next, () => true)
  const isBack = [settled.status, ...shown].some((status) => SIGNED_IN.includes(status))
  return { outcome: { way, isBack, isToldByItself, isTold, shown }, next }
}

const SIGNED_IN: readonly string[] = ['authenticated', 'refreshing']

/** Resolves to the page that comes next. */
async function leave(context: BrowserContext, page: Page, way: Way, home: string): Promise<Page> {
  const closed = new Promise<unknown>((resolve) => page.once('close', resolve))
  await page.evaluate((name) => app.leave(name), way)
  if (way !== 'window.close' && way !== 'tab closed') return page
  if (way === 'tab closed') await page.close()
  await closed
  return openTab(context, home)
}

async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Scripts close only what scripts have opened. The page that opens it is no app: no other tab may help. */
async function openPopup(page: Page, url: string): Promise<Page> {
  await page.goto(new URL('/elsewhere', url).href)
  const opened = new Promise<Page | null>((resolve) => page.once('popup', resolve))
  await page.evaluate((address) => void open(address), url)
  const popup = await opened
  if (!popup) throw new Error('No window was opened')
  await reportOf(popup, () => true)
  return popup
}

/** What a page says of itself as soon as that is so. Between two pages there is none to ask. */
export async function reportOf(page: Page, isSo: (report: Report) => boolean): Promise<Report> {
  let last: Report | null = null
  await expect
    .poll(async () => {
      last = await page.evaluate(() => globalThis.app?.report() ?? null).catch(() => null)
      return last !== null && isSo(last)
    }, WAIT)
    .toBe(true)
  if (!last) throw new Error('The page said nothing')
  return last
}

/** False if it is not so in the time that a request takes at most. */
async function arrives(isSo: () => boolean): Promise<boolean> {
  return expect
    .poll(isSo, { timeout: ON_ITS_WAY, interval: 5 })
    .toBe(true)
    .then(
      () => true,
      () => false,
    )
}
