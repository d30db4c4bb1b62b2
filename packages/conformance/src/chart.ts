/** The real chart as a graph: the only file of this package that knows how xstate names and stores things. */
import { getAdjacencyMap, getShortestPaths, getStateNodes, type AdjacencyMap } from '@xstate/graph'
import { authMachine } from '@authchart/core'
import type { AnyTransitionDefinition, EventFromLogic, InspectionEvent, SnapshotFrom } from 'xstate'
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

/** The state as one word: `authenticated.fresh`. */
export function placeOf(snapshot: Pick<ModelSnapshot, 'value'>): string {
  const words: string[] = []
  let value: unknown = snapshot.value
  while (typeof value === 'object' && value !== null) {
    const [key, inner] = Object.entries(value)[0] as [string, unknown]
    words.push(key)
    value = inner
  }
  return [...words, String(value)].join('.')
}

/** Two snapshots are one node of the graph when the same things can happen next. */
function serializeState(snapshot: ModelSnapshot): string {
  const { session, attempt, ended, persistence } = snapshot.context
  const flags = [
    session && 'held',
    session?.renewable && 'renewable',
    session?.confirmed && 'confirmed',
    attempt !== null && 'attempt',
    ended && 'ended',
    persistence,
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
  readonly place: string
  readonly isHeld: boolean
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

/** The graph as plain data, for invariants. */
export function explore() {
  const stateNodes = getStateNodes(authMachine.root)
  return {
    nodes: Object.entries(adjacency).map(([key, { state, transitions }]): GraphNode => {
      const { session, attempt, persistence } = state.context
      const edges = takenFrom(transitions).map((taken) => toStep(taken.event, taken.state))
      return { key, place: placeOf(state), isHeld: session !== null, isAttempted: attempt !== null, persistence, edges }
    }),
    places: stateNodes.filter(({ type }) => type === 'atomic').map(({ path }) => path.join('.')),
    invocations: [authMachine.root, ...stateNodes].flatMap(({ invoke }) => invoke.map(({ id, src }) => ({ id, src }))),
  }
}

const toStep = (event: ModelEvent, state: ModelSnapshot): Step => ({
  event,
  label: labelOf(event),
  place: placeOf(state),
})

/* ---------------------------------------------------------------- coverage */

const nameOf = (transition: AnyTransitionDefinition): string => {
  const { source, eventType } = transition
  const siblings = source.transitions.get(eventType) ?? []
  const branch = siblings.length > 1 ? ` [${siblings.indexOf(transition)}]` : ''
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
