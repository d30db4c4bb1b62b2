/** How a page is left right after `auth.signOut()`. */
export type Way =
  | 'location.href'
  | 'location.replace'
  | 'location.reload'
  | 'location.href after 3 ms'
  | 'window.close'
  | 'tab closed'

/** `unaided`: a sign-out has neither its synchronous word nor `keepalive`. `later`: opened when the access token is over. */
export type Mode = 'plain' | 'unaided' | 'later'

/** One load of the page. */
export interface Report {
  /** Of this load, and of no other. */
  readonly load: string
  readonly status: string
  readonly renewal: string
  readonly reason: string
  readonly isConfirmed: boolean
  readonly isReloaded: boolean
  /** All statuses that listeners were told of. */
  readonly shown: string[]
}

export interface App {
  readonly report: () => Report
  /** Resolves to the load. */
  readonly signIn: (email: string, password: string) => Promise<string>
  readonly leave: (way: Way) => void
}
