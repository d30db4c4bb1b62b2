/**
 * Puts bugs into the core, one at a time and in memory only, and sees whether the suite notices each: the fast file that
 * is said to, or with --whole every test of the core and of its chart that runs in Node. No file is changed.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'
import { bugs, type Bug } from './bugs.ts'
import { pathOf, seed } from './seed.ts'

const HELP = `pnpm run seed-bugs [options] [part of a name]

  --whole    against every test in Node, not only the file that is said to notice
`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { whole: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
const root = fileURLToPath(new URL('../..', import.meta.url))

if (values.help) console.log(HELP)
else await start(bugs.filter(({ name }) => positionals.every((part) => name.includes(part))))

async function start(chosen: readonly Bug[]): Promise<void> {
  // before the first run: a text that is no more there is found at once
  for (const bug of chosen) seed(bug)
  const files = values.whole ? [] : [...new Set(chosen.map(({ killer }) => killer))]
  const anyway = await failuresOf(files)
  for (const name of anyway) console.log(`FAILS without any bug, and notices none: ${name}`)
  let survivors = 0
  for (const bug of chosen) {
    // one test that fails is enough, if none does so anyway
    const bail = values.whole || anyway.length > 0 ? 0 : 1
    const all = await failuresOf(values.whole ? [] : [bug.killer], bug, bail)
    const failed = all.filter((name) => !anyway.includes(name))
    if (failed.length === 0) survivors += 1
    const by = failed.length > 0 ? `by ${failed[0]}` : `not noticed by ${values.whole ? 'any test' : bug.killer}`
    console.log(`${failed.length > 0 ? 'killed  ' : 'SURVIVED'}  ${bug.name}\n          ${by}`)
  }
  console.log(`${chosen.length - survivors} of ${chosen.length} seeded bugs killed`)
  process.exitCode = survivors + anyway.length === 0 ? 0 : 1
}

/** The tests that fail with this bug in the core. */
async function failuresOf(files: readonly string[], bug?: Bug, bail = 0): Promise<string[]> {
  const vitest = await startVitest(
    [...files],
    {
      config: false,
      root,
      watch: false,
      include: ['core/test/**/*.test.ts', 'conformance/test/{core,invariants,server}.test.ts'],
      exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
      isolate: false,
      bail,
      // what was transformed before has no bug in it
      fsModuleCache: false,
      maxWorkers: '100%',
      testTimeout: 20_000,
      reporters: [{}],
      provide: { suite: 'short' },
    },
    {
      plugins: [
        {
          name: 'seeded-bug',
          enforce: 'pre',
          transform: (code, id) => (bug && id.split('?')[0] === pathOf(bug) ? seed(bug, code) : null),
        },
      ],
    },
  )
  const modules = vitest.state.getTestModules()
  const failed = modules.flatMap((module) => [...module.children.allTests('failed')].map((test) => test.fullName))
  const broken = modules.flatMap((module) => module.errors().map(({ message }) => message))
  await vitest.close()
  // `close` says so, too
  process.exitCode = 0
  if (modules.length === 0) throw new Error(`No test was found in ${files.join(', ')}`)
  return [...broken, ...failed]
}
