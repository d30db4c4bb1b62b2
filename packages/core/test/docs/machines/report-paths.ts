import { nameOf } from '@authchart/core/testing/paths'
import type { EventFromLogic, SnapshotFrom } from 'xstate'
import { getAdjacencyMap, getShortestPaths, getStateNodes } from 'xstate/graph'
import { reportMachine } from './report.ts'

type State = SnapshotFrom<typeof reportMachine>
type Event = EventFromLogic<typeof reportMachine>

/** What xstate sends is in no type of the machine, so here it is called one of its events. */
const fromXstate = (event: { readonly type: string; readonly [name: string]: unknown }) => event as unknown as Event

/** Everything that can happen, with what it carries. The keys are the words for it. */
export const happenings = {
  'the user starts': { type: 'start' },
  'the user cancels': { type: 'cancel' },
  'the user closes': { type: 'close' },
  'the report is built': fromXstate({ type: 'xstate.done.actor.build', actorId: 'build', output: '/r.pdf' }),
  'the build fails': fromXstate({ type: 'xstate.error.actor.build', actorId: 'build', error: new Error('no') }),
  'the pause is over': fromXstate({ type: 'xstate.after.pause.report.waiting' }),
} as const satisfies Readonly<Record<string, Event>>
export type Words = keyof typeof happenings

const all = Object.entries(happenings) as readonly (readonly [Words, Event])[] // the entries of an object of ours
export const wordsFor = (event: Event): Words => all.find(([, own]) => own === event)![0]

/** Two snapshots have the same key if the same things can happen next. */
export const keyOf = ({ value, context }: State): string => `${value} after ${context.tries}`

export const options = {
  // an actor that does not run cannot end: an event counts only where the chart has an answer to it
  events: (state: State) => all.map(([, event]) => event).filter((event) => state.can(event)),
  serializeState: keyOf,
  serializeEvent: wordsFor,
}

export interface Step {
  readonly event: Event
  readonly state: State
}

export interface Path {
  /** The same in every run. */
  readonly id: string
  readonly steps: readonly Step[]
  /** The key of the state in which it ends. */
  readonly target: string
  /** The names of the transitions that the last step takes. */
  readonly transitions: readonly string[]
}

/** The shortest way to each state, and from there each event. */
export function pathsOfReport(): readonly Path[] {
  const shortest = getShortestPaths(reportMachine, options)
  // the first step of each is the start itself
  const ways = new Map(shortest.map(({ state, steps }) => [keyOf(state), steps.slice(1)]))
  return Object.values(getAdjacencyMap(reportMachine, options)).flatMap(({ state, transitions }) =>
    Object.values<Step>(transitions).map((last) => ({
      id: `${keyOf(state)}: ${wordsFor(last.event)}`,
      steps: [...(ways.get(keyOf(state)) ?? []), last],
      target: keyOf(last.state),
      transitions: (reportMachine.getTransitionData(state, last.event) ?? []).map(nameOf),
    })),
  )
}

/** Every transition of the chart, by name. */
export const transitionsOfReport = (): readonly string[] =>
  [reportMachine.root, ...getStateNodes(reportMachine)].flatMap((node) =>
    [...node.transitions.values()].flat().map(nameOf),
  )
