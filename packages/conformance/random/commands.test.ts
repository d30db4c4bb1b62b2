/**
 * Stories of up to 40 commands, over 1 to 4 tabs, a strict server with faults, clocks that jump and a storage that
 * fails; the eleven invariants of faults.md after every step. `RANDOM_RUNS=10` makes ten times as many,
 * `RANDOM_SEED` (with `RANDOM_PATH`, from a failure's report) tells one again.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boot, commands, perform, setups } from './commands.ts'
import { watchedSimulation } from './invariants.ts'
import { campaign } from './runs.ts'

test('whatever happens in whatever order, the eleven invariants hold after every step', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  const parameters = campaign(2000)
  console.log(`commands: ${parameters.numRuns} runs from seed ${parameters.seed}`)
  try {
    await fc.assert(
      fc.asyncProperty(setups, commands(40), async (setup, story) => {
        unhandled.length = 0
        const sim = watchedSimulation(setup)
        boot(sim)
        await sim.check()
        for (const command of story) {
          await perform(sim, command)
          await sim.check()
        }
        await sim.finish()
        expect(unhandled).toEqual([])
      }),
      parameters,
    )
  } finally {
    process.off('unhandledRejection', note)
  }
})
