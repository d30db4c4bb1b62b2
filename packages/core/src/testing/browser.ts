import { memoryStorage } from '../storage/memory.ts'
import type { AuthStorage, TabHint, Tabs } from '../types.ts'

/** One tab of a fake browser: what `createAuth` needs of it, and what can go wrong with it. */
export interface FakeTab {
  readonly storage: AuthStorage
  readonly tabs: Tabs
  /** Storage operations wait from now on. */
  readonly holdStorage: () => void
  readonly releaseStorage: () => void
  /** Storage operations reject from now on. */
  readonly breakStorage: () => void
  /** The tab is gone: its locks are free, nothing it began is finished. */
  readonly kill: () => void
}

export interface FakeBrowser {
  readonly openTab: () => FakeTab
  /** Everything that was posted between tabs. */
  readonly hints: readonly TabHint[]
  /** What is stored, for assertions. */
  readonly read: (key: string) => Promise<unknown>
  readonly keys: () => readonly string[]
}

const never = <T>(): Promise<T> => new Promise(() => {})

/** Tabs that share one storage, one lock manager and one wire, all in memory. */
export function fakeBrowser(): FakeBrowser {
  const shared = memoryStorage()
  const words = new Map<string, string>()
  const seenKeys = new Set<string>()
  const hints: TabHint[] = []
  const wires = new Map<string, Set<{ tab: object; listener: (hint: TabHint) => void }>>()
  const queues = new Map<string, { tab: object; grant: () => void }[]>()

  const release = (name: string, tab: object): void => {
    const queue = queues.get(name) ?? []
    if (queue[0]?.tab !== tab) return
    queue.shift()
    queue[0]?.grant()
  }

  function openTab(): FakeTab {
    const tab = {}
    let isAlive = true
    let isBroken = false
    let gate: Promise<void> | null = null
    let open = (): void => {}
    const operation = async <T>(run: () => Promise<T>): Promise<T> => {
      await gate
      if (!isAlive) return never()
      if (isBroken) throw new DOMException('The storage is gone', 'QuotaExceededError')
      return run()
    }
    return {
      storage: {
        scope: 'shared',
        read: (key) => operation(() => shared.read(key)),
        compareAndSet: (key, expected, next) =>
          operation(() => {
            seenKeys.add(key)
            return shared.compareAndSet(key, expected, next)
          }),
        twin: {
          read: (key) => JSON.parse(words.get(key) ?? 'null') as unknown,
          write: (key, value) => void (isAlive && words.set(key, JSON.stringify(value))),
        },
      },
      tabs: {
        async lock(name, work) {
          if (!isAlive) return never()
          const queue = queues.get(name) ?? []
          queues.set(name, queue)
          await new Promise<void>((grant) => {
            queue.push({ tab, grant })
            if (queue.length === 1) grant()
          })
          try {
            return await work()
          } finally {
            if (isAlive) release(name, tab)
          }
        },
        open(name, listener) {
          const wire = wires.get(name) ?? new Set()
          wires.set(name, wire)
          const own = { tab, listener }
          wire.add(own)
          return {
            post(hint) {
              hints.push(hint)
              for (const other of wire) if (other !== own && isAlive) queueMicrotask(() => other.listener(hint))
            },
            close: () => void wire.delete(own),
          }
        },
      },
      holdStorage() {
        gate ??= new Promise((resolve) => {
          open = resolve
        })
      },
      releaseStorage() {
        gate = null
        open()
      },
      breakStorage() {
        isBroken = true
      },
      kill() {
        isAlive = false
        for (const wire of wires.values()) for (const own of wire) if (own.tab === tab) wire.delete(own)
        for (const [name, queue] of queues) {
          const held = queue[0]?.tab === tab
          queues.set(
            name,
            queue.filter((entry, index) => entry.tab !== tab || (held && index === 0)),
          )
          release(name, tab)
        }
      },
    }
  }

  return { openTab, hints, read: (key) => shared.read(key), keys: () => [...seenKeys] }
}
