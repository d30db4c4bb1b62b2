import type { AuthStorage, TabHint, Tabs, TabWire } from '../types.ts'
import { leases } from './lease.ts'
import { listen } from './listen.ts'

/** Web Locks and BroadcastChannel. Each missing one is done without: see {@link leases} and {@link queuesOfThisPage}. */
export function browserTabs(): Tabs {
  const lockWithin = queuesOfThisPage()
  const lockByLease = leases()
  return {
    async lock<T>(name: string, work: () => Promise<T>): Promise<T> {
      let running: Promise<T> | undefined
      // by then(): a work that throws instead of rejecting has run, too, and must not run again below
      const begin = (): Promise<T> => (running ??= Promise.resolve().then(work))
      try {
        await navigator.locks.request(name, begin)
      } catch {
        // no Web Locks, or not for this origin; or the work failed, or was robbed of its lock while it goes on
      }
      if (running) return running
      return lockWithin(name, async () => {
        await lockByLease(name, begin).catch(() => {})
        // no IndexedDB either: nothing is shared, and this page is all there is
        return begin()
      })
    },
    open: openWire,
    capabilities: () => ({
      locks: hasLocks() ? 'web' : 'indexedDB' in globalThis ? 'lease' : 'page',
      broadcast: 'BroadcastChannel' in globalThis,
    }),
  }
}

/** What tells and excludes other tabs: of the app, of the browser, or nothing where no other tab sees the storage. */
export function tabsFor(given: Tabs | false | undefined, scope: AuthStorage['scope']): Tabs {
  const isAlone = given === false || (given === undefined && scope !== 'shared')
  return isAlone ? noTabs(scope) : given || browserTabs()
}

/** A tab that is alone: no other tab listens, and only what others can see needs a lock that others respect. */
function noTabs(scope: AuthStorage['scope']): Tabs {
  const lock = scope === 'memory' ? queuesOfThisPage() : browserTabs().lock
  return { lock, open: () => ({ post() {}, close() {} }) }
}

/** The callers of one `Tabs` in turn. Other pages are not excluded. */
export function queuesOfThisPage(): Tabs['lock'] {
  const tails = new Map<string, Promise<unknown>>()
  return (name, work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work)
    tails.set(
      name,
      turn.catch(() => {}),
    )
    return turn
  }
}

/** Some browsers throw for the mere look at it. */
function hasLocks(): boolean {
  try {
    return Boolean(globalThis.navigator?.locks)
  } catch {
    return false
  }
}

function openWire(name: string, listener: (hint: TabHint) => void): TabWire {
  let channel: BroadcastChannel | undefined
  const connect = () => {
    try {
      channel ??= new BroadcastChannel(name)
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (isHint(data)) listener({ generation: data.generation })
      }
    } catch {
      // missing or forbidden: hints are a courtesy, the stored record is the truth
    }
  }
  const disconnect = () => {
    channel?.close()
    channel = undefined
  }
  // an open channel keeps a page out of the back-forward cache; what it misses there it reads when it wakes up
  const stop = listen(['pagehide', 'pageshow'], ({ type }) => (type === 'pagehide' ? disconnect() : connect()))
  connect()
  return {
    post: ({ generation }) => channel?.postMessage({ generation }),
    close() {
      stop()
      disconnect()
    },
  }
}

/** Any script of this origin can post anything. */
function isHint(data: unknown): data is TabHint {
  const { constructor, generation } = Object(data) as { constructor: unknown; generation: unknown }
  const isOwn = constructor === Object && Object.hasOwn(Object(data), 'generation')
  return isOwn && Number.isSafeInteger(generation) && (generation as number) >= 0
}
