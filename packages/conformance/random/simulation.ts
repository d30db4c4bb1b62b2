/** A browser with several pages, a strict server, and a clock that moves only when told. */
import type { Clock, StoredRecord } from '@authchart/core'
import { drain, fakeBrowser, fakeClock, type FakeBrowser } from '@authchart/core/testing'
import { createWatch, type Watch } from '../src/secrets.ts'
import { createPage, type Kept, type Page, type Setup } from './page.ts'
import { strictServer, type StrictServer } from './strict-server.ts'

export interface Simulation {
  readonly server: StrictServer
  readonly browser: FakeBrowser
  readonly clock: Clock & { readonly jump: (milliseconds: number) => void }
  readonly watch: Watch
  /** Pages that are open, destroyed auths among them. */
  readonly pages: readonly Page[]
  readonly crimes: string[]
  readonly stored: () => StoredNow
  readonly openPage: () => Page
  readonly kill: (page: Page) => void
  readonly keep: (page: Page, what: string, promise: Promise<unknown>) => void
  /** Lets time pass, one timer after the other, and lets everything finish in between. */
  readonly pass: (milliseconds: number) => Promise<void>
  /** The machine sleeps, then every page wakes up. */
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly clear: () => Promise<void>
}

/** What is stored, and the page that wrote it. */
interface StoredNow {
  readonly record: StoredRecord | null
  readonly by: Page | null
  /** That page died before it could tell the others. */
  readonly isSecret: boolean
}

export interface Hooks {
  /** Decides which tab goes on when. */
  readonly turn?: (page: Page, what: string) => Promise<void>
  readonly onOpen?: (page: Page, sim: Simulation) => void
  /** `page`: null when the user cleared the storage. */
  readonly onStored?: (page: Page | null, record: StoredRecord | null, before: StoredRecord | null) => void
  readonly onArrived?: (page: Page, id: string, token: string | null) => void
}

const KEY = 'authchart:https://api.test'
/** More timers than this in an hour: a page is busy with nothing. */
const BUSY = 10_000

export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function createSimulation(setup: Setup, hooks: Hooks = {}): Simulation {
  const clock = fakeClock()
  const browser = fakeBrowser()
  const watch = createWatch()
  const random = seededRandom(setup.seed)
  const crimes: string[] = []
  let pages: Page[] = []
  let pageCount = 0
  let slept = 0
  const serverTimers = new Map<unknown, number>()
  const server = strictServer(setup, timersIn(serverTimers), () => clock.monotonic() + slept, clock.monotonic)
  let stored: StoredNow = { record: null, by: null, isSecret: false }

  /** The clock of one page: what it has set can be counted, and dies with it. */
  function timersIn(timers: Map<unknown, number>): Clock {
    return {
      ...clock,
      setTimeout(callback, milliseconds) {
        const handle = clock.setTimeout(() => {
          timers.delete(handle)
          callback()
        }, milliseconds)
        timers.set(handle, clock.monotonic() + milliseconds)
        return handle
      },
      clearTimeout(handle) {
        timers.delete(handle)
        clock.clearTimeout(handle)
      },
    }
  }

  function openPage(): Page {
    pageCount += 1
    const page = createPage(setup, {
      number: pageCount,
      tab: browser.openTab(),
      server,
      clock: timersIn,
      random,
      watch,
      turn: async (of, what) => hooks.turn?.(of, what),
      onStored: note,
      onArrived: (of, id, token) => hooks.onArrived?.(of, id, token),
    })
    if (pages.some(({ network }) => !network.isOnline())) page.network.goOffline()
    pages = [...pages, page]
    hooks.onOpen?.(page, sim)
    return page
  }

  function note(page: Page | null, record: StoredRecord | null): void {
    const before = stored.record
    stored = { record, by: page, isSecret: false }
    hooks.onStored?.(page, record, before)
  }

  const sim: Simulation = {
    server,
    browser,
    clock,
    watch,
    crimes,
    get pages() {
      return pages
    },
    stored: () => stored,
    openPage,
    kill(page) {
      if (stored.by === page && page.waiting() > 0) stored = { ...stored, isSecret: true }
      page.isAlive = false
      page.tab.kill()
      for (const handle of page.timers.keys()) clock.clearTimeout(handle)
      pages = pages.filter((other) => other !== page)
    },
    keep(page, what, promise) {
      const own: Kept = { what, outcome: 'pending' }
      page.kept.push(own)
      promise.then(
        () => void (own.outcome = 'resolved'),
        (error: unknown) => {
          own.outcome = 'rejected'
          watch.error(error)
        },
      )
    },
    async pass(milliseconds) {
      await drain()
      const end = clock.monotonic() + milliseconds
      for (let steps = 0; ; steps += 1) {
        const due = Math.min(...serverTimers.values(), ...pages.flatMap(({ timers }) => [...timers.values()]))
        if (due > end) break
        if (steps > BUSY * (1 + milliseconds / 3_600_000)) throw new Error('The pages are busy with nothing')
        clock.advance(Math.max(0, due - clock.monotonic()))
        await drain()
      }
      clock.advance(end - clock.monotonic())
      await drain()
    },
    async sleep(milliseconds) {
      clock.sleep(milliseconds)
      slept += milliseconds
      for (const { network } of pages) network.wake()
      await drain()
    },
    async clear() {
      const tab = browser.openTab()
      const record = (await tab.storage.read(KEY)) as StoredRecord | null
      if (record) await tab.storage.compareAndSet(KEY, record.revision, null)
      note(null, null)
    },
  }
  return sim
}
