import type { TabHint, Tabs, TabWire } from '../types.ts'
import { listen } from './listen.ts'

/** Web Locks and BroadcastChannel. Each missing one is done without: see {@link queuesOfThisPage}. */
export function browserTabs(): Tabs {
  const lockWithout = queuesOfThisPage()
  return {
    async lock<T>(name: string, work: () => Promise<T>): Promise<T> {
      let running: Promise<T> | undefined
      try {
        // by then(): a work that throws instead of rejecting has run, too, and must not run again below
        await navigator.locks.request(name, () => (running = Promise.resolve().then(work)))
      } catch {
        // no Web Locks, or not for this origin; or the work failed, or was robbed of its lock while it goes on
      }
      return running ?? lockWithout(name, work)
    },
    open: openWire,
  }
}

/**
 * Where there are no Web Locks. Weaker: it excludes nobody outside this `Tabs`, so that between two tabs only the
 * compare-and-set of the stored record stands. A lease in IndexedDB with a fencing token is to take this place, with
 * the same signature.
 */
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

/** Anybody on this origin can post anything. */
function isHint(data: unknown): data is TabHint {
  const { constructor, generation } = Object(data) as { constructor: unknown; generation: unknown }
  const isOwn = constructor === Object && Object.hasOwn(Object(data), 'generation')
  return isOwn && Number.isSafeInteger(generation) && (generation as number) >= 0
}
