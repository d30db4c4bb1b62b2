import { planDelay } from './plan.ts'
import type { Dice } from './seed.ts'
import type { Stage } from './stage.ts'
import { createTrail } from './trail.ts'

export interface ControlResult {
  readonly expiries: number
  /** Expiries in which a token was spent twice. */
  readonly failed: number
}

const ENOUGH = 60
const MOST = 150

/**
 * The proof that this browser shows the races at all: the well-known recipe, under the same conditions, spends tokens
 * twice. Where it does not, the library's success says nothing.
 */
export async function runControl(stage: Stage, dice: Dice): Promise<ControlResult> {
  const { server, conductor, tabs, controlUser } = stage
  const { email, password } = controlUser
  const signIn = (): Promise<number> => conductor.signInNaively(email, password)
  let serial = await signIn()
  let failed = 0
  let expiries = 0
  while (expiries < ENOUGH || (failed === 0 && expiries < MOST)) {
    expiries += 1
    await conductor.tell(tabs.alive(), { type: 'see', serial })
    const crowd = dice.shuffle(tabs.alive())
    const some = crowd.slice(0, 2 + dice.below(crowd.length - 1))
    const replays = server.replays(email)
    server.prepare(planDelay(dice), null, createTrail('').note)
    server.control.expireAccess(email)
    const { id, posted } = conductor.order(some, { type: 'begin', how: 'control', before: 0 })
    await posted
    await Promise.all(some.map((tab) => conductor.answer(tab, 'begin', id)))
    await Promise.all(some.map((tab) => conductor.answer(tab, 'report', id)))
    const isSpentTwice = server.replays(email) > replays
    if (isSpentTwice) failed += 1
    // all sessions of this user are over, or a tab has read what was no longer true
    const isBroken = isSpentTwice || server.calls().length !== 1
    serial = isBroken ? await signIn() : serial + 1
  }
  return { expiries, failed }
}
