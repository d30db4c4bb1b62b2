/** A state of the whole world, as plain data: pages by their place in the tree of histories, and what they share. */
import { renumber } from './names.ts'
import type { Pages } from './pages.ts'
import type { Command, DiskRecord } from './words.ts'

/** What the pages call the record. */
export const KEY = 'authchart:prove'

export interface Tab {
  /** Where its page is; null: no page is open. */
  place: number | null
  /** What the page calls `~0~`, `~1~` and so on. */
  names: string[]
  /** Operations that were done and not answered, with the answer. */
  done: { op: number; answer: Answer }[]
  /** Hints on their way to it. */
  hints: number[]
  /** What the storage answers is known again by the answer to this operation or a later one. 0: it is known. */
  blindUntil: number
  /** The user gave a sign-in up here. */
  hasCancelled: boolean
}

export type Answer = { readonly value: unknown } | { readonly error: string }

/** A sign-in, as the server knows it. */
export interface Session {
  readonly user: string
  /** The name of each token that it was given, newest last. All but the last were spent. */
  tokens: string[]
  /** What the pages call it. */
  id: string | null
  isAlive: boolean
  /** A page has begun it. */
  isNew: boolean
  /** The user signed out of it. */
  isLeft: boolean
  /** Another sign-in took its place. */
  isReplaced: boolean
  /** The generation that was given up because a mark said that it may be spent; 0 if none was. */
  lost: number
  /** The user gave the sign-in up. */
  isGivenUp: boolean
}

/** What may still go wrong or be asked for. */
export type Budget = Partial<Record<Spending | Command, number>>

/** `faults`: crashes and failing storage operations. `losses`: requests. `late`: answers. */
export type Spending =
  | 'faults'
  | 'losses'
  | 'strangers'
  | 'late'
  | 'drops'
  | 'waits'
  | 'ends'
  | 'leases'
  | 'full'
  | 'switches'

export interface State {
  now: number
  disk: DiskRecord | null
  /** Nothing can be written there but the removal of a record. */
  isFull: boolean
  /** What stands beside the record: read and written at once. */
  notes: Readonly<Record<string, string>>
  sessions: Session[]
  lock: { tab: number; op: number; isHeld: boolean }[]
  tabs: Tab[]
  /** Requests of pages that are gone. */
  orphans: { kind: string; token: string | null }[]
  left: Budget
  /** A hint was lost, or a page died that may have had one to give. */
  isHushed: boolean
  /** How many names there are; 0 in the text of a state, which says it itself. */
  names: number
  /** The tab that went on last, where switching is bounded. */
  last: number | null
}

/** A state that stands for all that differ in names and in the order of the tabs; `order`: its tabs in that state. */
export interface Canonical {
  readonly text: string
  readonly order: readonly number[]
}

export function canonical(state: State): Canonical {
  const order = state.tabs.map((_, index) => index).sort((a, b) => compare(state, a, b))
  let best: Canonical | null = null
  for (const candidate of ties(state, order)) {
    const text = renumber(JSON.stringify(arranged(state, candidate)))
    if (!best || text < best.text) best = { text, order: candidate }
  }
  return best!
}

function weightOf({ tabs, lock }: State, index: number): string {
  const { place, done, hints } = tabs[index]!
  const at = lock.findIndex(({ tab }) => tab === index)
  return `${String(place ?? -1).padStart(9)} ${at} ${hints.length} ${done.length}`
}

function compare(state: State, a: number, b: number): number {
  const [one, other] = [weightOf(state, a), weightOf(state, b)]
  return one < other ? -1 : one > other ? 1 : a - b
}

/** All orders in which tabs of the same weight can stand. */
function ties(state: State, order: readonly number[]): number[][] {
  if (order.length === 0) return [[]]
  const [first] = order
  const same = order.filter((index) => weightOf(state, index) === weightOf(state, first!))
  return same.flatMap((index) =>
    ties(
      state,
      order.filter((other) => other !== index),
    ).map((rest) => [index, ...rest]),
  )
}

function arranged(state: State, order: readonly number[]): State {
  return {
    ...state,
    names: 0,
    tabs: order.map((index) => state.tabs[index]!),
    lock: state.lock.map((waiter) => ({ ...waiter, tab: order.indexOf(waiter.tab) })),
    last: state.last === null ? null : order.indexOf(state.last),
  }
}

/** Makes names that no text of this state has yet. */
export const fresh = (state: State) => (): string => `~${state.names++}~`

/** A state by its text. */
export function parse(text: string): State {
  const state = JSON.parse(text) as State
  for (const [, digits] of text.matchAll(/~(\d+)~/g)) state.names = Math.max(state.names, Number(digits) + 1)
  return state
}

export interface Shown {
  readonly status: string
  readonly user: string | null
  readonly id: string | null
  readonly generation: number
  readonly persistence: string
  readonly reason: string | null
}

/** What the page of a tab shows, in the names of the world. Null: there is no page. */
export function shownIn({ tabs }: State, index: number, pages: Pages): Shown | null {
  const { place, names } = tabs[index]!
  if (place === null) return null
  const { status, user, session, persistence, reason } = pages.at(place).view
  // a session that is over may still be known
  const id =
    user === null || !session ? null : session.id.replace(/~(\d+)~/, (_, digits: string) => names[Number(digits)] ?? '')
  return { status, user, id, generation: id === null ? 0 : (session?.generation ?? 0), persistence, reason }
}
