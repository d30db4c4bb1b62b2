/** A way to a state, told in plain sentences. */
import { act, askOf } from './act.ts'
import type { Move } from './moves.ts'
import type { OpenAsk, Pages } from './pages.ts'
import { canonical, shownIn, type State } from './state.ts'
import type { Command, DiskRecord } from './words.ts'

/** `moves` are by the tabs of the states that stand for their like; the sentences are by the tabs that there are. */
export async function tell(start: State, moves: readonly Move[], pages: Pages): Promise<string[]> {
  const state = structuredClone(start)
  const sentences: string[] = []
  for (const move of moves) {
    const tab = move.tab < 0 ? move.tab : canonical(state).order[move.tab]!
    const real: Move = { ...move, tab } as Move
    const sentence = sentenceOf(state, real, pages)
    const before = tab < 0 ? null : shownIn(state, tab, pages)
    // the last move may be a crime
    await act(state, real, pages).catch(() => {})
    const after = tab < 0 ? null : shownIn(state, tab, pages)
    const isNew = after && after.status !== before?.status
    sentences.push(isNew ? `${sentence} (${after.status})` : sentence)
  }
  return sentences
}

const commands: Readonly<Record<Command, string>> = {
  signOut: 'the user signs out',
  refresh: 'the app asks for a renewal',
  token: 'the app asks for the access token',
  cancel: 'the user gives up the sign-in',
  signInAnn: 'Ann signs in',
  signInBob: 'Bob signs in',
}

function sentenceOf(state: State, move: Move, pages: Pages): string {
  const tab = `tab ${move.tab + 1}`
  if (move.do === 'command') return `in ${tab} ${commands[move.command]}`
  if (move.do === 'lock') return `${tab} gets the lock`
  if (move.do === 'lease') return `the lease of ${tab} runs out while it works`
  if (move.do === 'orphan') return `the server gets the ${state.orphans[move.op]!.kind} of a page that is gone`
  if (move.do === 'full') return state.isFull ? 'the disk has room again' : 'the disk is full from now on'
  if (move.do === 'end') return 'the server ends the session'
  if (!('op' in move)) return `${tab} ${plains[move.do]}`
  return `${tab} ${workOf(askOf(state, move.tab, move.op, pages))}${endings[move.do]}`
}

const plains = {
  boot: 'opens a page',
  hint: 'hears a hint',
  drop: 'misses a hint',
  wait: 'lets time pass',
  crash: 'crashes',
} as const

const endings = {
  ok: '',
  late: ', and the answer is late',
  answer: ': the late answer comes',
  crashAfter: ', and the page is gone before the answer',
  'give up': ', which is not waited for any more: it is dropped',
  broken: ', and the storage fails',
  lost: ', and the answer is lost',
  unsent: ', and the request is lost',
  busy: ', and the server has no time',
  stranger: ', and the server takes the user for another one',
} as const

function workOf(ask: OpenAsk): string {
  if (ask.kind === 'read') return 'reads the record'
  if (ask.kind === 'signIn') return 'sends a sign-in'
  if (ask.kind === 'signOut') return 'tells the server of a sign-out'
  if (ask.kind === 'refresh') return 'sends its refresh token'
  if (ask.kind !== 'write') return 'waits for the lock'
  const next = ask.next as DiskRecord | null
  if (next === null) return 'removes the record'
  if (next.ended !== undefined) return 'writes that the session is over'
  return next.marked ? `writes its mark on generation ${next.generation}` : `stores generation ${next.generation}`
}
