/**
 * Explores the shipped code whole, within bounds: see "What is proven" in docs/refresh.md. Fails with a shortest story if
 * something is wrong.
 */
import { parseArgs } from 'node:util'
import * as core from '@authchart/core'
import { busySeconds, explore, type Limits, type Report } from './explore.ts'
import { createPages, type Pages } from './pages.ts'
import { loadMutant, mutants, type Mutant } from './mutants.ts'
import { scenarios, startOf, type Scenario } from './scenarios.ts'
import type { Budget, State } from './state.ts'
import { tell } from './story.ts'

const HELP = `pnpm run prove [options] [part of a scenario's name]

  --minutes <n>   of the processor's time at most, for all of it (default: 10)
  --states <n>    how many states at most, of each scenario
  --wide          the wide bounds of each scenario: give it an hour or more
  --left <json>   other bounds than those of the scenario: '{"faults":2,"refresh":1}'
`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    states: { type: 'string', default: 'Infinity' },
    wide: { type: 'boolean', default: false },
    left: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const end = Number(values.minutes) * 60

if (values.help) console.log(HELP)
else {
  for (const mutant of mutants) if (isChosen(mutant)) await confront(mutant)
  for (const scenario of scenarios) if (isChosen(scenario)) await run(scenario)
}

/** The time that is left. */
function limits(states = Infinity): Limits {
  return { seconds: end - busySeconds(), states }
}

function isChosen({ name }: { readonly name: string }): boolean {
  return positionals.every((part) => name.includes(part))
}

/** Without what the protocol stands on something has to go wrong. */
async function confront(mutant: Mutant): Promise<void> {
  const start = startOf(mutant.in)
  const shipped = await explore(start, createPages(core), limits())
  if (!shipped.isWhole) {
    process.exitCode = 1
    return report(`${mutant.name}: the shipped code`, shipped, start, createPages(core))
  }
  const pages = createPages(await loadMutant(mutant))
  const { found, states, seconds } = await explore(start, pages, limits())
  if (!found) process.exitCode = 1
  console.log(
    `${mutant.name}: ${found ? `${found.moves.length} steps · ${found.crime}` : 'SURVIVED'} · ${states} states · ${seconds.toFixed(1)} s`,
  )
  if (found) for (const sentence of await tell(start, found.moves, pages)) console.log(`    ${sentence}`)
}

async function run(scenario: Scenario): Promise<void> {
  const left = values.left ? (JSON.parse(values.left) as Budget) : values.wide ? scenario.wide : scenario.left
  const start = startOf({ ...scenario, left })
  const pages = createPages(core)
  const explored = await explore(start, pages, limits(Number(values.states)))
  // what was meant to be seen whole is not proven if it was not
  const isMeant = !scenario.isLong && values.states === 'Infinity' && !values.wide && values.left === undefined
  if (isMeant && !explored.isWhole) process.exitCode = 1
  await report(`${scenario.name}: ${boundOf(scenario, left)}`, explored, start, pages)
}

async function report(what: string, explored: Report, start: State, pages: Pages): Promise<void> {
  const { found } = explored
  console.log(`${what}\n    ${summaryOf(explored)}`)
  if (!found) return
  process.exitCode = 1
  console.log(`    ${found.crime}`)
  for (const sentence of await tell(start, found.moves, pages)) console.log(`      ${sentence}`)
}

function summaryOf({ states, schedules, depth, seconds, isWhole, found }: Report): string {
  const how = isWhole ? 'whole' : found ? 'WRONG' : `NOT WHOLE, only the first ${states} states`
  const ways = schedules < 1e6 ? String(schedules) : schedules.toExponential(1)
  return `${how} · ${states} states · ${ways} schedules · depth ${depth} · ${seconds.toFixed(1)} s`
}

function boundOf({ tabs }: Scenario, left: Budget): string {
  return [`${tabs} tabs`, ...Object.entries(left).map(([what, times]) => `${what} ${times}`)].join(', ')
}
