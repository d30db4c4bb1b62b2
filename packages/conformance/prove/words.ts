/** What goes into a page and what comes out of it, as plain data. Names of records, tokens and pages are `~12~`. */

export type Command = 'signOut' | 'refresh' | 'token' | 'cancel' | 'signInAnn' | 'signInBob'

/** `broken`: the storage. `unavailable`: the server processed nothing, and said so. */
export type ErrorWord = 'broken' | 'network' | 'unavailable' | 'refused' | 'unknownToken'

export type Input =
  | { readonly do: 'boot' }
  | { readonly do: 'command'; readonly command: Command }
  | { readonly do: 'hint'; readonly generation: number }
  | { readonly do: 'fire'; readonly timer: number }
  | { readonly do: 'answer'; readonly op: number; readonly value: unknown }
  | { readonly do: 'fail'; readonly op: number; readonly error: ErrorWord }

/** What a page waits for. */
export type Ask =
  | { readonly kind: 'read' }
  | { readonly kind: 'write'; readonly expected: string | null; readonly next: unknown }
  | { readonly kind: 'lock' }
  | { readonly kind: 'signIn'; readonly as: string }
  | { readonly kind: 'refresh' | 'signOut'; readonly token: string | null }

export type Output =
  | ({ readonly out: 'ask'; readonly op: number } & Ask)
  | { readonly out: 'abort' | 'unlock'; readonly op: number }
  | { readonly out: 'note'; readonly key: string; readonly value: string }
  | { readonly out: 'post'; readonly generation: number }

/** What can be seen of a page from outside. */
export interface View {
  readonly status: string
  readonly persistence: string
  readonly user: string | null
  readonly session: { readonly id: string; readonly generation: number } | null
  readonly renewal: string | null
  readonly reason: string | null
  /** The one that is due first comes first. */
  readonly timers: readonly { readonly id: number; readonly due: number }[]
  readonly promises: readonly { readonly command: Command; readonly outcome: string }[]
}

/** A record, as far as the world looks into it. */
export interface DiskRecord {
  readonly revision: string
  readonly id?: string
  readonly generation?: number
  readonly refreshToken?: string | null
  readonly marked?: boolean
  readonly ended?: string
  readonly user?: { readonly id: string }
}
