import type { Attempt } from './machine/types.ts'

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

export interface CredentialStore {
  /** The last ones, still under way. */
  readonly current: () => PendingCredentials | null
  readonly set: (credentials: Omit<PendingCredentials, 'attempt'>) => Attempt
  readonly of: (attempt: Attempt) => PendingCredentials | null
  readonly forget: (attempt: Attempt | null) => void
  readonly clear: () => void
}

export function createCredentials(): CredentialStore {
  let current: PendingCredentials | null = null
  let attempts = 0
  return {
    current: () => current,
    set(next) {
      attempts += 1
      current = { ...next, attempt: attempts }
      return attempts
    },
    of: (attempt) => (current?.attempt === attempt ? current : null),
    forget(attempt) {
      if (current?.attempt === attempt) current = null
    },
    clear() {
      current = null
    },
  }
}
