import type { Standing, StoredState } from './page/messages.ts'
import type { ExpiryPlan } from './plan.ts'
import type { RefreshCall } from './server.ts'
import type { Tab } from './tabs.ts'
import { Violation } from './trail.ts'

/** A tab, and how it came out of an expiry. */
export interface Survivor {
  readonly tab: Tab
  readonly standing: Standing
  /** What its request got. Null: it had none, it was opened later. */
  readonly answer: number | string | null
}

export interface Evidence {
  readonly plan: ExpiryPlan
  readonly before: Standing
  readonly survivors: readonly Survivor[]
  readonly calls: readonly RefreshCall[]
  readonly stored: StoredState | null
  readonly victim: Tab | null
  /** Whether that tab, by its name, is still there. */
  readonly isAlive: (name: string) => boolean
}

/** What a request may get when it cannot be known whether the session was renewed. */
const ANSWERS_WHEN_LOST: Readonly<Record<ExpiryPlan['how'], readonly (number | string)[]>> = {
  due: [200], // the access token is good for a while
  refused: [401],
  slept: ['refresh-indeterminate', 'session-expired'],
  asked: ['refresh-indeterminate', 'session-expired'],
}

/** Whether the session was renewed; false: that cannot be known. Throws where it is not as promised. */
export function judge(evidence: Evidence): boolean {
  const { survivors, before, calls } = evidence
  if (calls.length > 1) throw new Violation(`${calls.length} refreshes in one expiry`)
  const isRenewed = survivors.every(({ standing }) => hasRenewed(standing, before))
  const isLost = survivors.every(({ standing }) => isIndeterminate(standing))
  if (isRenewed) judgeRenewed(evidence)
  else if (isLost) judgeLost(evidence)
  else throw new Violation('the tabs disagree about what became of the session')
  return isRenewed
}

function judgeRenewed({ before, survivors, calls, stored }: Evidence): void {
  const [call] = calls
  if (!call) throw new Violation('renewed without a refresh')
  if (call.lostIn !== null) throw new Violation('renewed by an answer that no tab got')
  if (stored?.marked !== false || stored.generation !== before.generation + 1)
    throw new Violation(`renewed, but what is stored is ${JSON.stringify(stored)}`)
  expectAnswers(survivors, [200])
}

function judgeLost({ plan, before, survivors, calls, stored, victim, isAlive }: Evidence): void {
  const [call] = calls
  if (!victim?.isGone()) throw new Violation('indeterminate, and no tab was killed')
  if (call && isAlive(call.tab)) throw new Violation(`indeterminate, and ${call.tab}, which renewed, is alive`)
  const isMarked = stored?.marked === true && stored.generation === before.generation
  if (!isMarked && stored?.ended !== 'refresh-indeterminate')
    throw new Violation(`indeterminate, but what is stored is ${JSON.stringify(stored)}`)
  expectAnswers(survivors, ANSWERS_WHEN_LOST[plan.how])
}

function expectAnswers(survivors: readonly Survivor[], expected: readonly (number | string)[]): void {
  for (const { tab, answer } of survivors) {
    if (answer === null || expected.includes(answer)) continue
    throw new Violation(`the request of ${tab.name} got ${answer}, not ${expected.join(' or ')}`)
  }
}

function hasRenewed({ status, renewal, session, generation }: Standing, before: Standing): boolean {
  const isAtRest = status === 'authenticated' && renewal === 'idle'
  return isAtRest && session === before.session && generation === before.generation + 1
}

function isIndeterminate({ status, renewal, reason }: Standing): boolean {
  return renewal === 'indeterminate' || (status === 'expired' && reason === 'refresh-indeterminate')
}
