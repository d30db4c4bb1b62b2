/** Breadth first over all states of a scenario, so that the first story in which something is wrong is a shortest one. */
import { hash } from 'node:crypto'
import { act } from './act.ts'
import { invariants } from './invariants.ts'
import { movesIn, type Move } from './moves.ts'
import type { Pages } from './pages.ts'
import { Crime } from './server.ts'
import { canonical, parse, type State } from './state.ts'

export interface Found {
  readonly crime: string
  /** The way to it: each move by the tabs of the state that stands for its like. */
  readonly moves: readonly Move[]
}

export interface Report {
  readonly states: number
  readonly moves: number
  /** Ways from the beginning to an end, all of which are told by these states. */
  readonly schedules: number
  readonly ends: number
  readonly depth: number
  readonly seconds: number
  /** False: the time or the number of states was over before all was seen. */
  readonly isWhole: boolean
  readonly found: Found | null
}

/** How a state was reached first. */
interface Trail {
  readonly from: Trail | null
  readonly move: Move | null
}

interface Reached {
  readonly text: string
  readonly trail: Trail
  /** In how many ways. */
  ways: number
}

export interface Limits {
  /** Of the processor. */
  readonly seconds: number
  readonly states: number
}

export async function explore(start: State, pages: Pages, limits: Limits): Promise<Report> {
  const begun = busySeconds()
  const elapsed = (): number => busySeconds() - begun
  const seen = new Set<string>()
  const first = canonical(start).text
  let level: Reached[] = [{ text: first, trail: { from: null, move: null }, ways: 1 }]
  seen.add(keyOf(first))
  const tally = { moves: 0, schedules: 0, ends: 0, depth: 0 }
  const report = (isWhole: boolean, found: Found | null): Report => ({
    ...tally,
    states: seen.size,
    seconds: elapsed(),
    isWhole,
    found,
  })
  while (level.length > 0) {
    const next = new Map<string, Reached>()
    for (const { text, trail, ways } of level) {
      if (elapsed() > limits.seconds || seen.size >= limits.states) return report(false, null)
      const before = parse(text)
      const moves = movesIn(before, pages)
      if (moves.length === 0) {
        tally.ends += 1
        tally.schedules += ways
      }
      for (const move of moves) {
        tally.moves += 1
        const after = { ...(JSON.parse(text) as State), names: before.names }
        const crime = await crimeOf(before, after, move, pages)
        const here: Trail = { from: trail, move }
        if (crime) return report(false, { crime, moves: wayOf(here) })
        const reached = canonical(after).text
        const key = keyOf(reached)
        const known = next.get(key)
        if (known) known.ways += ways
        else if (!seen.has(key)) {
          seen.add(key)
          next.set(key, { text: reached, trail: here, ways })
        }
      }
    }
    level = [...next.values()]
    if (level.length > 0) tally.depth += 1
  }
  return report(true, null)
}

/** How long the processor has worked at this: what else the machine does takes no state away. */
export function busySeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** 160 bits: that two of some million states share them is less likely than a fault of the machine. */
const keyOf = (text: string): string => hash('sha1', text, 'base64url')

async function crimeOf(before: State, after: State, move: Move, pages: Pages): Promise<string | null> {
  try {
    await act(after, move, pages)
  } catch (error) {
    if (error instanceof Crime) return error.message
    throw error
  }
  const broken = invariants.find(({ isBroken }) => isBroken({ before, after, move, pages }))
  return broken ? `broken: ${broken.sentence}` : null
}

function wayOf(trail: Trail): Move[] {
  const moves: Move[] = []
  for (let at: Trail | null = trail; at?.move; at = at.from) moves.push(at.move)
  return moves.reverse()
}
