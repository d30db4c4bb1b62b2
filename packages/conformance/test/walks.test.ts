import { expect, test } from 'vitest'
import { abilities, outOfReach } from '../src/app-events.ts'
import { allTransitions, generateWalks } from '../src/chart.ts'

test('what a user can cause in the example apps, and what they cannot, is the whole chart', () => {
  const { transitions } = generateWalks(abilities)
  expect([...transitions, ...Object.keys(outOfReach)].toSorted()).toEqual(allTransitions().toSorted())
})
