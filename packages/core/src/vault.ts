import type { Attempt } from './machine/types.ts'
import type { Session } from './session/session.ts'

/** Credentials that wait for their sign-in, and what the client needs to go on after a challenge. */
export interface PendingCredentials {
  readonly attempt: Attempt
  readonly method: 'signIn' | 'signUp'
  readonly input: unknown
  handle?: unknown
  /** Milliseconds that are left to go on. */
  left?: () => number
  code?: string
}

/**
 * Where the secrets of one auth live: a closure that the effects share and the chart never sees. Synchronous, so that
 * it changes in the same step as the chart.
 */
export interface Vault {
  /** The session that is signed in. */
  readonly session: Session | null
  /** Its newest tokens: those of a renewal that are being stored, else what is held. They are good for a sign-out. */
  readonly latest: Session | null
  /** The highest generation that was ever held: it never goes down, not even for another user. */
  readonly generation: number
  readonly set: (session: Session) => void
  /** New tokens of the held session came, and are not stored yet. */
  readonly receive: (session: Session) => void
  /** Empties it and hands out what was in it. */
  readonly take: () => Session | null
  /** Keeps a session aside until the chart takes it. */
  readonly setPending: (session: Session) => void
  readonly takePending: (id: string) => Session | null
  /** Calls `listener` whenever the session changed. */
  readonly onChange: (listener: () => void) => () => void

  readonly setCredentials: (credentials: Omit<PendingCredentials, 'attempt'>) => Attempt
  /** The last ones, still under way. */
  readonly credentials: PendingCredentials | null
  readonly credentialsOf: (attempt: Attempt) => PendingCredentials | null
  readonly forget: (attempt: Attempt | null) => void
  readonly clear: () => void
}

export function createVault(): Vault {
  let session: Session | null = null
  let received: Session | null = null
  const pending = new Map<string, Session>()
  let credentials: PendingCredentials | null = null
  let attempts = 0
  let generation = 0
  const listeners = new Set<() => void>()
  const put = (next: Session | null): void => {
    if (next === session) return
    session = next
    received = null
    generation = Math.max(generation, next?.generation ?? 0)
    for (const listener of listeners) listener()
  }
  return {
    get session() {
      return session
    },
    get latest() {
      return received?.id === session?.id ? received : session
    },
    get generation() {
      return generation
    },
    get credentials() {
      return credentials
    },
    set: put,
    receive(next) {
      received = next
    },
    take() {
      const before = session
      put(null)
      return before
    },
    setPending: (next) => void pending.set(next.id, next),
    takePending(id) {
      const found = pending.get(id) ?? null
      pending.clear()
      return found
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setCredentials(next) {
      attempts += 1
      credentials = { ...next, attempt: attempts }
      return attempts
    },
    credentialsOf: (attempt) => (credentials?.attempt === attempt ? credentials : null),
    forget(attempt) {
      if (credentials?.attempt === attempt) credentials = null
    },
    clear() {
      pending.clear()
      credentials = null
      put(null)
    },
  }
}
