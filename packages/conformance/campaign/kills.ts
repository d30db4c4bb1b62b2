import type { Conductor } from './conductor.ts'
import type { KillKind } from './plan.ts'
import type { Tab, Tabs } from './tabs.ts'

/** A kill that has been carried out. */
export interface Kill {
  /** Lets a frozen tab go on. Where it is dead, nothing happens. */
  readonly thaw: () => Promise<void>
  /** The page that boots in its place at once. */
  readonly next: Tab | null
}

interface KillTools {
  readonly tabs: Tabs
  readonly conductor: Conductor
  readonly site: string
  readonly offset: number
}

/** Milliseconds: longer than the library waits for a storage. */
const BUSY = 2500

/** Resolves when the tab does nothing any more, and not before. */
export async function kill(kind: KillKind, tab: Tab, { tabs, conductor, site, offset }: KillTools): Promise<Kill> {
  const dead: Kill = { thaw: async () => {}, next: null }
  switch (kind) {
    case 'close':
      await tab.page.close()
      return dead
    case 'crash':
      // the answer to this never comes
      tab.devtools.send('Page.crash').catch(() => {})
      await tab.gone
      return dead
    case 'sigkill':
      if (tab.pid === null) throw new Error(`the process of ${tab.name} is not known`)
      process.kill(tab.pid, 'SIGKILL')
      await tab.gone
      return dead
    case 'navigate':
      await tab.page.goto(`${site}/elsewhere`, { waitUntil: 'commit' })
      tab.leave()
      return dead
    case 'reload':
      return { ...dead, next: await tabs.reload(tab, offset) }
    case 'busy':
      return keepBusy(tab)
    case 'freeze':
      return freeze(tab, tabs, conductor)
  }
}

/** Its main thread does something else for a while: timers fire late, and answers that are there are not read. */
async function keepBusy({ page, devtools }: Tab): Promise<Kill> {
  const begun = page.waitForEvent('console', (message) => message.text() === 'busy')
  const expression = `console.debug('busy'); for (const end = performance.now() + ${BUSY}; performance.now() < end; );`
  const done = devtools.send('Runtime.evaluate', { expression })
  await begun
  return { thaw: async () => void (await done), next: null }
}

/** A debugger pause: the protocol's own "frozen" leaves a page that Playwright drives running. */
async function freeze(tab: Tab, tabs: Tabs, conductor: Conductor): Promise<Kill> {
  const { devtools } = tab
  await devtools.send('Debugger.enable')
  const paused = new Promise((resolve) => devtools.once('Debugger.paused', resolve))
  devtools.send('Runtime.evaluate', { expression: 'debugger' }).catch(() => {})
  await paused
  await expectNoHeartbeat(tab, tabs, conductor)
  return {
    next: null,
    async thaw() {
      await devtools.send('Debugger.resume')
      await devtools.send('Debugger.disable')
      // messages that came meanwhile are lost, as those to a page in the back-forward cache are
      await conductor.tell([tab], { type: 'beat' })
    },
  }
}

/** All others answer, twice, and it does not answer the first time even then. */
async function expectNoHeartbeat(tab: Tab, tabs: Tabs, conductor: Conductor): Promise<void> {
  const others = tabs.alive().filter((other) => other !== tab)
  const { id, posted } = conductor.order([...others, tab], { type: 'beat' })
  await posted
  await Promise.all(others.map((other) => conductor.answer(other, 'beat', id)))
  await conductor.tell(others, { type: 'beat' })
  if (conductor.hasAnswered(tab, 'beat', id)) throw new Error(`${tab.name} was frozen and went on`)
}
