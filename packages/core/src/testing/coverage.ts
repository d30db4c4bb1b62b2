import { getStateNodes } from 'xstate/graph'
import { authMachine, type AuthMachine } from '../machine/machine.ts'
import { nameOf } from './graph.ts'
import type { AuthPath } from './paths.ts'

/**
 * What these paths cover, as a text for a file beside the test: a change of the chart shows in the diff of a pull request. Each path
 * has a line: its id, the state in which it ends, and the transitions that its last event takes. The lines are sorted. Below them
 * stand the transitions of the chart that no path takes, because no screen has the command, or the world of the test cannot do it.
 *
 * @example
 * const paths = authPaths({ open, screens }, { user: { id: '1', name: 'Ann' } })
 * await expect(coverageOf(paths)).toMatchFileSnapshot('coverage.txt')
 * // expired + idle: dismiss -> anonymous + idle (auth.session.expired on dismiss)
 * @param machine the one that `authPaths` was given
 */
export function coverageOf(paths: readonly AuthPath[], machine: AuthMachine = authMachine): string {
  const lines = paths.map(
    ({ id, target, transitions }) => `${id} -> ${target} (${transitions.join(', ') || 'no transition'})`,
  )
  const taken = new Set(paths.flatMap(({ transitions }) => transitions))
  const left = [machine.root, ...getStateNodes(machine.root)]
    .flatMap((node) => [...node.transitions.values()].flat().map(nameOf))
    .filter((name) => !taken.has(name))
    .map((name) => `no path: ${name}`)
  return [...lines.sort(), ...left.sort(), ''].join('\n')
}
