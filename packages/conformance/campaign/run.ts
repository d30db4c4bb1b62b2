import type { FullChromium } from './chromium.ts'
import { runControl, type ControlResult } from './control.ts'
import { runExpiry } from './expiry.ts'
import { runLeave } from './leave.ts'
import type { Standing } from './page/messages.ts'
import { planExpiries, type ExpiryPlan } from './plan.ts'
import { createDice } from './seed.ts'
import { refill, signIn, type Stage } from './stage.ts'
import { count, createTally, summarize, type Tally } from './tally.ts'
import { createTrail, type Trail } from './trail.ts'

export interface Settings {
  readonly refreshes: number
  readonly kills: number
  readonly signOuts: number
  readonly tabs: number
  readonly seed: number
  readonly minutes: number
}

/** Resolves to the exit code. */
export async function runCampaign(stage: Stage, chromium: FullChromium, settings: Settings): Promise<number> {
  const begun = performance.now()
  const seconds = (): number => (performance.now() - begun) / 1000
  const tally = createTally()
  const trails: Trail[] = []
  const controlDice = createDice(settings.seed)
  let control: ControlResult | null = null
  let verdict = 'passed'
  let processes = 0
  try {
    await refill(stage, settings.tabs, null)
    processes = await stage.tabs.countProcesses()
    control = await runControl(stage, controlDice)
    console.log(
      `${clockOf(seconds())}  control: spent a token twice in ${control.failed} of ${control.expiries} expiries`,
    )
    await runPlans(stage, settings, { tally, trails, seconds })
    if (control.failed === 0) verdict = 'VOID: the control spent no token twice, so this browser hides the races'
  } catch (error) {
    verdict = `FAILED: ${error instanceof Error ? error.message : String(error)}`
    console.error(trails.flatMap((trail) => trail.lines()).join('\n'))
    console.error(error)
  }
  const replays = stage.server.replays(stage.user.email)
  const { version, executablePath } = chromium
  const refreshes = stage.server.refreshes(stage.user.email)
  const overlaps = stage.server.overlaps()
  const run = { ...settings, version, executablePath, processes, refreshes, replays, overlaps, control, verdict }
  console.log(`\n${summarize({ ...run, seconds: seconds() }, tally)}`)
  return verdict === 'passed' ? 0 : 1
}

interface Progress {
  readonly tally: Tally
  /** Of this expiry and the one before. */
  readonly trails: Trail[]
  readonly seconds: () => number
}

async function runPlans(stage: Stage, settings: Settings, { tally, trails, seconds }: Progress): Promise<void> {
  const { refreshes, kills, signOuts, seed, minutes, tabs } = settings
  const plans = planExpiries(refreshes, kills, signOuts, createDice(seed + 1))
  let standing: Standing = await signIn(stage)
  for (const plan of plans) {
    if (seconds() > minutes * 60) throw new Error(`not done within ${minutes} minutes`)
    const trail = createTrail(titleOf(plan))
    trails.push(trail)
    trails.splice(0, trails.length - 2)
    if (plan.leave) {
      tally.heard += Number(await runLeave(stage, plan, plan.leave, trail))
      tally.signOuts += 1
      standing = await signIn(stage)
      await refill(stage, tabs, standing)
      continue
    }
    const result = await runExpiry(stage, plan, standing, trail)
    count(tally, plan, result)
    standing = result.outcome === 'indeterminate' ? await signIn(stage) : result.standing
    if (plan.kill) await refill(stage, tabs, standing)
    if (plan.number % Math.ceil(refreshes / 10) === 0)
      console.log(`${clockOf(seconds())}  ${plan.number} of ${refreshes} expiries, ${tally.kills} of ${kills} kills`)
  }
}

function titleOf({ number, how, delay, kill, leave }: ExpiryPlan): string {
  const milliseconds = `${delay.before.toFixed(0)} + ${delay.after.toFixed(0)} ms`
  const planned = kill ? `, ${kill.kind} ${kill.aim} at ${(kill.moment * 100).toFixed(0)} %` : ''
  const left = leave ? `, a sign-out at ${(leave.moment * 100).toFixed(0)} %` : ''
  return `expiry ${number}: ${how}, the server takes ${milliseconds}${planned}${left}`
}

function clockOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
