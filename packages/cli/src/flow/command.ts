import { Problem } from '../problem.ts'
import { writeText } from '../write.ts'
import { chartOf, type Chart } from './chart.ts'
import { describe } from './describe.ts'
import { findState } from './find-state.ts'
import { layoutOf } from './layout.ts'
import { loadChart, ownChart } from './load.ts'
import { toMermaid } from './mermaid.ts'
import { toPage } from './page.ts'
import { toSvg } from './svg.ts'
import { wayTo, type Way } from './way.ts'

export const formats = ['mermaid', 'svg', 'html'] as const

export interface FlowOptions {
  readonly format: (typeof formats)[number]
  readonly export?: string
  readonly state?: string
  readonly out?: string
}

/** Prints the chart. @throws Problem that says what is wrong with the input */
export async function flow(file: string | undefined, options: FlowOptions): Promise<void> {
  const text = await draw(file, options)
  if (options.out === undefined) process.stdout.write(text)
  else writeText(options.out, text)
}

export async function draw(file: string | undefined, { format, state, ...options }: FlowOptions): Promise<string> {
  if (file === undefined && options.export !== undefined)
    throw new Problem('--export names an export of a file. Give the file, too.')
  const { machine, replaced } = file === undefined ? ownChart : await loadChart(file, options.export)
  const chart = chartOf(machine, replaced)
  const goal = state === undefined ? null : findState(chart, state)
  const way = goal === null ? null : wayTo(machine, goal, replaced)
  if (goal !== null && way === null) throw new Problem(`Nothing leads to "${goal}" from the start.`)
  if (format === 'mermaid') return `${toMermaid(chart, way)}\n`
  return drawn(chart, way, goal, format)
}

async function drawn(chart: Chart, way: Way | null, goal: string | null, format: 'svg' | 'html'): Promise<string> {
  const title = goal === null ? `The chart ${chart.root.name}` : `The chart ${chart.root.name}, and the way to ${goal}`
  const words = { title, description: describe(chart) }
  const layout = await layoutOf(chart, {}, way)
  return format === 'svg' ? toSvg(layout, words, way) : toPage(layout, words, way, chart.replaced)
}
