/** Measures in one process, the cases taking turns: a machine may be slow and noisy, the ratios hold. */

export interface Figure {
  readonly ours: number
  /** What it is compared with; null for a figure that is judged by itself. */
  readonly theirs: number | null
  readonly unit: 'µs' | 'ms' | 'kB'
}

/** One line of the table. */
export interface Row {
  readonly name: string
  readonly against: string
  /** The most that is wanted: of the ratio, or of the figure itself. */
  readonly goal: number
  readonly measure: () => Promise<Figure>
}

/** What is fast and wrong is not measured. */
export function gate(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new Error(`wrong: ${what}`)
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN

/** Times of each case, slice by slice. */
export async function interleaved<K extends string>(
  cases: Readonly<Record<K, () => Promise<number>>>,
  { slices, warm }: { readonly slices: number; readonly warm: number },
): Promise<Record<K, number[]>> {
  const names = Object.keys(cases) as K[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>
  for (let slice = -warm; slice < slices; slice += 1) {
    for (let at = 0; at < names.length; at += 1) {
      const name = names[(at + slice + warm) % names.length] as K // within the bounds
      const time = await cases[name]()
      if (slice >= 0) times[name].push(time)
    }
  }
  return times
}

/** What `name` takes beyond `base`, slice by slice. */
export const beyond = (times: readonly number[], base: readonly number[]): number =>
  median(times.map((time, at) => time - (base[at] ?? NaN)))

/** Milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

export const ratioOf = ({ ours, theirs }: Figure): number => (theirs === null ? ours : ours / theirs)
