import { drain } from '@authchart/core/testing'
import { createWorld, type World, type WorldClock, type WorldTab } from '@authchart/core/testing/world'
import type { TortureAdapter, TortureClient } from './adapter.ts'
import { surround, type Surroundings } from './surroundings.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

const CANARY = 'canary'
export const people = {
  ann: { id: 'u-ann', email: 'ann@example.com', password: `${CANARY}-password-1`, role: 'admin' },
  bob: { id: 'u-bob', email: 'bob@example.com', password: `${CANARY}-password-2`, role: 'user' },
} as const

/** One page with the client in it. */
export interface Page {
  readonly client: TortureClient
  readonly tab: WorldTab
  /** Who signed the requests of this page, in their order: user ids, or null without a token. */
  readonly senders: (string | null)[]
}

/** One run: a world, and the pages of one adapter in it. */
export interface Stage {
  readonly world: World
  readonly open: () => Promise<Page>
  readonly signedIn: () => Promise<Page>
  /** Time passes. */
  readonly pass: (milliseconds: number) => Promise<void>
  /** The device sleeps and wakes up. */
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly setOnline: (isOnline: boolean) => Promise<void>
  /** Waits for it while time passes. Undefined: nothing came of it in that time. */
  readonly within: <T>(milliseconds: number, promise: Promise<T>) => Promise<T | undefined>
  /** The status of a request of the page, or what became of it. */
  readonly request: (page: Page) => Promise<number | string>
  /** Whom the page shows. */
  readonly shown: (page: Page) => Promise<string | null>
}

/** Runs one story on a stage of its own. Returns what went wrong, or null, and whether a secret was printed. */
export async function perform(
  adapter: TortureAdapter,
  story: (stage: Stage) => Promise<string | null>,
): Promise<{ readonly problem: string | null; readonly isPrinted: boolean }> {
  const surroundings = surround()
  const stage = createStage(adapter, surroundings)
  try {
    const problem = await story(stage)
    return { problem, isPrinted: surroundings.printed.some((line) => line.includes(CANARY)) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), isPrinted: false }
  } finally {
    for (const { kill } of stage.world.tabs) kill()
    surroundings.remove()
  }
}

function createStage(adapter: TortureAdapter, { clock, dispatch, inTab }: Surroundings): Stage {
  const senders = new Map<WorldTab, (string | null)[]>()
  const world = createWorld({
    accounts: Object.values(people),
    server: { secret: (name) => `${CANARY}-${name}` },
    clock,
    onArrived: (tab, { token }) =>
      void senders.get(tab)?.push(token === null ? null : (world.strict.accounts.ownerOf(token)?.id ?? 'nobody known')),
  })
  const items = new Map<string, string>()

  const within = waiterOf(clock)

  async function open(): Promise<Page> {
    const tab = world.openTab()
    const own: (string | null)[] = []
    senders.set(tab, own)
    const env = {
      origin: world.origin,
      fetch: tab.fetch,
      storage: storageIn(items, tab.isAlive),
      lock: tab.parts.tabs.lock,
      parts: tab.parts,
    }
    const client = await within(MINUTE, Promise.resolve(inTab(tab.parts, () => adapter.open(env))))
    if (!client) throw new Error('the client does not open')
    await settle()
    return { client, tab, senders: own }
  }

  const stage: Stage = {
    world,
    open,
    within,
    async signedIn() {
      const page = await open()
      await within(MINUTE, page.client.signIn(people.ann))
      await settle()
      const id = await stage.shown(page)
      if (id !== people.ann.id) throw new Error(`after the sign-in ${id ?? 'no user'} is shown`)
      return page
    },
    async pass(milliseconds) {
      await clock.pass(milliseconds)
      await settle()
    },
    async sleep(milliseconds) {
      await world.sleep(milliseconds)
      dispatch('visibilitychange')
      await settle()
    },
    async setOnline(isOnline) {
      for (const { network } of world.tabs) network[isOnline ? 'goOnline' : 'goOffline']()
      dispatch(isOnline ? 'online' : 'offline')
      await settle()
    },
    request: ({ client }) => outcomeOf(within, client.request(`${world.origin}/notes`)),
    shown: async ({ client }) => (await within(MINUTE, Promise.resolve(client.userId()))) ?? null,
  }
  return stage
}

type Within = Stage['within']

function waiterOf(clock: WorldClock): Within {
  return async (milliseconds, promise) => {
    let isSettled = false
    const settled = promise.finally(() => {
      isSettled = true
    })
    settled.catch(() => {})
    await settle()
    for (let waited = 0; !isSettled && waited < milliseconds; waited += SECOND) await clock.pass(SECOND)
    return isSettled ? settled : undefined
  }
}

/** The status of a request, or what became of it. */
async function outcomeOf(within: Within, sent: Promise<Response>): Promise<number | string> {
  const asked = sent.then(
    ({ status }) => status,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  return (await within(2 * MINUTE, asked)) ?? 'no answer in two minutes'
}

/** Answers of a body take several turns. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 8; turns += 1) await drain()
}

function storageIn(items: Map<string, string>, isAlive: () => boolean): Storage {
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void (isAlive() && items.set(key, value)),
    removeItem: (key) => void (isAlive() && items.delete(key)),
    key: (index) => [...items.keys()][index] ?? null,
    clear: () => items.clear(),
    get length() {
      return items.size
    },
  }
}
