import { createCredentials, type CredentialStore } from './credentials.ts'
import type { Session } from './session/session.ts'

/**
 * Where the secrets of one auth live: an object that the effects share and the chart never sees. Synchronous, so that
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
  const pending = new Map<string, Session>()
  const credentials = createCredentials()
  const listeners = new Set<() => void>()
  const put = (next: Session | null): void => {
    if (next === vault.session) return
    vault.session = vault.latest = next
    vault.generation = Math.max(vault.generation, next?.generation ?? 0)
    for (const listener of listeners) listener()
  }
  const vault: { -readonly [K in keyof Vault]: Vault[K] } = {
    session: null,
    latest: null,
    generation: 0,
    set: put,
    receive(next) {
      if (next.id === vault.session?.id) vault.latest = next
    },
    take() {
      const { session } = vault
      put(null)
      return session
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
  return vault
}
