/** What can happen next in a state of the world. */
import type { OpenAsk, Pages } from './pages.ts'
import type { Budget, State } from './state.ts'
import type { Command } from './words.ts'

export type Move =
  | { readonly do: 'boot' | 'hint' | 'drop' | 'wait' | 'crash'; readonly tab: number }
  | { readonly do: 'command'; readonly tab: number; readonly command: Command }
  /** A storage operation or a request is done and answered; `late`: the answer comes later; `crash`: to no page. */
  | { readonly do: 'ok' | 'late' | 'crashAfter'; readonly tab: number; readonly op: number }
  | { readonly do: 'answer' | 'lock' | 'lease' | 'give up'; readonly tab: number; readonly op: number }
  | { readonly do: Fault; readonly tab: number; readonly op: number }
  | { readonly do: 'orphan' | 'end' | 'full'; readonly tab: -1; readonly op: number }

/** The storage fails; the answer is lost, the request is, the server has no time, it takes the user for another one. */
type Fault = 'broken' | 'lost' | 'unsent' | 'busy' | 'stranger'

const commands: readonly Command[] = ['signOut', 'refresh', 'token', 'cancel', 'signInAnn', 'signInBob']

export function movesIn(state: State, pages: Pages): Move[] {
  const { left } = state
  const moves: Move[] = []
  state.tabs.forEach((tab, index) => {
    const add = (move: Omit<Move, 'tab'>): void => void moves.push({ ...move, tab: index } as Move)
    if (tab.place === null) return add({ do: 'boot' })
    const place = pages.at(tab.place)
    const done = new Set(tab.done.map(({ op }) => op))
    // a storage does what a page asks of it in the order in which it was asked
    const next = place.open.find((ask) => isStorage(ask) && !done.has(ask.op) && !ask.isAborted)
    for (const ask of place.open) {
      if (done.has(ask.op)) add({ do: 'answer', op: ask.op } as Move)
      else if (ask === next || ask.isAborted || !(isStorage(ask) || ask.kind === 'lock'))
        moves.push(...movesOf(ask, index, left))
    }
    const [first] = state.lock
    if (first?.tab === index && !first.isHeld) add({ do: 'lock', op: first.op } as Move)
    if (first?.tab === index && first.isHeld && has(left, 'leases')) add({ do: 'lease', op: first.op } as Move)
    if (tab.hints.length > 0) add({ do: 'hint' })
    if (tab.hints.length > 0 && has(left, 'drops')) add({ do: 'drop' })
    if (place.view.timers.length > 0 && has(left, 'waits')) add({ do: 'wait' })
    if (has(left, 'faults') && place.open.length > 0) add({ do: 'crash' })
    const isIdle = place.open.length === 0
    for (const command of commands)
      if (has(left, command) && (isIdle || command !== 'refresh')) add({ do: 'command', command } as Move)
  })
  state.orphans.forEach((_, op) => moves.push({ do: 'orphan', tab: -1, op }))
  if (has(left, 'full')) moves.push({ do: 'full', tab: -1, op: 0 })
  if (has(left, 'ends')) state.sessions.forEach(({ isAlive }, op) => isAlive && moves.push({ do: 'end', tab: -1, op }))
  return moves.filter((move) => !isSwitch(state, move, moves) || has(left, 'switches'))
}

const has = (left: Budget, what: keyof Budget): boolean => (left[what] ?? 0) > 0

const isStorage = ({ kind }: OpenAsk): boolean => kind === 'read' || kind === 'write'

function movesOf(ask: OpenAsk, tab: number, left: Budget): Move[] {
  const { kind, op, isAborted } = ask
  // the storage drops what is not waited for; a request may have left
  if (isAborted) return [{ do: 'give up', tab, op }]
  const moves: Move[] = [{ do: 'ok', tab, op }]
  if (has(left, 'late')) moves.push({ do: 'late', tab, op })
  if (has(left, 'faults') && kind !== 'read') moves.push({ do: 'crashAfter', tab, op })
  if (has(left, 'faults') && isStorage(ask)) moves.push({ do: 'broken', tab, op })
  if (has(left, 'losses') && !isStorage(ask))
    moves.push({ do: 'lost', tab, op }, { do: 'unsent', tab, op }, { do: 'busy', tab, op })
  if (has(left, 'strangers') && kind === 'refresh') moves.push({ do: 'stranger', tab, op })
  return moves
}

const costs: Readonly<Partial<Record<Move['do'], keyof Budget>>> = {
  crash: 'faults',
  crashAfter: 'faults',
  broken: 'faults',
  lease: 'leases',
  lost: 'losses',
  unsent: 'losses',
  busy: 'losses',
  stranger: 'strangers',
  late: 'late',
  drop: 'drops',
  wait: 'waits',
  end: 'ends',
  full: 'full',
}

/** What a move takes from what may still happen. */
export const costOf = (move: Move): keyof Budget | null =>
  move.do === 'command' ? move.command : (costs[move.do] ?? null)

const goesOn = ({ do: what }: Move): boolean => ['ok', 'answer', 'lock', 'hint'].includes(what)

/** Another tab goes on although the last one could. Where switching is not bounded `last` is null, and none is one. */
export function isSwitch({ last }: State, move: Move, moves: readonly Move[]): boolean {
  if (last === null || move.tab === last || move.tab < 0) return false
  return moves.some((other) => other.tab === last && goesOn(other))
}
