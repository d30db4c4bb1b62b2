import type { CDPSession, Page } from 'playwright'
import type { FullChromium } from './chromium.ts'
import type { Conductor, Listener } from './conductor.ts'
import type { Standing } from './page/messages.ts'
import { defer, inTime } from './time.ts'

/** A tab of the app. */
export interface Tab extends Listener {
  readonly page: Page
  readonly devtools: CDPSession
  readonly isGone: () => boolean
  /** It shows something else now. */
  readonly leave: () => void
  /** The process that renders it. Null if not looked up yet. */
  pid: number | null
}

export interface Tabs {
  /** Those that are not gone. */
  readonly alive: () => Tab[]
  /** Resolves when it knows who is signed in. */
  readonly open: (offset: number) => Promise<Tab>
  /** The page begins anew, as another tab by name. Resolves when the old document is gone. */
  readonly reload: (tab: Tab, offset: number) => Promise<Tab>
  /** Resolves when it knows who is signed in. */
  readonly ready: (tab: Tab) => Promise<Standing>
  /** The same page, under the name of what boots in it. */
  readonly follow: (page: Page, name: string) => Promise<Tab>
  /** A name that no tab has had, and where it boots. */
  readonly address: (offset: number) => { readonly name: string; readonly url: string }
  /** Closes what is left of the dead ones. */
  readonly sweep: () => Promise<void>
  /** Finds out which process renders which tab. Only when nothing else is going on. */
  readonly findProcesses: () => Promise<void>
  readonly countProcesses: () => Promise<number>
  /** Errors that were not caught. */
  readonly errors: () => readonly string[]
}

interface TabsOptions {
  readonly chromium: FullChromium
  readonly conductor: Conductor
  readonly site: string
  readonly api: string
}

export function createTabs({ chromium, conductor, site, api }: TabsOptions): Tabs {
  const { context, browser } = chromium
  const errors: string[] = []
  let tabs: Tab[] = []
  let count = 0

  function address(offset: number) {
    count += 1
    const name = `tab${count}`
    return { name, url: `${site}/tab.html?${new URLSearchParams({ tab: name, api, offset: String(offset) })}` }
  }

  async function follow(page: Page, name: string): Promise<Tab> {
    const devtools = await context.newCDPSession(page)
    const { promise: gone, resolve } = defer<void>()
    let isGone = false
    const leave = (): void => {
      isGone = true
      resolve()
    }
    page.once('close', leave)
    page.once('crash', leave)
    page.on('pageerror', (error) => errors.push(`${name}: ${error.message}`))
    const tab: Tab = { name, page, devtools, gone, isGone: () => isGone, leave, pid: null }
    tabs.push(tab)
    return tab
  }

  async function ready(tab: Tab): Promise<Standing> {
    const word = await conductor.answer(tab, 'ready', 0)
    if (!word) throw new Error(`${tab.name} is gone before it was ready`)
    return word.standing
  }

  async function open(offset: number): Promise<Tab> {
    const { name, url } = address(offset)
    const page = await context.newPage()
    const tab = await follow(page, name)
    await page.goto(url)
    await ready(tab)
    return tab
  }

  async function reload(old: Tab, offset: number): Promise<Tab> {
    const { name, url } = address(offset)
    await old.page.goto(url, { waitUntil: 'commit' })
    old.leave()
    return follow(old.page, name)
  }

  async function cpuTimes(): Promise<Map<number, number>> {
    const session = await browser.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    await session.detach()
    const renderers = processInfo.filter(({ type }) => type === 'renderer')
    return new Map(renderers.map(({ id, cpuTime }) => [id, cpuTime]))
  }

  /** No protocol says it: the one that gets busy when the tab does. */
  async function processOf(tab: Tab): Promise<number> {
    const before = await cpuTimes()
    await tab.page.evaluate(beBusy)
    const after = await cpuTimes()
    const grown = [...after].map(([pid, time]): [number, number] => [pid, time - (before.get(pid) ?? time)])
    const [busiest, next] = grown.toSorted(([, one], [, other]) => other - one)
    if (!busiest || busiest[1] < 2 * (next?.[1] ?? 0) || busiest[1] <= 0) return processOf(tab)
    return busiest[0]
  }

  return {
    open,
    reload,
    ready,
    follow,
    address,
    alive: () => tabs.filter((tab) => !tab.isGone()),
    async sweep() {
      const dead = tabs.filter((tab) => tab.isGone())
      tabs = tabs.filter((tab) => !tab.isGone())
      // another tab may live in the page of a dead one
      const pages = new Set(tabs.map(({ page }) => page))
      const left = dead.filter(({ page }) => !pages.has(page))
      await inTime('closing the dead', Promise.all(left.map(({ page }) => page.close())))
    },
    async findProcesses() {
      for (const tab of tabs) tab.pid ??= await inTime(`process of ${tab.name}`, processOf(tab))
    },
    countProcesses: async () => (await cpuTimes()).size,
    errors: () => errors,
  }
}

/** Runs in the page. */
function beBusy(): void {
  const end = performance.now() + 100
  while (performance.now() < end);
}
