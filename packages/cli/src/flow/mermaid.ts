import { statesIn, type Chart, type ChartState } from './chart.ts'
import { labelsOn, type Way } from './way.ts'

/** A chart as a state diagram of Mermaid. What leads nowhere is left out. */
export function toMermaid(chart: Chart, way: Way | null = null): string {
  const { root, arrows, replaced } = chart
  const id = namesOf(root)
  // the root has no box of its own, unless something leads from it or to it
  const isBoxed = arrows.some(({ from, to }) => from === root.id || to === root.id) || root.children.length === 0
  const lines = isBoxed
    ? statesOf([root], id, '  ')
    : [...initial(root, id, '  '), ...statesOf(root.children, id, '  ')]
  for (const arrow of arrows) {
    lines.push(`  ${id(arrow.from)} --> ${id(arrow.to)} : ${labelsOn(arrow, way).map(escaped).join(', ')}`)
  }
  const marked = statesIn(root).filter((state) => way?.states.has(state.id) && state.children.length === 0)
  if (marked.length > 0) {
    lines.push('  classDef way fill:#4251d3,stroke:#4251d3,color:#ffffff')
    lines.push(`  class ${marked.map((state) => id(state.id)).join(',')} way`)
  }
  const note = replaced.length > 0 ? [`  %% of the app: ${replaced.join(', ')}`] : []
  return ['stateDiagram-v2', ...note, ...lines].join('\n')
}

function statesOf(states: readonly ChartState[], id: (state: string) => string, indent: string): string[] {
  return states.flatMap((state) => {
    const title = `${indent}state "${escaped(state.name).replaceAll('"', '#quot;')}" as ${id(state.id)}`
    const end = state.kind === 'final' ? [`${indent}${id(state.id)} --> [*]`] : []
    if (state.children.length === 0) return [title, ...end]
    return [
      `${title} {`,
      ...initial(state, id, `${indent}  `),
      ...(state.kind === 'parallel'
        ? state.children.flatMap((child, index) => [
            ...(index > 0 ? [`${indent}  --`] : []),
            ...statesOf([child], id, `${indent}  `),
          ])
        : statesOf(state.children, id, `${indent}  `)),
      `${indent}}`,
    ]
  })
}

const initial = (state: ChartState, id: (state: string) => string, indent: string): string[] =>
  state.initial === null ? [] : [`${indent}[*] --> ${id(state.initial)}`]

/** A name for each state that Mermaid can read, and no name twice. */
function namesOf(root: ChartState): (id: string) => string {
  const names = new Map<string, string>()
  const taken = new Set(['state', 'note', 'end', 'direction', 'default', 'class', 'style', 'click', 'as'])
  for (const { id } of statesIn(root)) {
    let name = id.replaceAll(/\W/g, '_')
    while (taken.has(name)) name += '_'
    taken.add(name)
    names.set(id, name)
  }
  return (id) => names.get(id) ?? id
}

/** What Mermaid would take for its own marks. */
const escaped = (text: string): string =>
  text.replaceAll(/[#;:<>]/g, (mark) => `#${mark.codePointAt(0)};`).replaceAll(/\s+/g, ' ')
