/** One tab with one page in it: everything that `createAuth` is given there, counted and made to wait its turn. */
import { createAuth, hasRole, type Auth, type AuthStorage, type StoredRecord, type Tabs } from '@authchart/core'
import type { FakeNetwork } from '@authchart/core/testing'
import type { WorldPassword, WorldServerSetup, WorldTab, WorldUser } from '@authchart/core/testing/world'
import type { Watch } from '../src/secrets.ts'

const guards = { isEditor: hasRole('editor') }
export type TestAuth = Auth<WorldUser, WorldPassword, typeof guards>

export interface Setup extends Pick<WorldServerSetup, 'isJwt' | 'sendsUser' | 'hasGetUser' | 'hasPing'> {
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
  readonly tab: WorldTab
  readonly network: FakeNetwork
  readonly kept: Kept[]
  /** When each of its timers is due, by the monotonic clock. */
  readonly timers: ReadonlyMap<unknown, number>
  /** Calls, storage operations and locks that it waits for. */
  readonly waiting: () => number
  readonly wires: () => number
  /** The role that the server told it of, last, for each of the server's sessions. */
  readonly told: Map<string, string>
  /** The tokens each of its requests was sent with. */
  readonly requests: Map<string, readonly (string | null)[]>
  isAlive: boolean
  isDestroyed: boolean
  isHeld: boolean
  isBroken: boolean
  /** The user asked for it on this page. */
  signOuts: number
}

/** What a page gets from the simulation it is part of. */
export interface PageParts {
  readonly number: number
  readonly tab: WorldTab
  readonly random: () => number
  readonly watch: Watch
  /** Decides which tab goes on when. */
  readonly turn: (page: Page, what: string) => Promise<void>
  readonly onStored: (page: Page, record: StoredRecord | null) => void
}

export function createPage(setup: Setup, parts: PageParts): Page {
  const { tab, watch } = parts
  const { client, clock, network, storage: disk, tabs, fetch } = tab.parts
  let waiting = 0
  let wires = 0
  const turn = (what: string): Promise<void> => parts.turn(page, what)
  const wait = async <T>(work: Promise<T>): Promise<T> => {
    waiting += 1
    try {
      return await work
    } finally {
      waiting -= 1
    }
  }
  /** Each of its functions, counted while it is waited for. */
  const counted = <T extends object>(own: T): T =>
    Object.fromEntries(
      Object.entries(own).map(([name, part]: [string, unknown]) => {
        if (typeof part !== 'function') return [name, part]
        return [name, (...args: unknown[]) => wait((part as (...all: unknown[]) => Promise<unknown>)(...args))]
      }),
    ) as T // the same functions

  const storage: AuthStorage = {
    scope: 'shared',
    async read(key) {
      await turn('storage reads')
      const value = await disk.read(key)
      await turn('storage has read')
      return value
    },
    async compareAndSet(key, expected, next) {
      await turn('storage writes')
      const isWritten = await disk.compareAndSet(key, expected, next)
      if (isWritten) parts.onStored(page, next)
      await turn('storage has written')
      return isWritten
    },
  }
  const lock: Tabs['lock'] = async (name, work) => {
    await turn('asks for the lock')
    return tabs.lock(name, async () => {
      await turn('gets the lock')
      return work()
    })
  }
  const open: Tabs['open'] = (name, listener) => {
    const wire = tabs.open(name, (hint) => {
      watch.see('hint', hint)
      void wait(turn('hears a hint')).then(() => listener(hint))
    })
    wires += 1
    return {
      post: wire.post,
      close() {
        wires -= 1
        wire.close()
      },
    }
  }

  const page: Page = {
    number: parts.number,
    auth: createAuth({
      client: counted(client),
      storage: counted(storage),
      tabs: { lock: (name, work) => wait(lock(name, work)), open },
      network,
      clock,
      random: parts.random,
      guards,
      fetch: (...request) => wait(fetch(...request)),
      onWarning: watch.error,
      ...(setup.isInspected && { inspect: watch.inspect }),
    }),
    tab,
    network,
    kept: [],
    timers: tab.timers,
    waiting: () => waiting,
    wires: () => wires,
    told: new Map(),
    requests: new Map(),
    isAlive: true,
    isDestroyed: false,
    isHeld: false,
    isBroken: false,
    signOuts: 0,
  }
  return page
}
