/** What the conductor, its tabs and the process that drives them say to each other. No token among it. */

/**
 * What makes all tabs need a new access token at one moment. `due`: the time to renew has come, a wake-up says so.
 * `slept`: the token ended while everything slept, a wake-up says so. `asked`: it ended, a request finds out.
 * `refused`: the server takes it no longer. `control`: refused, and renewed by the recipe that is known to fail.
 */
export type How = 'due' | 'slept' | 'asked' | 'refused' | 'control'

/** How a tab stands. */
export interface Standing {
  readonly status: string
  readonly renewal: string
  readonly reason: string
  readonly session: string
  readonly generation: number
}

/** Told to the tabs named in `to`. Each tab answers with a {@link Word} of the same type and number. */
export type Order = { readonly id: number; readonly to: readonly string[] } & (
  | { readonly type: 'advance'; readonly offset: number }
  /** Answered when the work has begun; `report` follows when it is done. */
  | { readonly type: 'begin'; readonly how: How; readonly before: number }
  /** Answered once a renewal of generation `before` has come to something. */
  | { readonly type: 'settle'; readonly how: How; readonly before: number }
  /** Answered once the tab is at rest in that session. */
  | { readonly type: 'join'; readonly session: string; readonly generation: number }
  /** Needs a renewal, and reports nothing of it. */
  | { readonly type: 'nudge'; readonly how: How }
  /** Signs out, and goes to that address in the same line. */
  | { readonly type: 'leave'; readonly address: string }
  /** Answered once no user is signed in. */
  | { readonly type: 'out' }
  | { readonly type: 'signIn'; readonly email: string; readonly password: string }
  /** Answered once the tab sees that record of the control's. */
  | { readonly type: 'see'; readonly serial: number }
  | { readonly type: 'beat' }
)

export interface Word {
  readonly type: Order['type'] | 'ready' | 'report' | 'warning'
  readonly id: number
  readonly tab: string
  readonly standing: Standing
  /** To the request: the status, or the code of the error. */
  readonly answer: number | string
}

/** The library's record as it is stored, without what is secret in it. */
export interface StoredState {
  readonly generation: number
  readonly marked: boolean
  readonly ended: string | null
}

export const ORDERS = 'campaign-orders'
export const WORDS = 'campaign-words'
