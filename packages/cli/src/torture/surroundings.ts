/** What a page finds around itself, for clients that ask the globals: made for one run, and taken away after it. */
import FakeTimers from '@sinonjs/fake-timers'
import { drain } from '@authchart/core/testing'
import type { WorldClock, WorldParts } from '@authchart/core/testing/world'

export interface Surroundings {
  readonly clock: WorldClock
  /** The page becomes visible, or its network comes or goes. */
  readonly dispatch: (type: 'visibilitychange' | 'online' | 'offline') => void
  /** What was printed, as text. */
  readonly printed: readonly string[]
  /** Runs with the `BroadcastChannel` of a tab. */
  readonly inTab: <T>(parts: WorldParts, run: () => T) => T
  readonly remove: () => void
}

const START = Date.UTC(2026, 0, 5, 9)

export function surround(): Surroundings {
  const timers = FakeTimers.install({
    now: START,
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  })
  const printed: string[] = []
  const restorations = [
    replace(globalThis, 'window', Object.assign(new EventTarget(), { location: { href: 'https://app.test/' } })),
    replace(globalThis, 'document', Object.assign(new EventTarget(), { visibilityState: 'visible', hidden: false })),
    ...(['log', 'info', 'debug', 'warn', 'error'] as const).map((name) =>
      replace(console, name, (...words: unknown[]) => void printed.push(...words.map(toText))),
    ),
  ]

  return {
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
      clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
      async pass(milliseconds) {
        await drain()
        await timers.tickAsync(milliseconds)
        await drain()
      },
      jump: (milliseconds) => timers.setSystemTime(Date.now() + milliseconds),
      sleep: (milliseconds) => timers.setSystemTime(Date.now() + milliseconds),
    },
    dispatch(type) {
      for (const target of [window, document]) target.dispatchEvent(new Event(type))
    },
    printed,
    inTab(parts, run) {
      const undo = replace(globalThis, 'BroadcastChannel', channelOf(parts))
      try {
        return run()
      } finally {
        undo()
      }
    },
    remove() {
      timers.uninstall()
      for (const undo of restorations) undo()
    },
  }
}

function replace(owner: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, { value, configurable: true, writable: true })
  return () => {
    if (before) Object.defineProperty(owner, name, before)
    else Reflect.deleteProperty(owner, name)
  }
}

type Wire = ReturnType<WorldParts['tabs']['open']>

/** The class that a page finds: the wire of its tab. */
function channelOf({ tabs }: WorldParts) {
  return class extends EventTarget {
    onmessage: ((event: MessageEvent) => void) | null = null
    readonly #wire: Wire
    constructor(name: string) {
      super()
      this.#wire = tabs.open(name, (data) => {
        const event = new MessageEvent('message', { data })
        this.onmessage?.(event)
        this.dispatchEvent(event)
      })
    }
    postMessage(data: Parameters<Wire['post']>[0]): void {
      this.#wire.post(structuredClone(data))
    }
    close(): void {
      this.#wire.close()
    }
  }
}

function toText(word: unknown): string {
  if (word instanceof Error) return `${word.name} ${word.message} ${word.stack} ${JSON.stringify(word)}`
  return typeof word === 'string' ? word : (JSON.stringify(word) ?? String(word))
}
