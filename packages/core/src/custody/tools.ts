import { AuthError, type AuthErrorCode } from '../errors.ts'
import type { EndReason, RenewalStep } from '../machine/types.ts'
import type { Session, SessionRules } from '../session/session.ts'
import type { Stored, StoredSession } from '../session/stored.ts'
import type { Persistence } from '../storage/persistence.ts'
import type { AuthClient, CallOptions, Grant, Network } from '../types.ts'
import type { Vault } from '../vault.ts'
import type { Verdict } from './judge.ts'
import type { Deferred, Pace } from './pace.ts'
import type { Tolerance } from './tolerance.ts'
import type { Tombstones } from './tombstones.ts'

/** What became of a renewal. `settled`: the session is another one now, or none; what changed it has said so. */
export type Outcome = { readonly type: 'settled' } | Deferred | { readonly type: 'lost'; readonly error: AuthError }

/** What a refresh token is exchanged for a new pair with, and what a failure of that says about the token. */
export interface Exchange {
  readonly send: (
    tokens: { readonly accessToken: string | null; readonly refreshToken: string },
    options: CallOptions,
  ) => Promise<Grant>
  readonly verdictOf: (error: AuthError) => Verdict
  /** A failure makes the next renewal wait longer. */
  readonly isRenewal: boolean
}

export interface RenewalTools {
  readonly client: AuthClient
  readonly vault: Vault
  readonly persistence: Persistence
  readonly rules: SessionRules
  readonly network: Network
  readonly tombstones: Tombstones
  readonly tolerance: Tolerance
  readonly requestTimeout: number
  /** The server may be out of reach: one cheap request goes first. */
  readonly isStale: () => boolean
  readonly paceOf: (session: Session) => Pace
  /** Takes up what another tab stored, when it differs from what is held. True: it did. */
  readonly reconcile: (stored: Stored | null) => boolean
  readonly onStep: (step: RenewalStep) => void
  /** The held session has new tokens. */
  readonly onRenewed: () => void
  /** These tokens are over. */
  readonly onEnded: (session: Session, reason: EndReason) => Promise<void>
  /** Other tabs may have seen a mark that is gone. */
  readonly onUnmarked: () => void
  /** A grant that came too late for its session is good for one thing only. */
  readonly onStale: (session: Session) => void
  /** An answer that is not waited for any longer: it is taken up where the marked record still waits for it. */
  readonly onLate: (answer: Promise<unknown>) => void
  /** Resolves when no sign-in of this tab is being stored, which may yet be undone. */
  readonly stored: () => Promise<void>
}

/** The record under the lock, and the token that is to be spent. */
export interface Found {
  readonly stored: StoredSession
  readonly spent: Session
}

/** A token that is marked: it may be spent from here on. */
export interface Spending extends Found {
  readonly held: Session
  /** Of the marked record. */
  readonly revision: string
  readonly startedAt: number | null
}

export const settled: Outcome = { type: 'settled' }

export function backOff({ paceOf }: RenewalTools, session: Session, code: AuthErrorCode): Outcome {
  return paceOf(session).backOff(new AuthError(code))
}
