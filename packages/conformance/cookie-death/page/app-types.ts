/** Where the refresh token is kept: in a cookie of the handler, with a worker, or, as a control, with the page alone. */
export type Mode = 'cookie' | 'proxy' | 'worker' | 'browser'

/** One load of the page. */
export interface Report {
  readonly status: string
  readonly renewal: string
  readonly reason: string
  readonly isConfirmed: boolean
  /** The renewals that this load has seen. */
  readonly generation: number
  readonly custody: string
}

export interface App {
  readonly report: () => Report
  readonly signIn: (email: string, password: string) => Promise<void>
  readonly signOut: () => Promise<void>
  /** The status of an answer of the API. */
  readonly ask: () => Promise<number>
  /** Everything that a script of this page can read. */
  readonly readable: () => Promise<string>
}
