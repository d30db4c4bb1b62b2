import type { AuthError } from './errors.ts'
import type { Broker } from './broker.ts'
import type { AuthFact, EndReason } from './machine/types.ts'
import type { Persistence } from './persistence.ts'
import type { Held, SessionRules, Stored } from './session.ts'
import type { AuthClient, Clock, Network, Revoked, TabHint, Tabs } from './types.ts'
import type { Vault } from './vault.ts'
import type { Waking } from './waking.ts'

export interface Establishing {
  readonly id: string
  readonly done: Promise<void>
  /** What another tab did meanwhile was seen, and not taken up. */
  hasMissed: boolean
}

/** What the effects of one auth share. Nothing here is reachable from the chart, its events or its snapshots. */
export interface World {
  readonly client: AuthClient
  readonly clock: Clock
  readonly rules: SessionRules
  readonly vault: Vault
  readonly persistence: Persistence
  readonly broker: Broker
  readonly network: Network
  readonly tabs: Tabs
  /** Names the lock and the wire. */
  readonly place: string
  readonly requestTimeout: number
  readonly storageTimeout: number
  /** Fires on destroy. */
  readonly lifetime: AbortSignal
  /** Milliseconds after a sign-in at which guards change their answer, in ascending order. */
  readonly ageLimits: readonly number[]
  /** Facts that come from beside the chart; `watchSession` hands them on. */
  readonly report: (fact: AuthFact) => void
  readonly onReport: (listener: (fact: AuthFact) => void) => () => void
  /** Tells the other tabs to read again. */
  readonly post: () => void
  readonly onPost: (listener: (hint: TabHint) => void) => () => void
  /** Compares what is stored with what is held, and reports the difference. True: there was one. */
  readonly observe: (stored: Stored | null) => boolean
  /** The held session is over for this reason: here, in the storage and in the other tabs. */
  readonly endHeld: (reason: EndReason) => Promise<void>
  /** This session is not wanted here: whatever still shows it is late. */
  readonly giveUp: (id: string) => void
  /** This session ended here. */
  readonly isOver: (id: string) => boolean
  /** The session that a sign-in of this very tab is storing, until it is held or put back. */
  establishing: Establishing | null
  /** Reads the record again and takes up what differs. */
  readonly look: () => Promise<void>
  readonly waking: Waking
  /** Its tokens may be spent: nothing renews them unless the mark goes again. */
  unknownSpend: Held | null
  /**
   * The access token is over or was refused, and nothing renews it: ends the session unless the record or the server know
   * better. Resolves when that is decided.
   */
  readonly endToken: (held: Held, isRefused?: boolean) => Promise<void>
  /** The stored session was looked for: what other tabs did meanwhile is looked at now. */
  readonly restored: () => void
  /** Tells the server that this session is over, within the time limit. */
  readonly tell: (held: Held) => Promise<Revoked>
  /** The sign-out under way, or the last one. */
  revocation: Promise<Revoked> | null
  readonly warn: (warning: AuthError | 'storage-unavailable') => void
}
