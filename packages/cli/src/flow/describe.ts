import { statesIn, type Chart, type ChartState } from './chart.ts'

/** The chart in words, for those who do not see it. */
export function describe({ root, arrows }: Chart): string {
  const states = root.children.flatMap(statesIn).filter(({ children }) => children.length === 0)
  return [
    `Its states: ${states.map(({ id }) => id).join(', ')}.`,
    ...arrows.map(
      ({ from, to, labels }) => `From ${from} to ${to}${labels.length > 0 ? ` by ${labels.join(', ')}` : ''}.`,
    ),
    ...statesIn(root).flatMap(innerWords),
  ].join(' ')
}

const innerWords = ({ id, inner }: ChartState): string[] =>
  inner.length > 0 ? [`${id} is not left by ${inner.join(', ')}.`] : []
