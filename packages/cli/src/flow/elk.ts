import ElkModule, { type ELK, type ElkExtendedEdge, type ElkNode, type LayoutOptions } from 'elkjs/lib/elk.bundled.js'
import type { Chart, ChartArrow, ChartState } from './chart.ts'
import type { LayoutStyle } from './layout.ts'
import { widthOf } from './text.ts'
import { labelsOn, type Way } from './way.ts'

/** A chart as ELK takes it. */

export const NAME = 15
export const SMALL = 13
export const ROW = 17
export const NAME_ROW = 34
const PAD = 13
const DOT = 12

/** A line of text in a state: what happens in it, and what leads from it into one of its own states. */
export interface Row {
  readonly text: string
  readonly arrow: ChartArrow | null
}

export interface Drawing {
  readonly chart: Chart
  readonly states: readonly ChartState[]
  /** Where the machine begins, if that is one of these states. */
  readonly initial: string | null
  readonly arrows: readonly ChartArrow[]
  readonly way: Way | null
  readonly style: LayoutStyle
}

// CommonJS: the default of the module is the constructor, and for some resolutions of its types it holds it
const Elk = ElkModule as unknown as new () => ELK

export const layOut = (graph: ElkNode): Promise<ElkNode> => new Elk().layout(graph)

export function elkGraph(drawing: Drawing): ElkNode {
  const { states, initial, arrows, way, style } = drawing
  const begins: string[] = initial === null ? [] : [initial]
  const nodes = states.map((state) => nodeOf(state, drawing, begins))
  return {
    id: 'canvas',
    children: [...(initial === null ? [] : [dotNode(initial)]), ...nodes],
    edges: [...begins.map(beginEdge), ...arrows.flatMap((arrow, index) => edgeOf(arrow, index, way))],
    layoutOptions: { ...optionsOf(style), 'elk.padding': '[top=0,left=0,bottom=0,right=0]' },
  }
}

const optionsOf = ({ direction = 'DOWN', options }: LayoutStyle): LayoutOptions => ({
  'elk.algorithm': 'layered',
  'elk.direction': direction,
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
  'elk.randomSeed': '1',
  // from the dot on, so that what comes first stands first
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '2',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  ...options,
})

function nodeOf(state: ChartState, drawing: Drawing, begins: string[]): ElkNode {
  const { id, name, initial, children } = state
  const { rows, width: rowsWidth } = rowsNodeOf(state, drawing.chart.arrows, drawing.way)
  const width = Math.max(nameWidth(name), 70)
  if (children.length === 0) return { id, width: Math.max(width, rowsWidth + 2 * PAD), height: heightOf(rows) }
  if (initial !== null) begins.push(initial)
  const block = { id: `rows ${id}`, width: rowsWidth, height: rows.length * ROW, layoutOptions: first }
  return {
    id,
    children: [
      ...(rows.length === 0 ? [] : [block]),
      ...(initial === null ? [] : [dotNode(initial)]),
      ...children.map((child) => nodeOf(child, drawing, begins)),
    ],
    layoutOptions: {
      ...optionsOf(drawing.style),
      'elk.padding': `[top=${NAME_ROW},left=${PAD},bottom=${PAD},right=${PAD}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${NAME_ROW})`,
    },
  }
}

/** Of a box with this name: it is set in bold. */
export const nameWidth = (name: string): number => Math.ceil(widthOf(name, NAME) * 1.08) + 2 * PAD

const first: LayoutOptions = { 'elk.layered.layering.layerConstraint': 'FIRST' }

/** How high a name and the rows below it are. */
export const heightOf = (rows: readonly Row[]): number => NAME_ROW + (rows.length > 0 ? rows.length * ROW + 4 : 0)

export function rowsNodeOf(state: ChartState, arrows: readonly ChartArrow[], way: Way | null) {
  const rows: readonly Row[] = [
    ...state.inner.map((text) => ({ text, arrow: null })),
    ...arrows
      .filter((arrow) => arrow.from === state.id && arrow.isInto)
      .flatMap((arrow) =>
        labelsOn(arrow, way).map((label) => ({ text: `${label} to ${arrow.to.split('.').at(-1)}`, arrow })),
      ),
  ]
  return { rows, width: Math.max(0, ...rows.map(({ text }) => widthOf(text, SMALL))) }
}

const dotNode = (initial: string): ElkNode => ({ id: `dot ${initial}`, width: DOT, height: DOT, layoutOptions: first })

const beginEdge = (initial: string): ElkExtendedEdge => ({
  id: `begin ${initial}`,
  sources: [`dot ${initial}`],
  targets: [initial],
})

function edgeOf(arrow: ChartArrow, index: number, way: Way | null): readonly ElkExtendedEdge[] {
  if (arrow.isInto) return []
  const labels = labelsOn(arrow, way)
  const label = {
    text: labels.join('\n'),
    width: Math.max(0, ...labels.map((text) => widthOf(text, SMALL))) + 6,
    height: labels.length * ROW,
    layoutOptions: { 'elk.edgeLabels.inline': 'true' },
  }
  return [{ id: String(index), sources: [arrow.from], targets: [arrow.to], labels: labels.length > 0 ? [label] : [] }]
}
