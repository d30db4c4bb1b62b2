import { createCredentials, type CredentialStore } from './credentials.ts'
import type { Session } from './session/session.ts'

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

  readonly credentials: CredentialStore
  readonly clear: () => void
}

export function createVault(): Vault {
  let session: Session | null = null
  let received: Session | null = null
  const pending = new Map<string, Session>()
  const credentials = createCredentials()
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
    credentials,
    clear() {
      pending.clear()
      credentials.clear()
      put(null)
    },
  }
}
