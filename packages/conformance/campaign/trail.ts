/** What happened in an expiry, line by line, for the reader who has to find out why it went wrong. */
export interface Trail {
  readonly note: (line: string) => void
  readonly lines: () => readonly string[]
}

export function createTrail(title: string): Trail {
  const start = performance.now()
  const lines = [title]
  return {
    note: (line) => lines.push(`${(performance.now() - start).toFixed(1).padStart(8)} ms  ${line}`),
    lines: () => lines,
  }
}

/** A promise of the library that was not kept. */
export class Violation extends Error {
  override readonly name = 'Violation'
}
