import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AuthMachine } from '@authchart/core'
import { chartOf } from '../../packages/cli/src/flow/chart.ts'
import { describe } from '../../packages/cli/src/flow/describe.ts'
import { layoutOf, type LayoutStyle } from '../../packages/cli/src/flow/layout.ts'
import { toMermaid } from '../../packages/cli/src/flow/mermaid.ts'
import { toSvg } from '../../packages/cli/src/flow/svg.ts'
import { drawRenewal } from './draw-renewal.ts'
import { renewalFacts } from './renewal.ts'
import { storyOf } from './story.ts'

export const inRepository = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url))

/** So that its words stay large where the picture is made to fit. */
const tight = {
  'elk.layered.spacing.nodeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeNodeBetweenLayers': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
}

const guide = 'docs/machine.md'
const begin = '<!-- the chart, drawn by `pnpm diagram` -->'
const end = '<!-- end of the chart -->'

/** Every file that shows this chart, with what should be in it. */
export async function filesOf(machine: AuthMachine): Promise<Readonly<Record<string, string>>> {
  const chart = chartOf(machine)
  const story = storyOf(machine)
  const lifecycle = { title: 'The whole lifecycle', description: describe(chart) }
  const inSixWords = { title: 'The lifecycle in six words', description: describe(story) }
  const drawn = async (of: typeof chart, words: typeof lifecycle, style: LayoutStyle): Promise<string> =>
    toSvg(await layoutOf(of, { heading: false, ...style }), words)
  return {
    [guide]: withChart(readFileSync(inRepository(guide), 'utf8'), toMermaid(chart)),
    'docs/pictures/story.svg': await drawn(story, inSixWords, { direction: 'RIGHT', options: tight }),
    'docs/pictures/story-narrow.svg': await drawn(story, inSixWords, { direction: 'DOWN', options: tight }),
    'docs/pictures/lifecycle.svg': await drawn(chart, lifecycle, { regions: 'beside' }),
    'docs/pictures/lifecycle-narrow.svg': await drawn(chart, lifecycle, { regions: 'below' }),
    'docs/pictures/renewal.svg': drawRenewal(renewalFacts(machine)),
  }
}

/** The names of those that are another chart's. */
export const staleIn = (files: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(files).filter((file) => readOrNothing(file) !== files[file])

function readOrNothing(file: string): string {
  try {
    return readFileSync(inRepository(file), 'utf8')
  } catch {
    return ''
  }
}

function withChart(text: string, chart: string): string {
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${guide} has no place between ${begin} and ${end}`)
  return `${before}${begin}\n\n\`\`\`mermaid\n${chart}\n\`\`\`\n\n${end}${after}`
}
