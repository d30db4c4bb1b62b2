import { authMachine, type AuthActor } from '@authchart/core'
import { createStore, type Store } from './store.ts'

/** What the panel shows of a snapshot of the chart. */
export interface ChartView {
  /** `authenticated.fresh`, say; during a sign-in `authenticated.fresh + authenticating.submitting`. */
  readonly value: string
  /** Counts the renewals of the session that is held. */
  readonly generation: number | null
  /** When the access token ends, epoch milliseconds. */
  readonly expiresAt: number | null
  /** When a renewal that was put off is tried again, epoch milliseconds. */
  readonly retryAt: number | null
}

/** A state of the chart and its children, by path. */
export interface ChartNode {
  readonly name: string
  readonly path: string
  readonly children: readonly ChartNode[]
}

type StateConfigs = Readonly<Record<string, { readonly states?: unknown }>>

const regions = authMachine.config.states as Readonly<Record<'session' | 'attempt', { readonly states: StateConfigs }>>

/** The states of the session, then the sign-in, as the chart itself lists them, two levels deep. */
export const chartNodes: readonly ChartNode[] = [
  ...nodesOf(regions.session.states),
  ...nodesOf(regions.attempt.states).filter(({ name }) => name === 'authenticating'),
]

export function createChart(actor: AuthActor): Store<ChartView> {
  const chart = createStore(viewOf(actor))
  actor.subscribe(() => {
    const next = viewOf(actor)
    const isSame = (Object.keys(next) as (keyof ChartView)[]).every((key) => next[key] === chart.get()[key])
    if (!isSame) chart.set(next)
  })
  return chart
}

/** Whether the chart is in the state with that path, or in a child of it. */
export function isActive(value: string, path: string): boolean {
  return value.split(' + ').some((region) => region === path || region.startsWith(`${path}.`))
}

function viewOf(actor: AuthActor): ChartView {
  const { value, context } = actor.getSnapshot()
  const session = pathOf(value.session)
  // between two sign-ins there is nothing to say about them
  const isAttempting = typeof value.attempt === 'object'
  return {
    value: isAttempting ? `${session} + ${pathOf(value.attempt)}` : session,
    generation: context.session?.generation ?? null,
    expiresAt: context.session?.expiresAt ?? null,
    retryAt: session === 'authenticated.waiting' ? context.retryAt : null,
  }
}

/** `{ authenticated: 'fresh' }` is `authenticated.fresh`. */
function pathOf(value: unknown): string {
  if (typeof value === 'string') return value
  const [name, child] = Object.entries(value as object)[0] ?? ['', '']
  return `${name}.${pathOf(child)}`
}

function nodesOf(states: StateConfigs, parent = ''): readonly ChartNode[] {
  return Object.entries(states).map(([name, config]) => {
    const path = parent + name
    const children = parent === '' && config.states ? nodesOf(config.states as StateConfigs, `${path}.`) : []
    return { name, path, children }
  })
}
