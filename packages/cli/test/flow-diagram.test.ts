import { authMachine, type AuthMachine } from '@authchart/core'
import { expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { filesOf, staleIn } from '../../../tools/pictures/files.ts'
import { renewalFacts } from '../../../tools/pictures/renewal.ts'
import { storyOf } from '../../../tools/pictures/story.ts'

interface States {
  states: Record<string, States>
  on: Record<string, unknown>
}

/** The chart of the core without one transition. */
function without(event: string, ...path: readonly string[]): AuthMachine {
  const config = copyOf(authMachine.config) as unknown as States
  const state = path.reduce((node, name) => node.states[name] ?? node, config)
  expect(Object.keys(state.on)).toContain(event)
  delete state.on[event]
  return createMachine(config as never, authMachine.implementations as never) as unknown as AuthMachine
}

/** Functions are kept as they are. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]))
}

test('the pictures in the guides are those of the chart', async () => {
  expect(staleIn(await filesOf(authMachine))).toEqual([])
})

test('a chart that has lost a transition makes its pictures stale', async () => {
  expect(staleIn(await filesOf(without('dismiss', 'session', 'expired')))).toEqual([
    'docs/machine.md',
    'docs/pictures/story.svg',
    'docs/pictures/story-narrow.svg',
    'docs/pictures/lifecycle.svg',
    'docs/pictures/lifecycle-narrow.svg',
  ])
})

test('the story in six words has the transitions between the statuses, and no others', () => {
  expect(
    storyOf(authMachine)
      .arrows.map(({ from, to, labels }) => [from, to, ...labels].join(' > '))
      .toSorted(),
  ).toEqual([
    'anonymous > authenticating > sign in',
    'authenticated > expired > ended',
    'authenticated > refreshing > due',
    'authenticated > signed out > sign out',
    'authenticating > anonymous > failed',
    'authenticating > authenticated > granted',
    'expired > anonymous > dismiss',
    'refreshing > authenticated > renewed',
    'refreshing > expired',
    'refreshing > signed out',
    'signed out > anonymous',
  ])
})

test('the steps of a renewal and their outcomes are those of the code', () => {
  const { steps, outcomes } = renewalFacts(authMachine)
  expect(steps.map(({ name, outcomes: own }) => `${name}: ${own.join(', ')}`)).toEqual([
    'lock: put off',
    'read: renewed, put off, lost',
    'probe: put off',
    'mark: renewed, put off',
    'send: put off, lost, ended',
    'store: renewed, put off, ended',
    'identify: renewed, put off, ended',
  ])
  expect(outcomes.map(({ event, state }) => `${event} > ${state}`)).toEqual([
    'session.renewed > fresh',
    'refresh.deferred > waiting',
    'refresh.lost > indeterminate',
    'session.ended > expired',
  ])
})
