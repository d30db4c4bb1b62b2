/** Lets one move happen in a state of the world. */
import { isSwitch, costOf, movesIn, type Move } from './moves.ts'
import { toPage, toWorld } from './names.ts'
import type { Notes } from './page.ts'
import type { OpenAsk, Pages, Place } from './pages.ts'
import { serve, sessionOf, type Request } from './server.ts'
import { fresh, KEY, shownIn, type Answer, type State } from './state.ts'
import type { DiskRecord, Input, Output } from './words.ts'

/** Time passes until something can be seen: no longer than so many timers. */
const MOST_TIMERS = 12

/** Changes `state`. @throws Crime */
export async function act(state: State, move: Move, pages: Pages): Promise<void> {
  if (isSwitch(state, move, state.last === null ? [] : movesIn(state, pages))) spend(state, 'switches')
  const cost = costOf(move)
  if (cost) spend(state, cost)
  const { tab } = move
  state.isHushed ||= ['crash', 'crashAfter', 'drop'].includes(move.do)
  if (state.last !== null && tab >= 0) state.last = tab
  if (move.do === 'orphan') serve(state, state.orphans.splice(move.op, 1)[0]!, fresh(state))
  else if (move.do === 'full') state.isFull = !state.isFull
  else if (move.do === 'end') state.sessions[move.op]!.isAlive = false
  else if (move.do === 'crash') crash(state, tab, pages)
  else if (move.do === 'crashAfter') {
    perform(state, askOf(state, tab, move.op, pages))
    crash(state, tab, pages, move.op)
  } else if (move.do === 'drop') state.tabs[tab]!.hints.shift()
  else if (move.do === 'lease') state.lock.shift()
  else if (move.do === 'wait') await wait(state, tab, pages)
  else if (move.do === 'late')
    state.tabs[tab]!.done.push({ op: move.op, answer: performFor(state, tab, move.op, pages) })
  else await react(state, tab, inputOf(state, move, pages), pages)
}

function spend({ left }: State, what: keyof State['left']): void {
  left[what] = (left[what] ?? 0) - 1
}

/** What the page of a tab gets to know. */
function inputOf(state: State, move: Move, pages: Pages): Input {
  const tab = state.tabs[move.tab]!
  if (move.do === 'boot') return { do: 'boot' }
  if (move.do === 'hint') return { do: 'hint', generation: tab.hints.shift()! }
  if (move.do === 'command') {
    noteCommand(state, move.tab, move.command, pages)
    return { do: 'command', command: move.command }
  }
  if (!('op' in move)) throw new Error(`A page hears nothing of this: ${move.do}`)
  return toInput(move.op, answerTo(state, move, pages))
}

function answerTo(state: State, move: Extract<Move, { op: number }>, pages: Pages): Answer {
  if (move.do === 'lock') {
    state.lock[0]!.isHeld = true
    return { value: null }
  }
  if (move.do === 'answer') {
    const tab = state.tabs[move.tab]!
    const own = tab.done.find(({ op }) => op === move.op)!
    tab.done = tab.done.filter((one) => one !== own)
    return own.answer
  }
  if (move.do === 'broken' || move.do === 'give up') return { error: 'broken' }
  if (move.do === 'unsent') return { error: 'network' }
  if (move.do === 'busy') return { error: 'unavailable' }
  const answer = performFor(state, move.tab, move.op, pages, move.do === 'stranger')
  return move.do === 'lost' ? { error: 'network' } : answer
}

/** Does what a page that is there has asked for. */
function performFor(state: State, tab: number, op: number, pages: Pages, isStranger = false): Answer {
  const ask = askOf(state, tab, op, pages)
  const answer = perform(state, { ...ask, isGivenUp: state.tabs[tab]!.hasCancelled }, isStranger)
  if (ask.kind === 'write') noteLate(state, tab, ask.next as DiskRecord | null, pages)
  return answer
}

const toInput = (op: number, answer: Answer): Input =>
  'error' in answer ? { do: 'fail', op, error: answer.error as 'network' } : { do: 'answer', op, value: answer.value }

export function askOf(state: State, tab: number, op: number, pages: Pages): OpenAsk {
  const { place, names } = state.tabs[tab]!
  const ask = pages.at(place!).open.find((one) => one.op === op)
  return JSON.parse(toWorld(JSON.stringify(ask), names)) as OpenAsk
}

/** What the storage or the server does, and what it answers. */
function perform(state: State, ask: OpenAsk & { isGivenUp?: boolean }, stranger = false): Answer {
  if (ask.kind === 'read') return { value: state.disk }
  if (ask.kind !== 'write') return serve(state, ask as Request, fresh(state), stranger)
  // a full disk still deletes
  if (state.isFull && ask.next !== null) return { error: 'broken' }
  if ((state.disk?.revision ?? null) !== ask.expected) return { value: false }
  const next = ask.next as DiskRecord | null
  const before = sessionOf(state, state.disk?.refreshToken)
  if (before && next?.id !== undefined && next.id !== before.id) before.isReplaced = true
  if (before && next?.ended === 'refresh-indeterminate' && state.disk?.marked) before.lost = state.disk.generation ?? 0
  state.disk = next
  return { value: true }
}

/** The page is gone: its lock is free, what it asked the server may still get there. */
function crash(state: State, index: number, pages: Pages, without?: number): void {
  const tab = state.tabs[index]!
  const done = new Set(tab.done.map(({ op }) => op))
  for (const { op, kind, isAborted } of pages.at(tab.place!).open) {
    if (kind === 'read' || kind === 'write' || kind === 'lock' || isAborted || done.has(op) || op === without) continue
    const ask = askOf(state, index, op, pages) as Request
    if (kind !== 'signIn') state.orphans.push({ kind, token: ask.token ?? null })
  }
  state.lock = state.lock.filter((waiter) => waiter.tab !== index)
  Object.assign(tab, { place: null, names: [], done: [], hints: [], blindUntil: 0, hasCancelled: false })
}

async function wait(state: State, tab: number, pages: Pages): Promise<void> {
  for (let fired = 0; fired < MOST_TIMERS; fired += 1) {
    const before = pages.at(state.tabs[tab]!.place!).view
    const [timer] = before.timers
    if (!timer) return
    state.now = Math.max(state.now, timer.due)
    await react(state, tab, { do: 'fire', timer: timer.id }, pages)
    const { view, outputs } = pages.at(state.tabs[tab]!.place!)
    if (outputs.length > 0 || seen(view) !== seen(before)) return
  }
}

const seen = ({ timers: _timers, ...view }: Place['view']): string => JSON.stringify(view)

/** A page hears something, and the world takes what it does. */
async function react(state: State, index: number, input: Input, pages: Pages): Promise<void> {
  const tab = state.tabs[index]!
  const before = shownIn(state, index, pages)?.id ?? null
  if (input.do === 'answer' || input.do === 'fail') noteSight(state, index, input, pages)
  const text = toPage(JSON.stringify(input), tab.names)
  const notesFor = (names: string[]): Notes => {
    return (key) => (state.notes[key] === undefined ? null : toPage(state.notes[key], names))
  }
  const followed = pages.follow(tab.place, text, state.now, () => notesFor([...tab.names]))
  const place = followed instanceof Promise ? await followed : followed
  const notes = notesFor(tab.names)
  for (const [key] of place.looked) notes(key)
  const name = fresh(state)
  while (tab.names.length < place.names) tab.names.push(name())
  tab.place = place.number
  const outputs = JSON.parse(toWorld(JSON.stringify(place.outputs), tab.names)) as Output[]
  for (const output of outputs) take(state, index, output)
  noteShown(state, index, before, pages)
}

function take(state: State, index: number, output: Output): void {
  switch (output.out) {
    case 'ask':
      if (output.kind === 'lock') state.lock.push({ tab: index, op: output.op, isHeld: false })
      if (output.kind === 'write') noteWrite(state, output.next as DiskRecord | null)
      return
    case 'unlock':
      state.lock = state.lock.filter(({ tab, op }) => tab !== index || op !== output.op)
      return
    case 'note':
      state.notes = sorted({ ...state.notes, [output.key]: output.value })
      return
    case 'post':
      // one hint on its way to a tab says as much as two
      state.tabs.forEach((tab, at) => {
        if (at !== index && tab.place !== null) tab.hints = [output.generation]
      })
      return
    case 'abort':
      state.tabs[index]!.blindUntil = Math.max(state.tabs[index]!.blindUntil, output.op)
  }
}

/** A sign-in that no page could store is known by the page that shows it; what it showed before has been replaced. */
function noteShown({ sessions, ...state }: State, index: number, before: string | null, pages: Pages): void {
  const id = shownIn({ sessions, ...state }, index, pages)?.id ?? null
  if (id === null || id === before) return
  const known = sessions.some((session) => session.id === id)
  const unnamed = known ? undefined : sessions.findLast((session) => session.id === null)
  if (unnamed) unnamed.id = id
  for (const session of sessions) session.isReplaced ||= before !== null && session.id === before
}

/** An answer says nothing of what was asked after it, and a failure is made good by nothing that was asked before it. */
function noteSight({ tabs }: State, index: number, input: Extract<Input, { op: number }>, pages: Pages): void {
  const tab = tabs[index]!
  const { open } = pages.at(tab.place!)
  const { kind, isAborted } = open.find(({ op }) => op === input.op)!
  if (kind !== 'read' && kind !== 'write') return
  // what was given up is made good by what was asked in its place
  if (input.do === 'fail') tab.blindUntil = isAborted ? tab.blindUntil : Math.max(tab.blindUntil, input.op + 1)
  else if (input.op >= tab.blindUntil) tab.blindUntil = 0
}

const sorted = (notes: State['notes']): State['notes'] =>
  Object.fromEntries(Object.entries(notes).sort(([a], [b]) => (a < b ? -1 : 1)))

/** New tokens are stored by a page whose session is over by then: they are good for being revoked. */
function noteLate(state: State, tab: number, next: DiskRecord | null, pages: Pages): void {
  const session = sessionOf(state, next?.refreshToken)
  if (session && shownIn(state, tab, pages)?.status === 'expired') session.lost = next?.generation ?? 0
}

/** What the pages call a sign-in. */
function noteWrite(state: State, next: DiskRecord | null): void {
  const session = next?.id === undefined ? null : sessionOf(state, next.refreshToken)
  if (session) session.id = next?.id ?? null
}

function noteCommand(state: State, tab: number, command: string, pages: Pages): void {
  const shown = shownIn(state, tab, pages)
  if (command === 'cancel' || command === 'signOut') {
    state.tabs[tab]!.hasCancelled = true
    for (const session of state.sessions)
      session.isGivenUp ||= session.isNew && (session.id === null || session.id !== shown?.id)
  }
  if (command !== 'signOut') return
  // before it is known who is signed in, the session that was seen last is meant
  const latest = JSON.parse(state.notes[KEY] ?? 'null') as string | null
  const id = shown?.status === 'restoring' ? latest : (shown?.id ?? null)
  for (const session of state.sessions) session.isLeft ||= id !== null && session.id === id
}
