/** A browser with several pages, a strict server, and a clock that moves only when told. */
import { createAuth, hasRole, type Auth, type Clock, type StoredRecord } from '@authchart/core'
import {
  drain,
  fakeBrowser,
  fakeClock,
  fakeNetwork,
  type FakeBrowser,
  type FakeNetwork,
  type FakeTab,
} from '@authchart/core/testing'
import { createWatch, type Watch } from '../src/secrets.ts'
import type { Credentials, ServerSetup, User } from './accounts.ts'
import { strictServer, type Caller, type StrictServer } from './strict-server.ts'

const guards = { isEditor: hasRole('editor') }
export type TestAuth = Auth<User, Credentials, typeof guards>

export interface Setup extends ServerSetup {
  /** Looks for secrets in every inspection event: slow, so only some runs do. */
  readonly isInspected: boolean
  /** For jitter and back-off. */
  readonly seed: number
}

/** Something that was promised to the app. */
export interface Kept {
  readonly what: string
  outcome: 'pending' | 'resolved' | 'rejected'
}

/** One tab with one page in it. */
export interface Page {
  readonly number: number
  readonly auth: TestAuth
  readonly tab: FakeTab
  readonly network: FakeNetwork
  readonly kept: Kept[]
  /** When each of its timers is due, by the monotonic clock. */
  readonly timers: ReadonlyMap<unknown, number>
  /** Calls, storage operations and locks that it waits for. */
  readonly waiting: () => number
  readonly wires: () => number
  /** What the server told it of a user's role. */
  readonly told: ReadonlyMap<string, string>
  /** The tokens each of its requests was sent with. */
  readonly requests: ReadonlyMap<string, readonly (string | null)[]>
  isAlive: boolean
  isDestroyed: boolean
  isHeld: boolean
  isBroken: boolean
  /** The person asked for it on this page. */
  signOuts: number
}

export interface Simulation {
  readonly server: StrictServer
  readonly browser: FakeBrowser
  readonly clock: Clock & { readonly jump: (milliseconds: number) => void }
  readonly watch: Watch
  /** Pages that are open, destroyed auths among them. */
  readonly pages: readonly Page[]
  readonly crimes: string[]
  /** What is stored, and the page that wrote it. */
  readonly stored: () => { readonly record: StoredRecord | null; readonly by: Page | null }
  readonly openPage: () => Page
  readonly kill: (page: Page) => void
  readonly keep: (page: Page, what: string, promise: Promise<unknown>) => void
  /** Lets time pass, one timer after the other, and lets everything finish in between. */
  readonly pass: (milliseconds: number) => Promise<void>
  /** The machine sleeps, then every page wakes up. */
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly clear: () => Promise<void>
}

export interface Hooks {
  /** Decides who goes on when. */
  readonly turn?: (page: Page, what: string) => Promise<void>
  readonly onOpen?: (page: Page, sim: Simulation) => void
  readonly onStored?: (page: Page, record: StoredRecord | null, before: StoredRecord | null) => void
  readonly onArrived?: (page: Page, id: string, token: string | null) => void
}

const KEY = 'authchart:https://api.test'
/** More timers than this in one stretch of time: somebody is busy with nothing. */
const BUSY = 20_000

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
  const server = strictServer(setup, timersIn(serverTimers), () => clock.monotonic() + slept)
  let stored: { record: StoredRecord | null; by: Page | null } = { record: null, by: null }

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
    const tab = browser.openTab()
    const network = fakeNetwork()
    if (pages.some((other) => !other.network.isOnline())) network.goOffline()
    const timers = new Map<unknown, number>()
    const told = new Map<string, string>()
    const requests = new Map<string, (string | null)[]>()
    let waiting = 0
    let wires = 0
    const turn = async (what: string): Promise<void> => hooks.turn?.(page, what)
    const wait = async <T>(work: Promise<T>): Promise<T> => {
      waiting += 1
      try {
        return await work
      } finally {
        waiting -= 1
      }
    }
    const caller: Caller = {
      isAlive: () => page.isAlive,
      isOnline: network.isOnline,
      turn,
      told: ({ id, role }) => void told.set(id, role),
      arrived({ id, token }) {
        requests.set(id, [...(requests.get(id) ?? []), token])
        hooks.onArrived?.(page, id, token)
      },
    }
    const calls = server.connect(caller)
    const client = Object.fromEntries(
      Object.entries(calls).map(([name, own]) => [
        name,
        typeof own === 'function' ? (...args: never[]) => wait((own as (...all: never[]) => Promise<unknown>)(...args)) : own,
      ]),
    ) as typeof calls
    const storage = {
      scope: 'shared' as const,
      read: (key: string) =>
        wait(
          turn('storage reads')
            .then(() => tab.storage.read(key))
            .then(async (value) => {
              await turn('storage has read')
              return value
            }),
        ),
      compareAndSet: (key: string, expected: string | null, next: StoredRecord | null) =>
        wait(
          turn('storage writes')
            .then(() => tab.storage.compareAndSet(key, expected, next))
            .then(async (isWritten) => {
              if (isWritten) note(page, next)
              await turn('storage has written')
              return isWritten
            }),
        ),
    }
    const auth: TestAuth = createAuth({
      client,
      storage,
      network,
      clock: timersIn(timers),
      random,
      guards,
      tabs: {
        lock: (name, work) =>
          wait(
            turn('asks for the lock').then(() =>
              tab.tabs.lock(name, async () => {
                await turn('gets the lock')
                return work()
              }),
            ),
          ),
        open(name, listener) {
          const wire = tab.tabs.open(name, (hint) => {
            watch.see('hint', hint)
            void turn('hears a hint').then(() => listener(hint))
          })
          wires += 1
          return {
            post: wire.post,
            close() {
              wires -= 1
              wire.close()
            },
          }
        },
      },
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        return wait(server.api(caller, headers.get('x-request') ?? `${input as string}`, headers.get('authorization')))
      },
      onWarning: watch.error,
      ...(setup.isInspected && { inspect: watch.inspect }),
    })
    pageCount += 1
    const page: Page = {
      number: pageCount,
      auth,
      tab,
      network,
      kept: [],
      timers,
      waiting: () => waiting,
      wires: () => wires,
      told,
      requests,
      isAlive: true,
      isDestroyed: false,
      isHeld: false,
      isBroken: false,
      signOuts: 0,
    }
    pages = [...pages, page]
    hooks.onOpen?.(page, sim)
    return page
  }

  function note(page: Page, record: StoredRecord | null): void {
    const before = stored.record
    stored = { record, by: page }
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
      const end = clock.monotonic() + milliseconds
      for (let steps = 0; ; steps += 1) {
        const due = Math.min(...serverTimers.values(), ...pages.flatMap(({ timers }) => [...timers.values()]))
        if (due > end) break
        if (steps > BUSY) throw new Error('The pages are busy with nothing')
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
      stored = { record: null, by: null }
    },
  }
  return sim
}
