import type { AuthMachine, AuthStatus } from '@authchart/core'
import { chartOf as graphOf, placeOf, type ChartState } from '@authchart/core/testing/paths'
import { labelOf, possibleEvents } from '../../packages/conformance/src/events.ts'
import { statusOf } from '../../packages/core/src/state.ts'
import type { Chart, ChartArrow } from '../../packages/cli/src/flow/chart.ts'

/** The lifecycle in six words: what an app sees of the chart, and the transitions between that. */

/** Each word, and the statuses that it stands for. */
const words: Readonly<Record<string, readonly AuthStatus[]>> = {
  anonymous: ['anonymous'],
  authenticating: ['authenticating', 'challenged'],
  authenticated: ['authenticated'],
  refreshing: ['refreshing'],
  expired: ['expired'],
  'signed out': ['signingOut', 'signedOut'],
}

const wordOf = (status: AuthStatus): string | undefined =>
  Object.keys(words).find((word) => words[word]?.includes(status))

/** The ids are the statuses, so that a page can light the one that it has. */
export function storyOf(machine: AuthMachine): Chart {
  const { nodes } = graphOf({ machine, events: (state) => possibleEvents(placeOf(state), state.context), labelOf })
  const arrows = new Map<string, ChartArrow & { readonly labels: string[] }>()
  for (const { state, edges } of nodes) {
    const from = wordOf(statusOf(state))
    if (from === undefined || isOther(state)) continue
    for (const { event, state: next } of edges) {
      const to = wordOf(statusOf(next))
      if (to === undefined || to === from || isOther(next) || event.type.startsWith('tabs.')) continue
      if (event.type === 'signOut' && state.context.session === null) continue
      const arrow = arrows.get(`${from} ${to}`) ?? { from, to, labels: [], isInto: false }
      if (!arrow.labels.includes(event.type)) arrow.labels.push(event.type)
      arrows.set(`${from} ${to}`, arrow)
    }
  }
  const children = Object.keys(words).map((word) => ({
    id: word,
    name: word,
    kind: 'atomic' as const,
    initial: null,
    inner: [],
    children: [],
  }))
  return {
    root: { id: 'story', name: 'story', kind: 'compound', initial: 'anonymous', inner: [], children },
    arrows: withWords([...arrows.values()]),
    replaced: [],
  }
}

/** A sign-in beside a session, or beside the word that one has ended: two stories at once. */
const isOther = ({ value: { session, attempt } }: ChartState): boolean =>
  typeof attempt === 'object' && session !== 'anonymous'

/** What leads to a state is said once. */
function withWords(arrows: readonly ChartArrow[]): readonly ChartArrow[] {
  const said = new Set<string>()
  return arrows.map((arrow) => {
    const label = wordsOf(arrow.labels)
    const isNew = !said.has(`${arrow.to} ${label}`)
    said.add(`${arrow.to} ${label}`)
    return { ...arrow, labels: isNew ? [label] : [] }
  })
}

/** What an arrow says: the first fact, or the command if there is none, without the source. */
function wordsOf(events: readonly string[]): string {
  const event = events.find((type) => type.includes('.')) ?? events[0] ?? ''
  return (event.split('.').at(-1) ?? '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
