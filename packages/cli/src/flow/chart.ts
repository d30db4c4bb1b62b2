import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { transitionWords } from './words.ts'

/** A state as it is drawn. */
export interface ChartState {
  readonly id: string
  readonly name: string
  readonly kind: AnyStateNode['type']
  /** Where it begins, if it has states. A parallel state begins in all of them. */
  readonly initial: string | null
  /** What happens in it without leaving it. */
  readonly inner: readonly string[]
  readonly children: readonly ChartState[]
}

/** All transitions between two states. */
export interface ChartArrow {
  readonly from: string
  readonly to: string
  readonly labels: readonly string[]
  /** It leads into one of the states in `from`. */
  readonly isInto: boolean
}

export interface Chart {
  readonly root: ChartState
  readonly arrows: readonly ChartArrow[]
  /** The parts that the app replaced: `guard isAllowed`, say. */
  readonly replaced: readonly string[]
}

/** By the path. The root has none, and is called as the machine. */
export const idOf = ({ path, machine }: AnyStateNode): string => path.join('.') || machine.id

/** The chart of a machine, in the order in which it is written. */
export function chartOf(machine: AnyStateMachine, replaced: readonly string[] = []): Chart {
  const arrows = new Map<string, ChartArrow & { readonly labels: string[] }>()
  const words = new Set(replaced)
  const visit = (node: AnyStateNode): ChartState => {
    const inner = new Set<string>()
    for (const transition of transitionsFrom(node)) {
      const label = transitionWords(transition, words)
      const targets = transition.target ?? []
      if (targets.length === 0 && isMeant(transition)) inner.add(label)
      for (const target of targets) {
        const [from, to] = [idOf(node), idOf(target)]
        const arrow = arrows.get(`${from}\n${to}`) ?? { from, to, labels: [], isInto: isWithin(target, node) }
        if (!arrow.labels.includes(label)) arrow.labels.push(label)
        arrows.set(`${from}\n${to}`, arrow)
      }
    }
    return {
      id: idOf(node),
      name: node.key,
      kind: node.type,
      initial: initialOf(node),
      inner: [...inner],
      children: Object.values(node.states).map(visit),
    }
  }
  return { root: visit(machine.root), arrows: [...arrows.values()], replaced }
}

/** A transition without a target and without an action forbids its event. */
const isMeant = ({ actions }: { readonly actions: readonly unknown[] }): boolean => actions.length > 0

export const transitionsFrom = (node: AnyStateNode) => [...node.transitions.values()].flat().concat(node.always ?? [])

function initialOf(node: AnyStateNode): string | null {
  if (node.type !== 'compound') return null
  const [target] = node.initial.target ?? []
  return target ? idOf(target) : null
}

/** A state and all states in it. */
export const statesIn = (state: ChartState): readonly ChartState[] => [state, ...state.children.flatMap(statesIn)]

const isWithin = ({ parent }: AnyStateNode, outer: AnyStateNode): boolean =>
  parent !== undefined && (parent === outer || isWithin(parent, outer))
