import { setTimeout as wait } from 'node:timers/promises'
import { kill, type Kill } from './kills.ts'
import type { KillPlan } from './plan.ts'
import type { RefreshCall, Strike } from './server.ts'
import type { Stage } from './stage.ts'
import type { Tab } from './tabs.ts'
import { defer, inTime } from './time.ts'
import type { Trail } from './trail.ts'

export interface Struck {
  readonly victim: Tab
  readonly landed: Promise<Kill>
}

/** Kills one tab, once. */
export interface Assassin {
  /** For the server to call, at the planned moment of a request. */
  readonly strike: Strike
  /** Strikes by itself, a planned time after the victim has begun. */
  readonly strikeEarly: (victim: Tab) => Promise<void>
  readonly anyOf: (some: readonly Tab[]) => Tab
  /** Resolves when a tab is being struck. */
  readonly struck: Promise<Struck>
}

/** Milliseconds: about as long as a tab needs from its start to the server. */
const EARLY = 25

/** `hasBegun`: a tab that is frozen before would never hear that it should begin. */
export function createAssassin(
  stage: Stage,
  plan: KillPlan,
  hasBegun: (tab: Tab) => Promise<unknown>,
  trail: Trail,
): Assassin {
  const { promise: struck, resolve } = defer<Struck>()
  const anyOf = (some: readonly Tab[]): Tab => some[Math.floor(plan.choice * some.length)]!

  function hit(victim: Tab): Promise<Kill> {
    trail.note(`${victim.name}: ${plan.kind}, ${plan.aim}`)
    const landed = inTime(`${plan.kind} of ${victim.name}`, kill(plan.kind, victim, stage))
    resolve({ victim, landed })
    return landed
  }

  async function begin({ tab }: RefreshCall): Promise<void> {
    const alive = stage.tabs.alive()
    const holder = alive.find(({ name }) => name === tab)
    const victim = holder && plan.hitsHolder ? holder : anyOf(alive.filter((one) => one !== holder))
    // a failure is told where the beginning, or the end of the kill, is waited for
    await hasBegun(victim).catch(() => {})
    await hit(victim).catch(() => {})
  }

  return {
    struck,
    anyOf,
    strike: { moment: plan.moment, isHeld: plan.aim === 'held', begin },
    async strikeEarly(victim) {
      await hasBegun(victim)
      await wait(plan.moment * EARLY)
      hit(victim).catch(() => {})
    },
  }
}
