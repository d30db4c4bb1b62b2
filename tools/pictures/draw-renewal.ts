import { nameWidth, SMALL } from '../../packages/cli/src/flow/elk.ts'
import { frame, headOf, textAt } from '../../packages/cli/src/flow/svg.ts'
import type { RenewalFacts } from './renewal.ts'

/** The steps from top to bottom, a lane for each outcome, and a dot where a step can bring it. */

const STEP = { x: 12, width: 84, height: 32, pitch: 46 }
const LANES = { x: 142, pitch: 108 }
const TOP = 44
/** Between the mark and the request. */
const GAP = 26

export function drawRenewal({ steps, outcomes }: RenewalFacts): string {
  const marked = steps.findIndex(({ name }) => name === 'mark')
  const yOf = (index: number): number => TOP + index * STEP.pitch + (index > marked ? GAP : 0)
  const laneOf = (outcome: string): number => LANES.x + outcomes.findIndex(({ name }) => name === outcome) * LANES.pitch
  const bottom = yOf(steps.length) + 4
  const width = LANES.x + (outcomes.length - 1) * LANES.pitch + 48
  const middle = STEP.x + STEP.width / 2

  const lanes = outcomes.map(({ name }) => {
    const x = laneOf(name)
    const first = steps.findIndex((step) => step.outcomes.includes(name))
    return arrow({ x, y: yOf(first) + STEP.height / 2 }, { x, y: bottom })
  })
  const exits = steps.map(({ outcomes: own }, index) => {
    const y = yOf(index) + STEP.height / 2
    const ends = own.map(laneOf)
    const dots = ends.map((x) => `<circle class="dot" cx="${x}" cy="${y}" r="4"/>`)
    return `<path class="line" d="M${STEP.x + STEP.width} ${y}H${Math.max(...ends)}"/>${dots.join('')}`
  })
  const chain = steps
    .slice(1)
    .map((_, index) => arrow({ x: middle, y: yOf(index) + STEP.height }, { x: middle, y: yOf(index + 1) }))
  const boxes = steps.map(({ name }, index) => box(name, STEP.x, yOf(index), STEP.width))
  const states = outcomes.map(({ name, state }) => {
    const size = Math.max(nameWidth(state) - 12, 66)
    return box(state, laneOf(name) - size / 2, bottom, size)
  })
  const heads = outcomes.map(({ name }) => textAt('label', name, laneOf(name), 26, 'middle'))
  const border = yOf(marked) + STEP.height + (STEP.pitch + GAP - STEP.height) / 2
  return frame(
    { width, height: bottom + STEP.height + 14 },
    { title: 'The steps of a renewal', description: inWords({ steps, outcomes }) },
    [
      ...lanes,
      ...exits,
      ...chain,
      `<path class="line" stroke-dasharray="5 5" d="M${middle + 16} ${border}H${width - 14}"/>`,
      textAt('label', 'from here on the token may be spent', (LANES.x + width) / 2, border + SMALL / 3, 'middle'),
      ...boxes,
      ...states,
      ...heads,
    ],
  )
}

interface Point {
  readonly x: number
  readonly y: number
}

const arrow = (from: Point, to: Point): string =>
  `<path class="line" d="M${from.x} ${from.y}L${to.x} ${to.y - 8}"/>${headOf([from, to])}`

const box = (name: string, x: number, y: number, width: number): string =>
  `<g class="state"><rect x="${x}" y="${y}" width="${width}" height="${STEP.height}" rx="9"/></g>` +
  textAt('name', name, x + width / 2, y + STEP.height / 2 + 5, 'middle')

function inWords({ steps, outcomes }: RenewalFacts): string {
  const order = `The steps: ${steps.map(({ name }) => name).join(', ')}. The mark stands before the token is sent.`
  const ends = outcomes.map(({ name, state }) => {
    const from = steps.filter((step) => step.outcomes.includes(name)).map((step) => step.name)
    return `${name}, after ${from.join(', ')}: ${state}.`
  })
  return [order, ...ends].join(' ')
}
