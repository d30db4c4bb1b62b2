// Writes the picture of the chart into the README, from the chart itself. With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { authMachine } from '@authchart/core'
import type { StateNode } from 'xstate'

type Node = StateNode

const id = (node: Node): string => node.path.join('_') || 'auth'

function states(node: Node, indent: string): string[] {
  return Object.values(node.states).flatMap((child) => {
    const inner = Object.keys(child.states).length
    if (inner === 0) return [`${indent}state "${child.key}" as ${id(child)}`]
    return [
      `${indent}state "${child.key}" as ${id(child)} {`,
      ...initial(child, `${indent}  `),
      ...states(child, `${indent}  `),
      `${indent}}`,
    ]
  })
}

function initial(node: Node, indent: string): string[] {
  const [target] = node.initial.target ?? []
  return target ? [`${indent}[*] --> ${id(target as Node)}`] : []
}

/** One arrow for each pair of states, with all that leads along it; what leads nowhere is left out. */
function arrows(node: Node): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const visit = (source: Node): void => {
    for (const transition of [...source.transitions.values()].flat()) {
      for (const target of transition.target ?? []) {
        const key = `${id(source)} --> ${id(target as Node)}`
        found.set(key, (found.get(key) ?? new Set()).add(transition.eventType))
      }
    }
    for (const child of Object.values(source.states)) visit(child as Node)
  }
  visit(node)
  return found
}

const root = authMachine.root as unknown as Node
const lines = ['stateDiagram-v2', ...initial(root, '  '), ...states(root, '  ')]
for (const [arrow, events] of arrows(root)) lines.push(`  ${arrow} : ${[...events].join(', ')}`)
const picture = ['```mermaid', ...lines, '```'].join('\n')

const begin = '<!-- the chart, drawn by `pnpm diagram` -->'
const end = '<!-- end of the chart -->'
const readme = readFileSync('README.md', 'utf8')
const [before, rest] = readme.split(begin)
const after = rest?.split(end)[1]
if (before === undefined || after === undefined) throw new Error(`README.md has no place between ${begin} and ${end}`)
const next = `${before}${begin}\n\n${picture}\n\n${end}${after}`

if (!process.argv.includes('--check')) writeFileSync('README.md', next)
else if (next !== readme) {
  console.error('The picture in README.md is not the chart. Run: pnpm diagram')
  process.exitCode = 1
}
