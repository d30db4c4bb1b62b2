import { drain } from '@authchart/core/testing'
import { expect, test } from 'vitest'
import { createActor, fromPromise, SimulatedClock } from 'xstate'
import { getSimplePaths } from 'xstate/graph'
import {
  happenings,
  keyOf,
  options,
  pathsOfReport,
  transitionsOfReport,
  wordsFor,
  type Path,
  type Words,
} from './report-paths.ts'
import { reportMachine } from './report.ts'

/** The running chart. What it invokes ends when the test says so, and time passes when the test says so. */
function openReport() {
  let held = { resolve: (_url: string) => {}, reject: (_error: Error) => {} }
  const build = fromPromise<string>(
    () =>
      new Promise((resolve, reject) => {
        held = { resolve, reject }
      }),
  )
  const clock = new SimulatedClock()
  const actor = createActor(reportMachine.provide({ actors: { build } }), { clock }).start()

  async function make(words: Words): Promise<void> {
    switch (words) {
      case 'the user starts':
      case 'the user cancels':
      case 'the user closes':
        actor.send(happenings[words])
        break
      case 'the report is built':
        held.resolve('/r.pdf')
        break
      case 'the build fails':
        held.reject(new Error('no'))
        break
      case 'the pause is over':
        clock.increment(10_000)
        break
    }
    await drain()
  }
  return { actor, make }
}

async function run({ steps }: Path): Promise<void> {
  const { actor, make } = openReport()
  for (const { event, state } of steps) {
    await make(wordsFor(event))
    expect(keyOf(actor.getSnapshot()), wordsFor(event)).toBe(keyOf(state))
    expect(actor.getSnapshot().context, wordsFor(event)).toEqual(state.context)
  }
  actor.stop()
}

const paths = pathsOfReport()

test.each(paths)('$id', run)

test('the paths take each transition of the chart', () => {
  const taken = new Set(paths.flatMap(({ transitions }) => transitions))
  expect(transitionsOfReport().filter((name) => !taken.has(name))).toEqual([])
})

test('the paths lead where the file beside says', async () => {
  const lines = paths.map(({ id, target }) => `${id} -> ${target}`)
  await expect(lines.toSorted().join('\n')).toMatchFileSnapshot('report.txt')
})

test('there is one way to each of the seven states', () => {
  expect(getSimplePaths(reportMachine, options)).toHaveLength(7)
})

test('a report that is built after the cancel changes nothing', async () => {
  const { actor, make } = openReport()
  await make('the user starts')
  await make('the user cancels')
  await make('the report is built')
  expect(actor.getSnapshot()).toMatchObject({ value: 'idle', context: { tries: 0, url: null } })
})
