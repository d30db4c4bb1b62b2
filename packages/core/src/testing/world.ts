import type { AuthClient, AuthStorage, Clock, Tabs } from '../types.ts'
import type { WorldAccount, WorldPassword, WorldServerSetup, WorldUser } from './accounts.ts'
import { fakeBrowser, type FakeBrowser, type FakeTab } from './browser.ts'
import { fakeClock, type FakeClock } from './clock.ts'
import { drain } from './drain.ts'
import type { WorldFault } from './faults.ts'
import { answer } from './http.ts'
import { fakeNetwork, type FakeNetwork } from './network.ts'
import { strictServer, type Caller, type StrictServer } from './strict-server.ts'

/** What a world's time has to do. A {@link FakeClock} does it. */
export type WorldClock = Clock & Pick<FakeClock, 'pass' | 'jump' | 'sleep'>

/** What `createAuth` is given in one tab: `createAuth({ ...tab.parts, guards })`. */
export interface WorldParts {
  readonly client: AuthClient<WorldUser, WorldPassword>
  readonly storage: AuthStorage
  readonly tabs: Tabs
  readonly clock: Clock
  readonly network: FakeNetwork
  readonly fetch: typeof fetch
}

/** One tab of the world's browser. */
export interface WorldTab extends Omit<FakeTab, 'storage' | 'tabs'> {
  readonly parts: WorldParts
  readonly network: FakeNetwork
  /** The server by HTTP, as this tab reaches it: for `bkend({ url: world.origin, fetch: tab.fetch })` and for a client of yours. */
  readonly fetch: typeof fetch
  readonly isAlive: () => boolean
  /** Timers of this tab that wait. */
  readonly timers: ReadonlyMap<unknown, number>
}

/** What the server of a world is told, and what it says. */
export interface WorldServer {
  /** Something goes wrong with the next calls of a method. */
  readonly fault: (fault: WorldFault) => void
  /** Nothing goes wrong any more. */
  readonly heal: () => void
  /** All sessions of a user end. */
  readonly endSessions: (id: string) => void
  readonly ban: (id: string) => void
  readonly setRole: (id: string, role: string) => void
  /** All access tokens are refused from now on; refresh tokens are as good as before. */
  readonly expireAccess: () => void
  /** Sessions of a user that are alive. */
  readonly sessionsOf: (id: string) => number
  /** Renewals that reached it or were on their way, and refresh tokens that it saw a second time. */
  readonly counts: () => { readonly calls: number; readonly refreshes: number; readonly replays: number }
  /** What a client must never do, in words: a token sent twice, two renewals at once. */
  readonly problems: readonly string[]
}

export interface WorldOptions {
  /** Default: Ann, an admin, and Bob, a user. Their password is `'correct horse'`. */
  readonly accounts?: readonly WorldAccount[]
  readonly server?: Partial<WorldServerSetup>
  /** Default `'https://api.test'`. */
  readonly origin?: string
  /** Default: a {@link fakeClock}. */
  readonly clock?: WorldClock
  /** Decides which tab goes on when: each step of a tab waits for it. Default: at once. */
  readonly turn?: (tab: WorldTab, what: string) => Promise<void>
  /** What reached a tab of the user of a session. */
  readonly onTold?: (tab: WorldTab, session: string, user: WorldUser) => void
  /** A request of the app, for its own data, that arrives at the server. */
  readonly onArrived?: (tab: WorldTab, request: { readonly id: string; readonly token: string | null }) => void
}

/** A server, a browser with tabs, two clocks and a network, in memory. */
export interface World {
  readonly origin: string
  readonly server: WorldServer
  readonly browser: FakeBrowser
  readonly accounts: readonly WorldAccount[]
  readonly openTab: () => WorldTab
  /** Tabs that are open. */
  readonly tabs: readonly WorldTab[]
  /** Time passes, and everything happens that is due. */
  readonly advance: (milliseconds: number) => Promise<void>
  /** The device sleeps and wakes up: the clock on the wall goes on, timers do not. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** The device's clock is set. */
  readonly jump: (milliseconds: number) => void
  /** The server by HTTP, from nowhere in particular: for a mock server and for Playwright. */
  readonly handle: (request: Request) => Promise<Response>
  readonly clock: WorldClock
  /** For explorers: the server from within. */
  readonly strict: StrictServer
}

const defaults: WorldServerSetup = {
  isJwt: true,
  sendsUser: true,
  hasGetUser: true,
  hasPing: true,
  ahead: 0,
  secret: (name) => name,
}

const people: readonly WorldAccount[] = [
  { id: 'u-ann', email: 'ann@example.com', password: 'correct horse', name: 'Ann', role: 'admin' },
  { id: 'u-bob', email: 'bob@example.com', password: 'correct horse', name: 'Bob', role: 'user' },
]

/**
 * A strict auth server, faults of the network, tabs with their storage, and two clocks. Time moves only when told, so that
 * what happens once happens again. Refresh tokens rotate, and one that is shown a second time ends all sessions of its
 * user, as at bkend.ai.
 *
 * @example
 * const world = createWorld()
 * const [one, two] = [world.openTab(), world.openTab()].map(({ parts }) => createAuth(parts))
 * await one.signIn({ email: 'ann@example.com', password: 'correct horse' })
 * world.server.fault({ kind: 'lostAfter', method: 'refresh' })
 * await world.advance(60 * 60_000)
 * expect(world.server.counts().replays).toBe(0)
 */
export function createWorld(options: WorldOptions = {}): World {
  const { accounts = people, origin = 'https://api.test', clock = fakeClock(), turn, onTold, onArrived } = options
  const setup = { ...defaults, ...options.server }
  const browser = fakeBrowser()
  const birth = clock.now() - clock.monotonic() + setup.ahead
  let slept = 0
  let open: readonly WorldTab[] = []
  const now = (): number => birth + clock.monotonic() + slept
  const server = strictServer({ accounts, setup, clock, now, awake: clock.monotonic, origin })
  const outside: Caller = {
    isAlive: () => true,
    isOnline: () => true,
    turn: async () => {},
    told: () => {},
    arrived: () => {},
  }
  const handle = (request: Request, caller = outside): Promise<Response> =>
    answer(request, caller, { server, origin, now })

  function openTab(): WorldTab {
    const { storage, tabs, ...tab } = browser.openTab()
    const network = fakeNetwork()
    const timers = new Map<unknown, number>()
    let isAlive = true
    const caller: Caller = {
      isAlive: () => isAlive,
      isOnline: network.isOnline,
      turn: async (what) => turn?.(own, what),
      told: (session, user) => onTold?.(own, session, user),
      arrived: (request) => onArrived?.(own, request),
    }
    const fetch = fetchOf((request) => handle(request, caller))
    const own: WorldTab = {
      ...tab,
      parts: {
        client: server.connect(caller),
        storage,
        tabs,
        clock: clockOf(clock, timers, () => isAlive),
        network,
        fetch,
      },
      network,
      fetch,
      timers,
      isAlive: () => isAlive,
      kill() {
        isAlive = false
        tab.kill()
        for (const handle of timers.keys()) clock.clearTimeout(handle)
        timers.clear()
        open = open.filter((other) => other !== own)
      },
    }
    if (open.some((other) => !other.network.isOnline())) network.goOffline()
    open = [...open, own]
    return own
  }

  return {
    origin,
    browser,
    accounts,
    clock,
    strict: server,
    openTab,
    get tabs() {
      return open
    },
    handle: (request) => handle(request),
    advance: clock.pass,
    jump: clock.jump,
    async sleep(milliseconds) {
      clock.sleep(milliseconds)
      slept += milliseconds
      for (const { network } of open) network.wake()
      await drain()
    },
    server: {
      fault: server.fault,
      heal: server.heal,
      endSessions: server.accounts.endAll,
      ban: server.accounts.ban,
      setRole: server.accounts.setRole,
      expireAccess: server.accounts.expireAccess,
      sessionsOf: server.accounts.livingOf,
      counts() {
        const { calls, refreshes } = server.facts
        return { calls, refreshes, replays: server.accounts.replays() }
      },
      problems: server.facts.crimes,
    },
  }
}

/** The clock of one tab: what it has set can be counted, and dies with it. */
function clockOf(clock: Clock, timers: Map<unknown, number>, isAlive: () => boolean): Clock {
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    setTimeout(callback, milliseconds) {
      if (!isAlive()) return null
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

/** As `fetch`: an abort rejects whatever the server does. */
function fetchOf(handle: (request: Request) => Promise<Response>): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { signal } = request
    signal.throwIfAborted()
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
    return Promise.race([handle(request), aborted])
  }
}
