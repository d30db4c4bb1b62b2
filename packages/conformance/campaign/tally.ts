import type { ControlResult } from './control.ts'
import type { ExpiryResult, Landing, Outcome } from './expiry.ts'
import { KILLS, type ExpiryPlan, type KillKind } from './plan.ts'

/** What has been counted so far. */
export interface Tally {
  expiries: number
  kills: number
  signOuts: number
  /** By the server. */
  heard: number
  /** By the letter of what happened: `close adopted`, say. */
  readonly outcomes: Map<`${KillKind} ${Outcome}`, number>
  readonly landings: Map<Landing, number>
  readonly ways: Map<ExpiryPlan['how'], number>
}

export function createTally(): Tally {
  return { expiries: 0, kills: 0, signOuts: 0, heard: 0, outcomes: new Map(), landings: new Map(), ways: new Map() }
}

export function count(tally: Tally, plan: ExpiryPlan, { outcome, landing }: ExpiryResult): void {
  tally.expiries += 1
  add(tally.ways, plan.how)
  if (!plan.kill || !landing) return
  tally.kills += 1
  add(tally.outcomes, `${plan.kill.kind} ${outcome}`)
  add(tally.landings, landing)
}

/** What the whole run comes to. */
export interface Run {
  readonly seed: number
  readonly version: string
  readonly executablePath: string
  readonly tabs: number
  readonly processes: number
  readonly refreshes: number
  readonly replays: number
  readonly overlaps: number
  readonly control: ControlResult | null
  readonly seconds: number
  readonly verdict: string
}

const OUTCOMES = ['unaffected', 'adopted', 'indeterminate'] as const
const LANDINGS: Readonly<Record<Landing, string>> = {
  'not sent': 'before its request was at the server',
  arrived: 'before the server had spent the token',
  committed: 'before the server answered',
  answered: 'after the server answered',
  bystander: 'while another tab renewed',
}

export function summarize(run: Run, tally: Tally): string {
  const { control } = run
  const lost = total([...tally.outcomes].filter(([key]) => key.endsWith(' indeterminate')))
  const rows: [string, string | number][] = [
    ['browser', `${run.version}, ${run.executablePath}`],
    ['tabs', `${run.tabs}, in ${run.processes} processes with the conductor's and a spare one`],
    ['expiries', `${tally.expiries} (${list(tally.ways)})`],
    ['refreshes at the server', run.refreshes],
    ['tokens spent twice', run.replays],
    ['refreshes at the same time', run.overlaps],
    ['kills', tally.kills],
    ...KILLS.map((kind): [string, string] => [`  ${kind}`, outcomesOf(tally, kind)]),
    ...Object.entries(LANDINGS).map(([landing, words]): [string, number] => [
      `  ${words}`,
      tally.landings.get(landing as Landing) ?? 0,
    ]),
    ['indeterminate', `${lost}, each a sign-in that was needed on this device`],
    [
      'sign-outs that left the page',
      `${tally.signOuts}, none came back, the server heard of ${tally.heard}, among them each whose access token was good`,
    ],
    ['control spent twice', control ? `in ${control.failed} of ${control.expiries} expiries` : 'not run'],
    ['not shown by this', 'other engines, process kills on phones, proxies, extensions, more tabs'],
    ['time', `${Math.round(run.seconds)} s`],
    ['seed', run.seed],
    ['verdict', run.verdict],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function outcomesOf({ outcomes }: Tally, kind: KillKind): string {
  const counts = OUTCOMES.map((outcome): [string, number] => [outcome, outcomes.get(`${kind} ${outcome}`) ?? 0])
  return `${total(counts)} (${list(new Map(counts))})`
}

const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, number]) => `${name} ${number}`).join(', ')

const total = (counts: readonly (readonly [string, number])[]): number =>
  counts.reduce((sum, [, number]) => sum + number, 0)

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
