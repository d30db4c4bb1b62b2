import { createAssassin, type Assassin } from './assassin.ts'
import { judge, type Survivor } from './judge.ts'
import type { Standing, Word } from './page/messages.ts'
import type { ExpiryPlan } from './plan.ts'
import { ACCESS_TTL, type RefreshCall } from './server.ts'
import type { Stage } from './stage.ts'
import type { Tab } from './tabs.ts'
import { inTime } from './time.ts'
import { Violation, type Trail } from './trail.ts'

/** What became of the session: as if nothing had happened, taken over from a tab that was killed, or past knowing. */
export type Outcome = 'unaffected' | 'adopted' | 'indeterminate'

/** When the victim was gone, by what the server saw of its request. */
export type Landing = 'not sent' | RefreshCall['phase'] | 'bystander'

export interface ExpiryResult {
  readonly outcome: Outcome
  readonly landing: Landing | null
  /** How the survivors stand now. */
  readonly standing: Standing
}

/** Seconds of the life of an access token: enough to be due for a renewal, and too many. */
const DUE = ACCESS_TTL * 0.62
const OVER = ACCESS_TTL + 1

const isOver = ({ how }: ExpiryPlan): boolean => how === 'slept' || how === 'asked'

/** Makes every tab need a renewal at one moment, kills one of them where that is planned, and judges what came of it. */
export async function runExpiry(stage: Stage, plan: ExpiryPlan, before: Standing, trail: Trail): Promise<ExpiryResult> {
  const { server, conductor, tabs, user } = stage
  const replays = server.replays(user.email)
  const overlaps = server.overlaps()
  if (plan.kill?.kind === 'sigkill') await tabs.findProcesses()
  const crowd = tabs.alive()
  const round = createRound(stage, plan, before)
  const assassin = plan.kill && createAssassin(stage, plan.kill, round.hasBegun, trail)
  server.prepare(plan.delay, plan.kill?.aim === 'early' ? null : (assassin?.strike ?? null), trail.note)
  await makeDue(stage, plan, crowd)
  if (assassin && plan.kill?.aim === 'early') await beginEarly(round, crowd, assassin)
  else await round.begin(crowd)

  const { victim, latecomer } = assassin ? await watchKill(stage, plan, assassin, trail) : NO_KILL
  const survivors = await round.survivors(trail)
  if (latecomer) survivors.push(await settle(stage, plan, latecomer, before, trail))
  await server.idle()
  if (server.replays(user.email) > replays) throw new Violation('a refresh token was spent twice')
  if (server.overlaps() > overlaps) throw new Violation('two refreshes were under way at once')
  const complaints = [...tabs.errors(), ...conductor.warnings()]
  if (complaints.length > 0) throw new Violation(`a tab complained: ${complaints.join('; ')}`)

  const [calls, stored] = [server.calls(), await conductor.stored()]
  const isAlive = (name: string): boolean => tabs.alive().some((tab) => tab.name === name)
  const isRenewed = judge({ plan, before, survivors, calls, stored, victim, isAlive })
  const isVictims = calls[0] !== undefined && calls[0].tab === victim?.name
  const outcome = !isRenewed ? 'indeterminate' : isVictims ? 'adopted' : 'unaffected'
  return { outcome, landing: victim && landingOf(calls[0], isVictims), standing: survivors[0]!.standing }
}

/** Puts the time of the server and of every tab forward together. No tab acts on it yet. */
export async function makeDue(stage: Stage, plan: ExpiryPlan, crowd: readonly Tab[]): Promise<void> {
  const seconds = isOver(plan) ? OVER : DUE
  stage.offset += seconds * 1000
  stage.server.control.advance(seconds)
  await stage.conductor.tell(crowd, { type: 'advance', offset: stage.offset })
  if (plan.how === 'refused') stage.server.control.expireAccess(stage.user.email)
}

/** The tabs of one expiry, from their start to their reports. */
interface Round {
  /** Resolves when all of them have. */
  readonly begin: (some: readonly Tab[]) => Promise<void>
  readonly hasBegun: (tab: Tab) => Promise<unknown>
  readonly survivors: (trail: Trail) => Promise<Survivor[]>
}

function createRound({ conductor }: Stage, plan: ExpiryPlan, before: Standing): Round {
  const beginnings = new Map<Tab, Promise<unknown>>()
  const reports = new Map<Tab, Promise<Word | null>>()
  const hasBegun = async (tab: Tab): Promise<unknown> => beginnings.get(tab)
  return {
    hasBegun,
    async begin(some) {
      const { how } = plan
      const { id, posted } = conductor.order(some, { type: 'begin', how, before: before.generation })
      for (const tab of some) {
        beginnings.set(tab, conductor.answer(tab, 'begin', id))
        const report = conductor.answer(tab, 'report', id)
        // looked at when the kill is over
        report.catch(() => {})
        reports.set(tab, report)
      }
      await posted
      await Promise.all(some.map(hasBegun))
    },
    async survivors(trail) {
      const survivors: Survivor[] = []
      for (const [tab, report] of reports) {
        const word = await report
        // one that reported and was killed then is none
        if (!word || tab.isGone()) continue
        survivors.push({ tab, standing: word.standing, answer: word.answer })
        trail.note(`${tab.name}: ${describe(word)}, its request got ${word.answer}`)
      }
      if (survivors.length === 0) throw new Error('no tab is left')
      return survivors
    },
  }
}

/** The victim has a head start. */
async function beginEarly(round: Round, crowd: readonly Tab[], assassin: Assassin): Promise<void> {
  const victim = assassin.anyOf(crowd)
  await round.begin([victim])
  await Promise.all([assassin.strikeEarly(victim), round.begin(crowd.filter((tab) => tab !== victim))])
}

interface Fate {
  readonly victim: Tab | null
  readonly latecomer: Tab | null
}

const NO_KILL: Fate = { victim: null, latecomer: null }

/** Waits for the kill, opens a tab into the middle of it, and lets a frozen victim go on when all is over. */
async function watchKill(stage: Stage, { kill }: ExpiryPlan, { struck }: Assassin, trail: Trail): Promise<Fate> {
  const { server, tabs } = stage
  const { victim, landed } = await inTime('a tab to strike', struck)
  const { thaw, next } = await landed
  trail.note(`${victim.name}: ${kill?.kind} has landed`)
  if (next) await tabs.ready(next)
  const isMissed = victim.isGone() && next === null
  const latecomer = isMissed && kill?.opensAtOnce ? await tabs.open(stage.offset) : next
  await server.idle()
  await thaw()
  return { victim, latecomer }
}

async function settle(
  { conductor }: Stage,
  plan: ExpiryPlan,
  tab: Tab,
  { generation }: Standing,
  trail: Trail,
): Promise<Survivor> {
  const [word] = await conductor.tell([tab], { type: 'settle', how: plan.how, before: generation })
  if (!word) throw new Error(`${tab.name} is gone, and was not killed`)
  trail.note(`${tab.name}, opened meanwhile: ${describe(word)}`)
  return { tab, standing: word.standing, answer: null }
}

function landingOf(call: RefreshCall | undefined, isVictims: boolean): Landing {
  if (!call) return 'not sent'
  return isVictims ? (call.lostIn ?? 'answered') : 'bystander'
}

function describe({ standing }: Word): string {
  const { status, renewal, reason, generation } = standing
  return `${[status, renewal, reason].filter(Boolean).join(' ')}, generation ${generation}`
}
