/** The real chart as a graph, by the paths of the test kit: whole for the suite, as a few long walks for the apps. */
import { authMachine } from '@authchart/core'
import {
  chartOf,
  keyOf,
  nameOf,
  placeOf,
  transitionsOf,
  type ChartEvent,
  type ChartState,
  type ChartStep,
} from '@authchart/core/testing/paths'
import { initialTransition, transition, type InspectionEvent } from 'xstate'
import { getStateNodes } from 'xstate/graph'
import { labelOf, possibleEvents } from './events.ts'

export { placeOf }
export type ModelSnapshot = ChartState
export type ModelEvent = ChartEvent

/** One step of a path, as the model sees it. */
export interface Step {
  readonly event: ModelEvent
  readonly label: string
  /** Where the chart is after it. */
  readonly place: string
}

export interface GeneratedPath {
  readonly name: string
  readonly steps: readonly Step[]
}

/** A node of the graph: what an invariant may ask about it. */
export interface GraphNode {
  readonly key: string
  readonly inSession: string
  readonly inAttempt: string
  readonly isHeld: boolean
  readonly isRenewable: boolean
  readonly isAttempted: boolean
  readonly persistence: string
  readonly edges: readonly Step[]
}

const { model, nodes, paths } = chartOf({
  machine: authMachine,
  events: (state) => possibleEvents(placeOf(state), state.context),
  labelOf,
})

const toStep = ({ event, label, state }: ChartStep): Step => ({ event, label, place: placeOf(state) })

/** For every (state, event) of the graph: the shortest way to the state, then the event. */
export const generatePaths = (): GeneratedPath[] =>
  paths.map(({ id, steps }) => ({ name: id, steps: steps.map(toStep) }))

/** What depends on more than the state of one region. */
const guarded: readonly string[] = ['access', 'signOut']

/** Of these paths, those that show an event in a state of a region for the first time, whatever the other region does. */
export function shortSuiteOf(paths: readonly GeneratedPath[]): readonly GeneratedPath[] {
  const seen = new Set<string>()
  return paths.filter(({ name, steps }) => {
    const label = steps.at(-1)?.label ?? ''
    const regions = (steps.at(-2)?.place ?? '').split(' + ')
    const keys = guarded.includes(label) ? [name] : regions.map((place) => `${place}: ${label}`)
    const isNew = keys.some((key) => !seen.has(key))
    for (const key of keys) seen.add(key)
    return isNew
  })
}

/** The graph as plain data, for invariants. */
export function explore() {
  const stateNodes = getStateNodes(authMachine.root)
  return {
    nodes: nodes.map(({ key, state, edges }): GraphNode => {
      const { session, attempt, persistence } = state.context
      const [inSession = '', inAttempt = ''] = placeOf(state).split(' + ')
      const isRenewable = session?.renewable === true
      return {
        key,
        inSession,
        inAttempt,
        isHeld: session !== null,
        isRenewable,
        isAttempted: attempt !== null,
        persistence,
        edges: edges.map(toStep),
      }
    }),
    places: stateNodes.filter(({ type }) => type === 'atomic').map(({ path }) => path.join('.')),
    invocations: [authMachine.root, ...stateNodes].flatMap(({ invoke }) => invoke.map(({ id, src }) => ({ id, src }))),
  }
}

/** What the user can do or the world bring about in a state; the steps before it may rule it out. */
export interface Abilities {
  readonly events: (place: string, context: ModelSnapshot['context']) => readonly ModelEvent[]
  readonly mayFollow: (steps: readonly Step[], next: string) => boolean
}

/** A few long paths that together take every transition within these abilities. */
export function generateWalks({ events, mayFollow }: Abilities): { walks: GeneratedPath[]; transitions: string[] } {
  const [start] = initialTransition(model, { persistence: 'stored', hint: undefined })
  const edgesOf = (snapshot: ModelSnapshot) =>
    events(placeOf(snapshot), snapshot.context).map((event) => ({
      event,
      label: labelOf(event),
      transitions: transitionsOf(model, snapshot, event),
      next: transition(model, snapshot, event)[0],
    }))

  const all = new Set<string>()
  const open = new Set<string>()
  interface Way {
    readonly snapshot: ModelSnapshot
    readonly steps: readonly Step[]
  }
  /** The shortest way on from here to a transition that is still to be taken. */
  function nextGoal(from: Way): Way | null {
    const seen = new Set<string>()
    const queue: Way[] = [from]
    for (let way = queue.shift(); way; way = queue.shift()) {
      for (const { event, label, transitions, next } of edgesOf(way.snapshot)) {
        if (!mayFollow(way.steps, label)) continue
        const further = { snapshot: next, steps: [...way.steps, toStep({ event, label, state: next })] }
        if (transitions.some((name) => open.has(name))) return further
        const key = `${keyOf(next)} after ${label}`
        if (!seen.has(key)) queue.push(further)
        seen.add(key)
      }
    }
    return null
  }
  function collect(): void {
    const seen = new Set<string>()
    const queue: Way[] = [{ snapshot: start, steps: [] }]
    for (let way = queue.shift(); way; way = queue.shift()) {
      for (const { event, label, transitions, next } of edgesOf(way.snapshot)) {
        if (!mayFollow(way.steps, label)) continue
        for (const name of transitions) all.add(name)
        const key = `${keyOf(next)} after ${label}`
        if (!seen.has(key)) queue.push({ snapshot: next, steps: [...way.steps, toStep({ event, label, state: next })] })
        seen.add(key)
      }
    }
  }
  function take(steps: readonly Step[]): void {
    let snapshot = start
    for (const { event } of steps) {
      for (const name of transitionsOf(model, snapshot, event)) open.delete(name)
      snapshot = transition(model, snapshot, event)[0]
    }
  }

  collect()
  for (const name of all) open.add(name)
  const walks: GeneratedPath[] = []
  while (open.size > 0) {
    let way: Way = { snapshot: start, steps: [] }
    for (let goal = nextGoal(way); goal && goal.steps.length <= LONGEST_WALK; goal = nextGoal(way)) {
      way = goal
      take(way.steps)
    }
    if (way.steps.length === 0) throw new Error(`No walk of ${LONGEST_WALK} steps takes ${[...open].join(', ')}`)
    walks.push({ name: `walk ${walks.length + 1}`, steps: way.steps })
  }
  return { walks, transitions: [...all].toSorted() }
}

/** Long enough to be few, short enough to find what went wrong. */
const LONGEST_WALK = 24

/* ---------------------------------------------------------------- coverage */

/** Every transition that the chart defines. */
export function allTransitions(): string[] {
  return getStateNodes(authMachine.root)
    .flatMap((node) => [...node.transitions.values()].flat().map(nameOf))
    .concat([...authMachine.root.transitions.values()].flat().map(nameOf))
}

/** The transitions that an inspection event tells of. */
export function takenTransitions(event: InspectionEvent): string[] {
  return event.type === '@xstate.microstep'
    ? event._transitions.filter(({ eventType }) => !eventType.startsWith('xstate.')).map(nameOf)
    : []
}
