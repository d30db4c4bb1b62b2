/**
 * What the routes of an example app have to do, as a graph of its own: who is signed in, and which page they want. What is
 * on the screen then is written by hand.
 */
import { getAdjacencyMap, type AdjacencyMap } from 'xstate/graph'
import { fromTransition, type SnapshotFrom } from 'xstate'

export type PageName = 'home' | 'ownPost' | 'othersPost' | 'admin'
type Account = 'user' | 'admin'

export const pathOf: Readonly<Record<PageName, string>> = {
  home: '/',
  ownPost: '/posts/post_1/edit',
  othersPost: '/posts/post_3/edit?from=list#text',
  admin: '/admin',
}

/** Who is signed in, which page they are on or want to be on, and whether the admin lost the role. */
export interface Standing {
  readonly who: Account | null
  /** Null after a sign-out on purpose: no way leads back then. */
  readonly at: PageName | null
  /** Whose session has ended: only they go back to their page. */
  readonly last: Account | null
  readonly isDemoted: boolean
}

export type RouteEvent =
  | { readonly type: 'opens a link'; readonly page: PageName }
  | { readonly type: 'signs in'; readonly as: Account }
  | { readonly type: 'signs out' | 'signs out in another tab' | 'session ends' | 'loses the role' }

/** What each of them may see. */
const allowed: Readonly<Record<'user' | 'admin' | 'demoted', readonly PageName[]>> = {
  user: ['home', 'ownPost'],
  admin: ['home', 'ownPost', 'othersPost', 'admin'],
  demoted: ['home'],
}

export interface Shown {
  readonly screen: 'sign-in' | 'forbidden' | PageName
  /** Path, query and hash. */
  readonly address: string
}

export function shownIn({ who, at, isDemoted }: Standing): Shown {
  if (at === null) return { screen: 'sign-in', address: '/sign-in' }
  if (who === null) return { screen: 'sign-in', address: `/sign-in?${new URLSearchParams({ returnTo: pathOf[at] })}` }
  if (allowed[who === 'admin' && isDemoted ? 'demoted' : who].includes(at)) return { screen: at, address: pathOf[at] }
  // the route says so on a page of its own, a page says so itself
  return { screen: 'forbidden', address: at === 'admin' ? '/forbidden' : pathOf[at] }
}

const logic = fromTransition(
  (now: Standing, event: RouteEvent): Standing => {
    switch (event.type) {
      case 'opens a link':
        return { ...now, at: event.page }
      case 'signs in':
        return { ...now, who: event.as, at: now.at ?? 'home', last: null }
      case 'loses the role':
        return { ...now, isDemoted: true }
      case 'signs out':
      case 'signs out in another tab':
        return { ...now, who: null, at: null }
      case 'session ends':
        // no way leads back to a page that says no
        return { ...now, who: null, last: now.who, at: shownIn(now).address === '/forbidden' ? 'home' : now.at }
    }
  },
  { who: null, at: 'home', last: null, isDemoted: false },
)
type Snapshot = SnapshotFrom<typeof logic>

function eventsIn({ context: { who, at, last, isDemoted } }: Snapshot): readonly RouteEvent[] {
  const links = (['home', 'ownPost', 'othersPost', 'admin'] as const).map((page) => ({
    type: 'opens a link' as const,
    page,
  }))
  const leaves = [{ type: 'signs out' as const }, { type: 'session ends' as const }]
  // what comes after the loss of the role is the same as ever, for one more kind of account
  if (isDemoted) return who === null ? [] : [...links, { type: 'signs out' }]
  if (who === null && last !== null) return [...links, { type: 'signs in', as: last }]
  if (who === null) return [...links, { type: 'signs in', as: 'user' }, { type: 'signs in', as: 'admin' }]
  const isAdminsPage = who === 'admin' && at !== 'home'
  return [
    ...links,
    ...leaves,
    { type: 'signs out in another tab' },
    ...(isAdminsPage ? [{ type: 'loses the role' as const }] : []),
  ]
}

export interface RouteStep {
  readonly event: RouteEvent
  readonly label: string
  readonly from: Standing
  readonly to: Standing
}

const labelOf = (event: RouteEvent): string => Object.values(event).join(' ')

/** A few long walks that together take every edge of the graph. */
export function generateRouteWalks(): { readonly walks: readonly (readonly RouteStep[])[]; readonly edges: number } {
  const map: AdjacencyMap<Snapshot, RouteEvent> = getAdjacencyMap(logic, {
    events: eventsIn,
    serializeState: ({ context }) => JSON.stringify(context),
    serializeEvent: labelOf,
  })
  const edges = new Map(
    Object.entries(map).map(([key, { state, transitions }]) => [
      key,
      (Object.values(transitions) as { event: RouteEvent; state: Snapshot }[]).map((taken) => ({
        event: taken.event,
        label: labelOf(taken.event),
        from: state.context,
        to: taken.state.context,
      })),
    ]),
  )
  const open = new Set([...edges.values()].flat())
  const count = open.size

  /** The shortest way from here to an edge that is still to be taken. */
  function wayOn(from: string): readonly RouteStep[] | null {
    const queue: { readonly key: string; readonly steps: readonly RouteStep[] }[] = [{ key: from, steps: [] }]
    const seen = new Set([from])
    for (let way = queue.shift(); way; way = queue.shift()) {
      for (const edge of edges.get(way.key) ?? []) {
        const steps = [...way.steps, edge]
        if (open.has(edge)) return steps
        const key = JSON.stringify(edge.to)
        if (!seen.has(key)) queue.push({ key, steps })
        seen.add(key)
      }
    }
    return null
  }

  const walks: RouteStep[][] = []
  const start = JSON.stringify({ who: null, at: 'home', last: null, isDemoted: false })
  while (open.size > 0) {
    const walk: RouteStep[] = []
    for (let way = wayOn(start); way && walk.length < LONGEST; way = wayOn(JSON.stringify(walk.at(-1)?.to))) {
      walk.push(...way)
      for (const edge of way) open.delete(edge)
    }
    walks.push(walk)
  }
  return { walks, edges: count }
}

const LONGEST = 40
