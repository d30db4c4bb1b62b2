import { NAME, NAME_ROW, ROW, SMALL } from './elk.ts'
import type { Box, Layout, Line, Point } from './layout.ts'
import { isStep, type Way } from './way.ts'

/** A picture as one file: no script, nothing from elsewhere, light and dark by the reader's system. */

interface Size {
  readonly width: number
  readonly height: number
}

export interface SvgWords {
  readonly title: string
  readonly description: string
}

const light = '--paper:#fff;--surface:#f0f2fa;--ink:#171a26;--soft:#4c5366;--edge:#737b92;--way:#4251d3;--wash:#dfe3ff'
const dark =
  '--paper:#0d1117;--surface:#1e2533;--ink:#eceef6;--soft:#b3bacb;--edge:#7d869c;--way:#a5b0ff;--wash:#2b3464'

// all of it within the picture: on a page it may stand beside other things of these names
const rules = [
  `{${light}}`,
  ' .paper{fill:var(--paper)}',
  ' .state rect{fill:var(--surface);stroke:var(--edge);stroke-width:1.25}',
  ' .outer rect{fill:none}',
  ' .region rect{stroke-dasharray:6 4}',
  ` .name{fill:var(--ink);font-weight:600;font-size:${NAME}px}`,
  ` .row,.flow .label{fill:var(--soft);font-size:${SMALL}px}`,
  ' .outer text,.flow .label{stroke:var(--paper);stroke-width:6px;stroke-linejoin:round;paint-order:stroke}',
  ' .line{fill:none;stroke:var(--edge);stroke-width:1.25}',
  ' .head,.flow .dot{fill:var(--edge)}',
  ' .way rect{stroke:var(--way);stroke-width:2}',
  ' .way:not(.outer) rect{fill:var(--wash)}',
  ' .way .line{stroke:var(--way);stroke-width:2}',
  ' .way .head,.flow .way .dot{fill:var(--way)}',
  ' text.way{fill:var(--way);font-weight:600}',
]
const style = `${rules.map((rule) => `.flow${rule}`).join('')}@media (prefers-color-scheme:dark){.flow{${dark}}}`

const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

export function toSvg({ width, height, boxes, lines }: Layout, words: SvgWords, way: Way | null = null): string {
  const isEntered = (id: string): boolean => way?.states.has(id) === true
  return frame({ width, height }, words, [
    ...boxes.filter(({ depth }) => depth > 0).map((box) => shapeOf(box, isEntered(box.state.id))),
    ...lines.map((line) => lineSvg(line, line.arrow ? isTaken(line, way) : isEntered(line.to))),
    // what is written stands above all lines
    ...boxes.map((box) => textOf(box, way)),
    ...lines.flatMap(({ labels }) =>
      labels.map(({ text, x, y }) => textAt(isStep(text, way) ? 'label way' : 'label', text, x, y + 4, 'middle')),
    ),
  ])
}

/** The file around what is drawn. */
export function frame({ width, height }: Size, words: SvgWords, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" class="flow" role="img" aria-labelledby="flow-title flow-words" font-family="${fonts}">`,
    `<title id="flow-title">${escaped(words.title)}</title>`,
    `<desc id="flow-words">${escaped(words.description)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

const isTaken = ({ arrow }: Line, way: Way | null): boolean =>
  way?.steps.some(({ from, to }) => arrow?.from === from && arrow.to === to) === true

function shapeOf({ state, depth, x, y, width, height }: Box, isEntered: boolean): string {
  const isOuter = state.children.length > 0
  const isRegion = depth === 1 && isOuter
  const classes = ['state', isOuter && 'outer', isRegion && 'region', isEntered && 'way'].filter(Boolean).join(' ')
  const rect = (by: number, radius: number): string =>
    `<rect x="${round(x + by)}" y="${round(y + by)}" width="${round(width - 2 * by)}" height="${round(height - 2 * by)}" rx="${radius}"/>`
  const shape = isOuter ? rect(0, 12) : rect(0, 9) + (state.kind === 'final' ? rect(3, 6) : '')
  return `<g class="${classes}" data-state="${escaped(state.id)}">${shape}</g>`
}

function textOf({ state, depth, x, y, width, height, rows, rowsAt }: Box, way: Way | null): string {
  const isOuter = state.children.length > 0
  const anchor = isOuter ? 'start' : 'middle'
  const left = isOuter ? x + (depth === 0 ? 0 : 14) : x + width / 2
  const nameAt = rows.length === 0 && !isOuter ? y + height / 2 + 5 : y + 22
  const at: Point = rowsAt ?? { x: left, y: y + NAME_ROW - 4 }
  const lines = rows.map(({ text, arrow }, index) =>
    textAt(
      isStep(text, way) ? 'row way' : 'row',
      text,
      at.x,
      at.y + index * ROW + 12,
      anchor,
      arrow ? endsOf(arrow) : '',
    ),
  )
  return `<g class="${isOuter ? 'outer' : 'inner'}" data-name="${escaped(state.id)}">${textAt('name', state.name, left, nameAt, anchor)}${lines.join('')}</g>`
}

export function textAt(
  name: string,
  text: string,
  x: number,
  y: number,
  anchor: 'start' | 'middle',
  data = '',
): string {
  return `<text class="${name}" x="${round(x)}" y="${round(y)}"${anchor === 'middle' ? ' text-anchor="middle"' : ''}${data}>${escaped(text)}</text>`
}

const endsOf = ({ from, to }: { readonly from: string; readonly to: string }): string =>
  ` data-from="${escaped(from)}" data-to="${escaped(to)}"`

function lineSvg({ arrow, points }: Line, isOnWay: boolean): string {
  const dot = arrow === null ? dotOf(points) : ''
  const path = `<path class="line" d="${rounded(points)}"/>${headOf(points)}`
  return `<g${isOnWay ? ' class="way"' : ''}${arrow ? endsOf(arrow) : ''}>${dot}${path}</g>`
}

/** Where a state begins: behind the line. */
function dotOf([start, next]: readonly Point[]): string {
  if (!start || !next) return ''
  const { x, y } = towards(start, { x: 2 * start.x - next.x, y: 2 * start.y - next.y }, 6)
  return `<circle class="dot" cx="${round(x)}" cy="${round(y)}" r="6"/>`
}

/** A line whose corners are round. */
function rounded(points: readonly Point[]): string {
  const parts = points.map((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]]
    if (!before) return `M${pair(point)}`
    if (!after) return `L${pair(point)}`
    const cut = (end: Point): Point => towards(point, end, Math.min(RADIUS, distance(point, end) / 2))
    return `L${pair(cut(before))}Q${pair(point)} ${pair(cut(after))}`
  })
  return parts.join('')
}

const RADIUS = 7

function towards(corner: Point, end: Point, by: number): Point {
  const length = distance(corner, end)
  const share = by / (length || 1)
  return { x: corner.x + (end.x - corner.x) * share, y: corner.y + (end.y - corner.y) * share }
}

export function headOf(points: readonly Point[]): string {
  const [before, tip] = points.slice(-2)
  if (!before || !tip) return ''
  const angle = Math.atan2(tip.y - before.y, tip.x - before.x)
  const corner = (turn: number): string =>
    pair({ x: tip.x - 9 * Math.cos(angle + turn), y: tip.y - 9 * Math.sin(angle + turn) })
  return `<path class="head" d="M${pair(tip)}L${corner(0.45)}L${corner(-0.45)}Z"/>`
}

const distance = (one: Point, other: Point): number => Math.hypot(other.x - one.x, other.y - one.y)
const pair = ({ x, y }: Point): string => `${round(x)} ${round(y)}`
const round = (value: number): number => Math.round(value * 100) / 100

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
