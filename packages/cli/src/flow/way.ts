import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { idOf, transitionsFrom, type ChartArrow } from './chart.ts'
import { transitionWords } from './words.ts'

/** One transition of the way. */
export interface Step {
  readonly from: string
  readonly to: string
  readonly label: string
}

/** The shortest way from the start to a state, if the guards on it allow it. */
export interface Way {
  /** Every state that is entered on it. */
  readonly states: ReadonlySet<string>
  readonly steps: readonly Step[]
}

interface Place {
  readonly leaf: AnyStateNode
  readonly before: Place | null
  readonly step: Step | null
}

/** By the definition, from state to state: no effect runs, and no guard is asked. Null: nothing leads there. */
export function wayTo(machine: AnyStateMachine, id: string, replaced: readonly string[] = []): Way | null {
  const words = new Set(replaced)
  const places: Place[] = leavesOf(machine.root).map((leaf) => ({ leaf, before: null, step: null }))
  const seen = new Set(places.map(({ leaf }) => leaf))
  // it grows while it is walked through
  for (const place of places) {
    if (ancestorsOf(place.leaf).some((node) => idOf(node) === id)) return backFrom(place)
    for (const transition of takenIn(place.leaf)) {
      for (const target of transition.target ?? []) {
        const step = { from: idOf(transition.source), to: idOf(target), label: transitionWords(transition, words) }
        const fresh = leavesOf(target).filter((leaf) => !seen.has(leaf))
        for (const leaf of fresh) {
          seen.add(leaf)
          places.push({ leaf, before: place, step })
        }
      }
    }
  }
  return null
}

function backFrom(last: Place): Way {
  const states = new Set<string>()
  const steps: Step[] = []
  for (let place: Place | null = last; place; place = place.before) {
    for (const node of ancestorsOf(place.leaf)) if (node.parent) states.add(idOf(node))
    if (place.step) steps.unshift(place.step)
  }
  return { states, steps }
}

/** Where the machine is when it enters a state. */
function leavesOf(node: AnyStateNode): readonly AnyStateNode[] {
  if (node.type === 'parallel') return Object.values(node.states).flatMap(leavesOf)
  if (node.type === 'history') return (node.parent?.initial.target ?? []).flatMap(leavesOf)
  return node.type === 'compound' ? (node.initial.target ?? []).flatMap(leavesOf) : [node]
}

/** From the state itself to the root. */
function ancestorsOf(node: AnyStateNode): readonly AnyStateNode[] {
  return node.parent ? [node, ...ancestorsOf(node.parent)] : [node]
}

/** What a state does with an event, its ancestors do not get, unless a guard may refuse it. */
function takenIn(leaf: AnyStateNode): readonly AnyTransitionDefinition[] {
  const handled = new Set<string>()
  return ancestorsOf(leaf).flatMap((node) => {
    const free = transitionsFrom(node).filter(({ eventType }) => !handled.has(eventType))
    for (const { eventType, guard } of free) if (!guard) handled.add(eventType)
    // what no guard can close is the better way
    return free.toSorted((one, other) => Number(Boolean(one.guard)) - Number(Boolean(other.guard)))
  })
}

/** What stands on an arrow, with the numbers of the steps that take it: `(2) expiry.due`. */
export function labelsOn({ from, to, labels }: ChartArrow, way: Way | null): readonly string[] {
  const steps = way?.steps ?? []
  return labels.map((label) => {
    const numbers = steps.flatMap((step, index) =>
      step.from === from && step.to === to && step.label === label ? [`(${index + 1})`] : [],
    )
    return [...numbers, label].join(' ')
  })
}

/** Whether a label has the number of a step. */
export const isStep = (text: string, way: Way | null): boolean => way !== null && /^\(\d+\) /.test(text)
