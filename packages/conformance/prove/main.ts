/**
 * Explores the shipped code whole, within bounds: see "What is proven" in docs/refresh.md. Fails with a shortest story if
 * something is wrong.
 */
import { parseArgs } from 'node:util'
import * as core from '@authchart/core'
import { explore, type Report } from './explore.ts'
import { createPages } from './pages.ts'
import { scenarios, startOf, type Scenario } from './scenarios.ts'
import { tell } from './story.ts'

const HELP = `pnpm run prove [options] [part of a scenario's name]

  --minutes <n>   how long at most, for all of it (default: 8)
  --left <json>   other bounds than those of the scenario: '{"faults":2,"refresh":1}'
`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '8' },
    left: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const end = performance.now() + Number(values.minutes) * 60_000

if (values.help) console.log(HELP)
else for (const scenario of scenarios) if (isChosen(scenario)) await run(scenario)

function isChosen({ name }: Scenario): boolean {
  return positionals.every((part) => name.includes(part))
}

async function run(scenario: Scenario): Promise<void> {
  const left = values.left ? (JSON.parse(values.left) as Scenario['left']) : scenario.left
  const start = startOf({ ...scenario, left })
  const pages = createPages(core)
  const report = await explore(start, pages, (end - performance.now()) / 1000)
  console.log(
    `${scenario.name}: ${summaryOf(report)} · ${pages.count.histories} histories of a page\n  bound: ${boundOf(scenario, left)}`,
  )
  if (!report.found) return
  process.exitCode = 1
  console.log(`  ${report.found.crime}`)
  for (const sentence of await tell(start, report.found.moves, pages)) console.log(`    ${sentence}`)
}

function summaryOf({ states, schedules, depth, seconds, isWhole, found }: Report): string {
  const how = isWhole ? 'whole' : found ? 'WRONG' : 'NOT WHOLE, the time was over'
  const ways = schedules < 1e6 ? String(schedules) : schedules.toExponential(1)
  return `${how} · ${states} states · ${ways} schedules · depth ${depth} · ${seconds.toFixed(1)} s`
}

function boundOf({ tabs }: Scenario, left: Scenario['left']): string {
  return [`${tabs} tabs`, ...Object.entries(left).map(([what, times]) => `${what} ${times}`)].join(', ')
}
