/** The real chart as a graph: the only file of this package that knows how xstate names and stores things. */
import { getAdjacencyMap, getShortestPaths, getStateNodes, type AdjacencyMap } from '@xstate/graph'
import { authMachine } from '@authchart/core'
import {
  initialTransition,
  transition,
  type AnyTransitionDefinition,
  type EventFromLogic,
  type InspectionEvent,
  type SnapshotFrom,
} from 'xstate'
import { labelOf, possibleEvents } from './events.ts'

export type ModelSnapshot = SnapshotFrom<typeof authMachine>
export type ModelEvent = EventFromLogic<typeof authMachine>

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

const model = authMachine.provide({ guards: { isAllowed: () => true } })
const input = { persistence: 'stored', hint: undefined } as const

/** Where both regions are: `authenticated.fresh + idle`. */
export function placeOf({ value }: Pick<ModelSnapshot, 'value'>): string {
  const { session, attempt } = value
  return `${pathOf(session)} + ${pathOf(attempt)}`
}

function pathOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [key, inner] = Object.entries(value as object)[0] as [string, unknown]
  return `${key}.${pathOf(inner)}`
}

/** Two snapshots are one node of the graph when the same things can happen next. */
function serializeState(snapshot: ModelSnapshot): string {
  const { session, error, renewalError, persistence } = snapshot.context
  const flags = [
    session?.renewable && 'renewable',
    session?.confirmed && 'confirmed',
    error && 'failed',
    renewalError && 'put off',
    persistence === 'memory' && persistence,
  ]
  return [placeOf(snapshot), ...flags.filter(Boolean)].join(' ')
}

const traversal = {
  input,
  events: (snapshot: ModelSnapshot) => possibleEvents(placeOf(snapshot), snapshot.context),
  serializeState,
  serializeEvent: labelOf,
}

interface Taken {
  readonly event: ModelEvent
  readonly state: ModelSnapshot
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

const adjacency: AdjacencyMap<ModelSnapshot, ModelEvent> = getAdjacencyMap(model, traversal as never)
const takenFrom = (transitions: object): Taken[] => Object.values(transitions) as Taken[]

/** For every (state, event) of the graph: the shortest way to the state, then the event. */
export function generatePaths(): GeneratedPath[] {
  const ways = new Map(getShortestPaths(model, traversal as never).map((path) => [serializeState(path.state), path]))
  return Object.entries(adjacency).flatMap(([key, { transitions }]) => {
    const way = ways.get(key)
    if (!way) throw new Error(`There is no way to ${key}`)
    // the first step of a path is the start itself
    const steps = way.steps.slice(1).map(({ event, state }) => toStep(event, state))
    return takenFrom(transitions).map(({ event, state }) => {
      const last = toStep(event, state)
      return { name: `${key}: ${last.label}`, steps: [...steps, last] }
    })
  })
}

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
    nodes: Object.entries(adjacency).map(([key, { state, transitions }]): GraphNode => {
      const { session, attempt, persistence } = state.context
      const edges = takenFrom(transitions).map((taken) => toStep(taken.event, taken.state))
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
        edges,
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
  const [start] = initialTransition(model, input)
  const edgesOf = (snapshot: ModelSnapshot) =>
    events(placeOf(snapshot), snapshot.context).map((event) => ({
      event,
      transitions: (model.getTransitionData(snapshot, event) ?? []).map(nameOf),
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
      for (const { event, transitions, next } of edgesOf(way.snapshot)) {
        if (!mayFollow(way.steps, labelOf(event))) continue
        const further = { snapshot: next, steps: [...way.steps, toStep(event, next)] }
        if (transitions.some((name) => open.has(name))) return further
        const key = `${serializeState(next)} after ${labelOf(event)}`
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
      for (const { event, transitions, next } of edgesOf(way.snapshot)) {
        if (!mayFollow(way.steps, labelOf(event))) continue
        for (const name of transitions) all.add(name)
        const key = `${serializeState(next)} after ${labelOf(event)}`
        if (!seen.has(key)) queue.push({ snapshot: next, steps: [...way.steps, toStep(event, next)] })
        seen.add(key)
      }
    }
  }
  function take(steps: readonly Step[]): void {
    let snapshot = start
    for (const { event } of steps) {
      for (const name of (model.getTransitionData(snapshot, event) ?? []).map(nameOf)) open.delete(name)
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

const toStep = (event: ModelEvent, state: ModelSnapshot): Step => ({
  event,
  label: labelOf(event),
  place: placeOf(state),
})

/* ---------------------------------------------------------------- coverage */

const nameOf = (definition: AnyTransitionDefinition): string => {
  const { source, eventType } = definition
  const siblings = source.transitions.get(eventType) ?? []
  const branch = siblings.length > 1 ? ` [${siblings.indexOf(definition)}]` : ''
  return `${source.id} on ${eventType}${branch}`
}

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
