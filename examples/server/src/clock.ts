/** The server's only source of time. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Lets that many seconds pass at once. */
  readonly advance: (seconds: number) => void
  readonly reset: () => void
}

export function createClock(now: () => number): Clock {
  let offset = 0
  return {
    now: () => now() + offset,
    advance: (seconds) => {
      offset += seconds * 1000
    },
    reset: () => {
      offset = 0
    },
  }
}
