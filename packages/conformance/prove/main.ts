/**
 * Explores the shipped code whole, within bounds: see "What is proven" in docs/refresh.md. Fails with a shortest story if
 * something is wrong.
 */
import { parseArgs } from 'node:util'
import * as core from '@authchart/core'
import { explore, type Found, type Report } from './explore.ts'
import { mutants, withoutRule } from './mutants.ts'
import { createPages, type Pages } from './pages.ts'
import { scenarios, startOf, type Scenario } from './scenarios.ts'
import type { State } from './state.ts'
import { tell } from './story.ts'

/** Seconds. */
const LONGEST_HUNT = 300

const HELP = `pnpm run prove [options] [part of a scenario's name]

  --states <n>    of each scenario at most, so that each machine sees the same (default: 40000)
  --minutes <n>   how long at most, for all scenarios (default: 30)
  --mutants       only what it has to notice: the code without one of its rules
  --left <json>   other bounds than those of the scenario: '{"faults":2,"refresh":1}'
`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    states: { type: 'string', default: '40000' },
    minutes: { type: 'string', default: '30' },
    mutants: { type: 'boolean', default: false },
    left: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const end = performance.now() + Number(values.minutes) * 60_000
const limitsOf = ({ whole = 0 }: Scenario) => ({
  seconds: (end - performance.now()) / 1000,
  states: Math.max(whole, Number(values.states)),
})

if (values.help) console.log(HELP)
else {
  const chosen = values.mutants ? [] : scenarios.filter(({ name }) => positionals.every((part) => name.includes(part)))
  for (const scenario of chosen) await prove(scenario)
  if (positionals.length === 0) await catchAll()
}

async function prove(scenario: Scenario): Promise<void> {
  const left = values.left ? (JSON.parse(values.left) as Scenario['left']) : scenario.left
  const start = startOf({ ...scenario, left })
  const pages = createPages(core)
  const report = await explore(start, pages, limitsOf(scenario))
  console.log(
    `${scenario.name}: ${summaryOf(report)} · ${pages.count.histories} histories of a page\n  bound: ${boundOf(scenario, left)}`,
  )
  if (!report.found) return
  process.exitCode = 1
  await print(start, report.found, pages)
}

/** Without any of its rules custody does harm, and the explorer sees it. */
async function catchAll(): Promise<void> {
  let caught = 0
  for (const mutant of mutants) {
    const scenario = scenarios.find(({ name }) => name === mutant.scenario)
    if (!scenario) throw new Error(`There is no scenario "${mutant.scenario}"`)
    const start = startOf(scenario)
    const pages = createPages(await withoutRule(mutant))
    const { found, seconds: taken } = await explore(start, pages, { seconds: LONGEST_HUNT, states: Infinity })
    console.log(`without "${mutant.rule}": ${found ? `caught in ${taken.toFixed(1)} s` : 'NOT CAUGHT'}`)
    if (found) {
      caught += 1
      await print(start, found, pages)
    } else process.exitCode = 1
  }
  console.log(`${caught} of ${mutants.length} rules are missed where they are taken away`)
}

async function print(start: State, { crime, moves }: Found, pages: Pages): Promise<void> {
  console.log(`  ${crime}, after ${moves.length} moves:`)
  for (const sentence of await tell(start, moves, pages)) console.log(`    ${sentence}`)
}

function summaryOf({ states, schedules, depth, seconds, isWhole, found }: Report): string {
  const how = isWhole ? 'whole' : found ? 'WRONG' : 'the first of them'
  const ways = schedules < 1e6 ? String(schedules) : schedules.toExponential(1)
  return `${how} · ${states} states · ${ways} schedules · depth ${depth} · ${seconds.toFixed(1)} s`
}

function boundOf({ tabs }: Scenario, left: Scenario['left']): string {
  return [`${tabs} tabs`, ...Object.entries(left).map(([what, times]) => `${what} ${times}`)].join(', ')
}
