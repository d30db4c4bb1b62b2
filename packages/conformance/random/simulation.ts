/** A browser with several pages, a strict server, and a clock that moves only when told. */
import type { StoredRecord } from '@authchart/core'
import type { FakeBrowser } from '@authchart/core/testing'
import {
  createWorld,
  type StrictServer,
  type WorldAccount,
  type WorldClock,
  type WorldTab,
} from '@authchart/core/testing/world'
import { createWatch, secret, type Watch } from '../src/secrets.ts'
import { createPage, type Kept, type Page, type Setup } from './page.ts'

export interface Simulation {
  readonly server: StrictServer
  readonly browser: FakeBrowser
  readonly clock: WorldClock
  readonly watch: Watch
  /** Pages that are open, destroyed auths among them. */
  readonly pages: readonly Page[]
  /** Those, and the ones that are gone. */
  readonly allPages: () => readonly Page[]
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
/** When the clock of a world begins. */
const START = Date.UTC(2026, 0, 5, 9)

export type Name = 'ann' | 'bob'
export const passwordOf = (name: Name): string => secret(`password-of-${name}`)
export const rightCode = secret('code-right')
export const wrongCode = secret('code-wrong')

const people = [
  { id: 'u-ann', email: 'ann', role: 'editor' },
  { id: 'u-bob', email: 'bob', role: 'member' },
] as const
/** Each user has an account that asks for a second factor as well. */
const accounts = people.flatMap((person): WorldAccount[] => {
  const account = { ...person, password: passwordOf(person.email) }
  return [account, { ...account, email: guarded(person.email), code: rightCode }]
})

/** The account of the same user that asks for a second factor. */
export function guarded(name: Name): string {
  return `${name}+code`
}

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
  const watch = createWatch()
  const random = seededRandom(setup.seed)
  const crimes: string[] = []
  let pages: Page[] = []
  let pageCount = 0
  let stored: StoredNow = { record: null, by: null, isSecret: false }
  const byTab = new Map<WorldTab, Page>()
  const on = (tab: WorldTab): Page => byTab.get(tab) as Page
  const turn = async (page: Page, what: string): Promise<void> => hooks.turn?.(page, what)

  const world = createWorld({
    accounts,
    // a server whose clock was never set
    server: { ...setup, secret, ahead: -START },
    turn: (tab, what) => turn(on(tab), what),
    onTold: (tab, sid, { role }) => void on(tab).told.set(sid, role),
    onArrived(tab, { id, token }) {
      const page = on(tab)
      page.requests.set(id, [...(page.requests.get(id) ?? []), token])
      hooks.onArrived?.(page, id, token)
    },
  })

  function openPage(): Page {
    pageCount += 1
    const tab = world.openTab()
    const page = createPage(setup, { number: pageCount, tab, random, watch, turn, onStored: note })
    byTab.set(tab, page)
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
    server: world.strict,
    browser: world.browser,
    clock: world.clock,
    watch,
    crimes,
    get pages() {
      return pages
    },
    allPages: () => [...byTab.values()],
    stored: () => stored,
    openPage,
    kill(page) {
      if (stored.by === page && page.waiting() > 0) stored = { ...stored, isSecret: true }
      page.isAlive = false
      page.tab.kill()
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
    pass: world.advance,
    sleep: world.sleep,
    async clear() {
      const tab = world.browser.openTab()
      const record = (await tab.storage.read(KEY)) as StoredRecord | null
      if (record) await tab.storage.compareAndSet(KEY, record.revision, null)
      note(null, null)
    },
  }
  return sim
}
