import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk.bundled.js'
import { statesIn, type Chart, type ChartArrow, type ChartState } from './chart.ts'
import { elkGraph, heightOf, layOut, ROW, rowsNodeOf, type Row } from './elk.ts'
import type { Way } from './way.ts'

/** Where everything is on the picture, in pixels. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly state: ChartState
  readonly depth: number
  readonly width: number
  readonly height: number
  readonly rows: readonly Row[]
  /** Where the rows begin. Null: below the name. */
  readonly rowsAt: Point | null
}

export interface Line {
  /** Null: from the dot at which a state begins. */
  readonly arrow: ChartArrow | null
  readonly to: string
  readonly points: readonly Point[]
  readonly labels: readonly (Point & { readonly text: string })[]
}

export interface LayoutStyle {
  readonly direction?: 'RIGHT' | 'DOWN'
  /** The regions of a parallel machine: beside each other, or one below the other. */
  readonly regions?: 'beside' | 'below'
  /** The name of the machine stands above. */
  readonly heading?: boolean
  /** More of the layout, by the names of ELK. */
  readonly options?: LayoutOptions
}

const MARGIN = 12
const GAP = 20

export async function layoutOf(chart: Chart, style: LayoutStyle = {}, way: Way | null = null): Promise<Layout> {
  const { regions = 'beside', heading = true } = style
  const { root } = chart
  const arrows = chart.arrows.filter(({ from, isInto }) => from !== root.id || !isInto)
  const isWhole = arrows.some(({ from, to }) => from === root.id || to === root.id) || root.children.length === 0
  const charts = isWhole ? [[root]] : partsOf(chart, arrows)
  const parts: Layout[] = []
  for (const states of charts) {
    const ids = new Set(states.flatMap(statesIn).map(({ id }) => id))
    const own = arrows.filter(({ from }) => ids.has(from))
    const initial = !isWhole && root.initial !== null && ids.has(root.initial) ? root.initial : null
    parts.push(readBack(await layOut(elkGraph({ chart, states, initial, arrows: own, way, style })), chart, own, way))
  }
  const whole = compose(parts, regions)
  return isWhole || !heading ? framed(whole, []) : framed(whole, [headingOf(chart, way)])
}

/** Regions that nothing connects are drawn by themselves. */
function partsOf({ root }: Chart, arrows: readonly ChartArrow[]): readonly (readonly ChartState[])[] {
  if (root.kind !== 'parallel') return [root.children]
  const home = new Map(root.children.flatMap((region) => statesIn(region).map(({ id }) => [id, region] as const)))
  const isSplit = arrows.every(({ from, to }) => home.get(from) === home.get(to))
  return isSplit ? root.children.map((region) => [region]) : [root.children]
}

function compose(parts: readonly Layout[], regions: 'beside' | 'below'): Layout {
  const isBeside = regions === 'beside'
  const width = Math.max(...parts.map((part) => part.width))
  const height = Math.max(...parts.map((part) => part.height))
  let at = 0
  const moved = parts.map((part) => {
    const stretched =
      parts.length === 1 ? part : stretch(part, isBeside ? part.width : width, isBeside ? height : part.height)
    const placed = isBeside ? move(stretched, at, 0) : move(stretched, 0, at)
    at += (isBeside ? part.width : part.height) + GAP
    return placed
  })
  return {
    width: isBeside ? at - GAP : width,
    height: isBeside ? height : at - GAP,
    boxes: moved.flatMap(({ boxes }) => boxes),
    lines: moved.flatMap(({ lines }) => lines),
  }
}

/** The region gets the size, and its content the middle of it. */
function stretch(part: Layout, width: number, height: number): Layout {
  const [region, ...inner] = part.boxes
  if (!region) return part
  const { boxes, lines } = move({ ...part, boxes: inner }, Math.floor((width - part.width) / 2), 0)
  return { width, height, boxes: [{ ...region, width, height }, ...boxes], lines }
}

function move(layout: Layout, x: number, y: number): Layout {
  const by = <T extends Point>(point: T): T => ({ ...point, x: point.x + x, y: point.y + y })
  return {
    ...layout,
    boxes: layout.boxes.map((box) => ({ ...by(box), rowsAt: box.rowsAt && by(box.rowsAt) })),
    lines: layout.lines.map((line) => ({ ...line, points: line.points.map(by), labels: line.labels.map(by) })),
  }
}

function framed(layout: Layout, headings: readonly Box[]): Layout {
  const header = headings.reduce((sum, { height }) => sum + height, 0)
  const { boxes, lines, width, height } = move(layout, MARGIN, MARGIN + header)
  return {
    width: Math.ceil(Math.max(width, ...headings.map((heading) => heading.width)) + 2 * MARGIN),
    height: Math.ceil(height + header + 2 * MARGIN),
    boxes: [...headings, ...boxes],
    lines,
  }
}

function headingOf({ root, arrows }: Chart, way: Way | null): Box {
  const { rows, width } = rowsNodeOf(root, arrows, way)
  return { state: root, depth: 0, x: MARGIN, y: 6, width, height: heightOf(rows), rows, rowsAt: null }
}

function readBack(graph: ElkNode, { root, arrows }: Chart, own: readonly ChartArrow[], way: Way | null): Layout {
  const states = new Map(statesIn(root).map((state) => [state.id, state]))
  const boxesIn = (node: ElkNode, depth: number): readonly Box[] => {
    const { id, x = 0, y = 0, width = 0, height = 0, children = [] } = node
    const state = states.get(id)
    const inner = children.flatMap((child) => boxesIn(child, depth + 1))
    if (!state) return inner
    const block = children.find((child) => child.id === `rows ${id}`)
    const rowsAt = block ? { x: block.x ?? 0, y: block.y ?? 0 } : null
    return [{ state, depth, x, y, width, height, rows: rowsNodeOf(state, arrows, way).rows, rowsAt }, ...inner]
  }
  return {
    width: graph.width ?? 0,
    height: graph.height ?? 0,
    boxes: (graph.children ?? []).flatMap((child) => boxesIn(child, 1)),
    lines: (graph.edges ?? []).map((edge) => lineOf(edge, own)),
  }
}

function lineOf({ id, targets, sections = [], labels = [] }: ElkExtendedEdge, arrows: readonly ChartArrow[]): Line {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
  return {
    arrow: arrows[Number(id)] ?? null,
    to: targets[0] ?? '',
    points,
    labels: labels.flatMap(({ text = '', x = 0, y = 0, width = 0 }) =>
      text.split('\n').map((row, index) => ({ text: row, x: x + width / 2, y: y + (index + 0.5) * ROW })),
    ),
  }
}
