/** The session store in a real Postgres: what every store promises, and a handler that is killed in the middle of renewals. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'
import { findPostgres } from './cluster.ts'

const HELP = `pnpm run postgres [options]

  --required            fails where there is no Postgres               default: says so, and is content
`

const { values } = parseArgs({
  options: {
    required: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else await start()

async function start(): Promise<void> {
  const binaries = findPostgres()
  if (!binaries) return skip()
  const vitest = await startVitest(['session-stores'], {
    config: false,
    watch: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/session-stores.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    provide: { suite: 'short' },
  })
  await vitest.close()
}

function skip(): void {
  const rule = '!'.repeat(80)
  console.log(
    [rule, 'SKIPPED: /usr/lib/postgresql has no Postgres. Debian: apt-get install postgresql', rule].join('\n'),
  )
  if (values.required) process.exitCode = 1
}
