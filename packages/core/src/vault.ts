import type { Attempt } from './machine/types.ts'
import type { Held } from './session.ts'

/** Credentials that wait for their sign-in, and what the client needs to go on after a challenge. */
export interface Secrets {
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
  readonly held: Held | null
  /** The highest generation that was ever held: it never goes down, not even for another user. */
  readonly generation: number
  readonly hold: (held: Held) => void
  /** Empties it and hands out what was in it. */
  readonly take: () => Held | null
  /** Keeps a session aside until the chart takes it. */
  readonly stage: (held: Held) => void
  readonly unstage: (id: string) => Held | null
  /** Calls `listener` whenever the held session changed. */
  readonly onChange: (listener: () => void) => () => void

  readonly propose: (secrets: Omit<Secrets, 'attempt'>) => Attempt
  readonly secretsOf: (attempt: Attempt) => Secrets | null
  readonly forget: (attempt: Attempt | null) => void
  /** The attempt that would be joined by these credentials: the same ones, still under way. */
  readonly pending: () => Secrets | null
  readonly clear: () => void
}

export function createVault(): Vault {
  let held: Held | null = null
  const staged = new Map<string, Held>()
  let secrets: Secrets | null = null
  let attempts = 0
  let generation = 0
  const listeners = new Set<() => void>()
  const put = (next: Held | null): void => {
    if (next === held) return
    held = next
    generation = Math.max(generation, next?.generation ?? 0)
    for (const listener of listeners) listener()
  }
  return {
    get held() {
      return held
    },
    get generation() {
      return generation
    },
    hold: put,
    take() {
      const before = held
      put(null)
      return before
    },
    stage(next) {
      staged.set(next.id, next)
    },
    unstage(id) {
      const found = staged.get(id) ?? null
      staged.clear()
      return found
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    propose(next) {
      attempts += 1
      secrets = { ...next, attempt: attempts }
      return attempts
    },
    secretsOf: (attempt) => (secrets?.attempt === attempt ? secrets : null),
    forget(attempt) {
      if (secrets?.attempt === attempt) secrets = null
    },
    pending: () => secrets,
    clear() {
      staged.clear()
      secrets = null
      put(null)
    },
  }
}
