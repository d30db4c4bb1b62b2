/** Short stories of a few users at a few tabs, all at once: plain data, so that a failing one shrinks to its core. */
import fc from 'fast-check'
import { setups, type Command } from './commands.ts'
import type { Setup } from './page.ts'
import { worldFaults } from '@authchart/core/testing/world'

export interface Story {
  readonly setup: Setup
  readonly tabs: number
  /** Ann's session, as the story begins. Renewals of one that is due, or whose token is over, begin by themselves. */
  readonly session: 'none' | 'fresh' | 'due' | 'over' | 'ended'
  /** The tabs are being opened as it begins. */
  readonly isBooting: boolean
  /** What happens in one and the same moment, before anything goes on. */
  readonly atOnce: readonly Command[]
  /** What happens at any moment. */
  readonly later: readonly Command[]
}

/** Objects as one writes them: a failure is read by people. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model, { noNullPrototype: true })

/** Most of it in one tab, or in two: there they are in each other's way. */
const page = fc.constantFrom(0, 0, 0, 0, 1, 1, 2)
const on = <T extends string>(...names: T[]) => record({ do: fc.constantFrom(...names), page })

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: on('refresh', 'refresh', 'fetch') },
  { weight: 7, arbitrary: on('signOut') },
  {
    weight: 10,
    arbitrary: record({
      do: fc.constant('signIn' as const),
      page,
      as: fc.constantFrom('ann' as const, 'bob' as const),
      with: fc.constantFrom('password', 'password', 'password', 'second factor'),
    }),
  },
  { weight: 4, arbitrary: on('cancel') },
  { weight: 3, arbitrary: on('wake', 'wake', 'comeBack') },
  { weight: 4, arbitrary: on('reload', 'kill', 'destroy') },
  { weight: 2, arbitrary: record({ do: fc.constant('open' as const) }) },
  // longer than any tab waits for a disk
  { weight: 2, arbitrary: record({ do: fc.constant('advance' as const), minutes: fc.constant(0.05) }) },
  {
    weight: 2,
    arbitrary: record({
      do: fc.constant('fault' as const),
      kind: fc.constantFrom(...worldFaults.filter((kind) => !['late', 'slow', 'silent'].includes(kind))),
      method: fc.constantFrom('refresh' as const, 'refresh' as const, 'getUser' as const, 'signOut' as const),
      times: fc.constant(1),
      seconds: fc.constant(0),
    }),
  },
)

export const stories: fc.Arbitrary<Story> = record({
  setup: setups,
  tabs: fc.constantFrom(1, 2, 2, 2, 3),
  session: fc.constantFrom<Story['session'][]>('none', 'fresh', 'due', 'due', 'over', 'ended'),
  isBooting: fc.constantFrom(false, false, false, true),
  atOnce: fc.array(command, { maxLength: 3, size: 'max' }),
  later: fc.array(command, { maxLength: 3, size: 'max' }),
}).filter(({ atOnce, later }) => {
  const all = atOnce.length + later.length
  return all >= 2 && all <= 5
})
