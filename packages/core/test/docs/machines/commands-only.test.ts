import { expect, test } from 'vitest'
import { createTestModel, getShortestPaths } from 'xstate/graph'
import { reportMachine } from './report.ts'

test('the commands alone lead no further than to the state that invokes', () => {
  const paths = getShortestPaths(reportMachine, {
    events: [{ type: 'start' }, { type: 'cancel' }, { type: 'close' }],
  })
  expect(paths.map(({ state }) => state.value)).toEqual(['idle', 'building'])
})

test('the events that xstate finds by itself have a name, and no output', () => {
  const ready = getShortestPaths(reportMachine).find(({ state }) => state.value === 'ready')
  expect(ready?.steps.map(({ event }) => event)).toEqual([
    { type: 'xstate.init' },
    { type: 'start' },
    { type: 'xstate.done.actor.build' },
  ])
  expect(ready?.state.context.url).toBe(undefined) // the user would get a report without an address
})

test('a test model takes no chart that invokes', () => {
  expect(() => createTestModel(reportMachine)).toThrow('Invocations on test machines are not supported')
})
