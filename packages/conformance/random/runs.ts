/** How many, from which seed: `RANDOM_RUNS` and `RANDOM_SEED` in the environment say otherwise. A failure prints both. */
export function campaign(numRuns: number): { readonly numRuns: number; readonly seed: number; readonly path?: string } {
  const { RANDOM_RUNS, RANDOM_SEED, RANDOM_PATH } = process.env
  const seed = RANDOM_SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(RANDOM_SEED)
  return {
    numRuns: Math.ceil(numRuns * Number(RANDOM_RUNS ?? 1)),
    seed,
    ...(RANDOM_PATH !== undefined && { path: RANDOM_PATH }),
  }
}
