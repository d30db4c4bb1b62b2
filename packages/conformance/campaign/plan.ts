import type { How } from './page/messages.ts'
import type { Dice } from './seed.ts'

export const KILLS = ['close', 'crash', 'navigate', 'reload', 'busy', 'freeze', 'sigkill'] as const
export type KillKind = (typeof KILLS)[number]

/**
 * Where in a renewal the kill lands. `early`: the victim has a head start, so that it is likely the one that renews, and
 * is killed before its request is at the server, or while it is. `held`: the server's time stands still until the
 * victim is dead, so that the moment is exact. `racing`: it does not, so that the answer and the kill meet on the way.
 */
export type Aim = 'early' | 'held' | 'racing'

export interface KillPlan {
  readonly kind: KillKind
  readonly aim: Aim
  /** Of the time that the server takes; from 0 up to 1, and to 1.5 when racing. */
  readonly moment: number
  /** Whether it hits the tab that is renewing, or any other. */
  readonly hitsHolder: boolean
  /** From 0 up to 1: which tab, where it is any. */
  readonly choice: number
  /** A new tab opens while the others are still busy with the loss. */
  readonly opensAtOnce: boolean
}

/** Milliseconds that the server takes for a refresh, before and after it is carried out. */
export interface Delay {
  readonly before: number
  readonly after: number
}

export interface ExpiryPlan {
  readonly number: number
  readonly how: Exclude<How, 'control'>
  readonly delay: Delay
  readonly kill: KillPlan | null
  readonly leave: LeavePlan | null
}

/** A tab signs out and goes to another page in the same line, while the others renew. */
export interface LeavePlan {
  /** Of the time that the server takes; before the others have begun if it is below 0. */
  readonly moment: number
  /** From 0 up to 1: which tab. */
  readonly choice: number
}

const SHORTEST = 4
const LONGEST = 60

export function planDelay(dice: Dice): Delay {
  const whole = SHORTEST + dice.next() * (LONGEST - SHORTEST)
  const before = whole * dice.next()
  return { before, after: whole - before }
}

export function planExpiries(refreshes: number, kills: number, signOuts: number, dice: Dice): ExpiryPlan[] {
  const numbers = Array.from({ length: refreshes }, (_, index) => index + 1)
  const shuffled = dice.shuffle(numbers)
  const deadly = shuffled.slice(0, kills)
  const leaving = new Set(shuffled.slice(kills, kills + signOuts))
  const kinds = dice.shuffle(deadly.map((_, index) => KILLS[index % KILLS.length]!))
  const killOf = new Map(deadly.map((number, index) => [number, planKill(kinds[index]!, dice)]))
  return numbers.map((number) => ({
    number,
    how: dice.pick(['due', 'slept', 'asked', 'refused']),
    delay: planDelay(dice),
    kill: killOf.get(number) ?? null,
    leave: leaving.has(number) ? { moment: dice.next() * 1.75 - 0.25, choice: dice.next() } : null,
  }))
}

function planKill(kind: KillKind, dice: Dice): KillPlan {
  const aim = dice.pick<Aim>(['early', 'held', 'held', 'racing', 'racing'])
  return {
    kind,
    aim,
    moment: aim === 'racing' ? 0.5 + dice.next() : dice.next(),
    hitsHolder: dice.next() < 0.8,
    choice: dice.next(),
    opensAtOnce: dice.next() < 0.5,
  }
}
