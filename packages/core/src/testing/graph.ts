import type { AnyTransitionDefinition, EventFromLogic, SnapshotFrom } from 'xstate'
import { getAdjacencyMap, getShortestPaths, type AdjacencyValue } from 'xstate/graph'
import type { AuthMachine } from '../machine/machine.ts'

export type ChartState = SnapshotFrom<AuthMachine>
export type ChartEvent = EventFromLogic<AuthMachine>

/** An event, and the state after it. */
export interface ChartStep {
  readonly event: ChartEvent
  readonly label: string
  readonly state: ChartState
}

/** A state in which other things can happen than in all others. */
export interface ChartNode {
  /** Its name: the same in every run. */
  readonly key: string
  readonly state: ChartState
  readonly edges: readonly ChartStep[]
}

/** The shortest way to a state, and one event more. */
export interface ChartPath {
  readonly id: string
  readonly from: ChartState
  readonly steps: readonly ChartStep[]
}

export interface ChartOptions {
  readonly machine: AuthMachine
  /** What can happen in a state. The chart says what comes of it. */
  readonly events: (state: ChartState) => readonly ChartEvent[]
  /** The name of an event. Default: its type. */
  readonly labelOf?: (event: ChartEvent) => string
}

/**
 * Every state of the chart that these events reach, and a path for each event in each state. No effect runs.
 *
 * @example
 * const { paths } = chartOf({ machine: authMachine, events: () => [{ type: 'restore.empty' }, { type: 'dismiss' }] })
 */
export function chartOf({ machine, events, labelOf = ({ type }) => type }: ChartOptions) {
  const model = machine.provide({ guards: { isAllowed: () => true } })
  const traversal = {
    input: { persistence: 'stored', hint: undefined } as const,
    events,
    serializeState: keyOf,
    serializeEvent: labelOf,
  }
  const toStep = ({ event, state }: Pick<ChartStep, 'event' | 'state'>): ChartStep => ({
    event,
    label: labelOf(event),
    state,
  })
  // its keys are branded, and the values of such keys are not seen
  const adjacency = getAdjacencyMap(model, traversal) as Readonly<
    Record<string, AdjacencyValue<ChartState, ChartEvent>>
  >
  const nodes = Object.entries(adjacency).map(([key, { state, transitions }]): ChartNode => ({
    key,
    state,
    edges: Object.values<Pick<ChartStep, 'event' | 'state'>>(transitions).map(toStep),
  }))
  // the first step of a way is the start itself
  const ways = new Map(
    getShortestPaths(model, traversal).map(({ state, steps }) => [keyOf(state), steps.slice(1).map(toStep)]),
  )
  const paths = nodes.flatMap(({ key, state, edges }) =>
    edges.map((last): ChartPath => ({
      id: `${key}: ${last.label}`,
      from: state,
      steps: [...(ways.get(key) ?? []), last],
    })),
  )
  return { model, nodes, paths }
}

/**
 * Where both regions of the chart are.
 *
 * @example
 * placeOf(auth.actor.getSnapshot()) // 'authenticated.fresh + idle'
 */
export function placeOf({ value }: Pick<ChartState, 'value'>): string {
  return `${pathOf(value.session)} + ${pathOf(value.attempt)}`
}

function pathOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [key, inner] = Object.entries(value as object)[0] as [string, unknown] // a state within a state has one child
  return `${key}.${pathOf(inner)}`
}

/**
 * The name of a state: two snapshots have the same one when the same things can happen next.
 *
 * @example
 * keyOf(auth.actor.getSnapshot()) // 'authenticated.fresh + idle renewable confirmed'
 */
export function keyOf(state: ChartState): string {
  const { session, error, renewalError, persistence } = state.context
  const flags = [
    session?.renewable && 'renewable',
    session?.confirmed && 'confirmed',
    error && 'failed',
    renewalError && 'put off',
    persistence === 'memory' && persistence,
  ]
  return [placeOf(state), ...flags.filter(Boolean)].join(' ')
}

/**
 * The transitions that the chart takes by this event, by name.
 *
 * @example
 * transitionsOf(authMachine, auth.actor.getSnapshot(), { type: 'dismiss' }) // ['auth.session.expired on dismiss']
 */
export const transitionsOf = (model: AuthMachine, state: ChartState, event: ChartEvent): readonly string[] =>
  (model.getTransitionData(state, event) ?? []).map(nameOf)

/**
 * The name of a transition: its state, its event, and which of several it is.
 *
 * @example
 * authMachine.states.session.states.expired.transitions.get('dismiss')?.map(nameOf) // ['auth.session.expired on dismiss']
 */
export function nameOf(definition: AnyTransitionDefinition): string {
  const { source, eventType } = definition
  const siblings = source.transitions.get(eventType) ?? []
  const branch = siblings.length > 1 ? ` [${siblings.indexOf(definition)}]` : ''
  return `${source.id} on ${eventType}${branch}`
}
