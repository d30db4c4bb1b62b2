import type { ChartView } from './chart.ts'

/** How the state of the chart feels, for a colour beside the word. */
export type Tone = 'idle' | 'good' | 'busy' | 'warn' | 'bad'

export function toneOf({ value }: ChartView): Tone {
  if (value === 'authenticated.fresh') return 'good'
  if (value === 'authenticated.waiting' || value === 'authenticated.indeterminate') return 'warn'
  if (value === 'expired') return 'bad'
  return value === 'anonymous' || value === 'signedOut' ? 'idle' : 'busy'
}
