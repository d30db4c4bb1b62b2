import { createTurns } from './turns.ts'

/** What a store gives to who holds a key, or looks. */
export interface StoreEntries {
  /** Null: nothing is kept under this key, or its time is over. */
  readonly get: (key: string) => Promise<string | null>
  /** Keeps it for so many seconds. Durable when it resolves. */
  readonly set: (key: string, value: string, seconds: number) => Promise<void>
}

/**
 * What the processes of one handler share: who is renewing a session right now, and what came of the last renewal. All
 * values are sealed or say nothing of a user. Without a store that outlives the process, a process that dies in the middle
 * of a renewal takes the answer with it.
 *
 * @example
 * createAuthHandler({ upstream, secrets, store: postgresSessionStore({ pool }) })
 */
export interface SessionStore extends StoreEntries {
  /** Runs `work` while no other work runs under this key, in any process that has this store. */
  readonly exclusive: <T>(key: string, work: (entries: StoreEntries) => Promise<T>) => Promise<T>
}

/** Seconds since some moment; the default clock of the handler has it. */
type Now = () => number

const SWEEP_EVERY = 1000

/**
 * Keeps everything in this process: for development, and for a single process that may lose a renewal when it dies.
 *
 * @example
 * createAuthHandler({ upstream, secrets, store: memorySessionStore() })
 */
export function memorySessionStore(now: Now = () => Date.now() / 1000): SessionStore {
  const entries = new Map<string, { readonly value: string; readonly until: number }>()
  const inTurn = createTurns()
  let writes = 0

  function sweep(): void {
    for (const [key, { until }] of entries) if (until <= now()) entries.delete(key)
  }

  const own: StoreEntries = {
    async get(key) {
      const entry = entries.get(key)
      return entry && entry.until > now() ? entry.value : null
    },
    async set(key, value, seconds) {
      writes += 1
      if (writes % SWEEP_EVERY === 0) sweep()
      entries.set(key, { value, until: now() + seconds })
    },
  }
  return {
    ...own,
    exclusive: (key, work) => inTurn(key, () => work(own)),
  }
}
