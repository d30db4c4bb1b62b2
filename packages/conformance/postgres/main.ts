/** The session store in a real Postgres: what every store promises, and a handler that is killed in the middle of renewals. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'
import { findPostgres } from './cluster.ts'
import { postgresHouse } from './houses.ts'
import { runKills, type KillSettings } from './kills.ts'

const HELP = `pnpm run postgres [options]

  --kills <number>      of a handler that is renewing a session        default 20
  --seed <number>       what an earlier run printed                    default: another each time
  --required            fails where there is no Postgres               default: says so, and is content
`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    required: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else await start()

async function start(): Promise<void> {
  const binaries = findPostgres()
  if (!binaries) return skip()
  const settings = readSettings()
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
  const house = await postgresHouse(binaries)
  const kills = await runKills(house, settings).finally(house.close)
  if (kills !== 0) process.exitCode = 1
}

function readSettings(): KillSettings {
  const [kills, seed] = [Number(values.kills), Number(values.seed)]
  if (Number.isSafeInteger(kills) && kills > 0 && Number.isSafeInteger(seed) && seed >= 0) return { kills, seed }
  throw new RangeError('--kills is a number from 1 on, --seed one from 0 on')
}

function skip(): void {
  const rule = '!'.repeat(80)
  console.log(
    [rule, 'SKIPPED: /usr/lib/postgresql has no Postgres. Debian: apt-get install postgresql', rule].join('\n'),
  )
  if (values.required) process.exitCode = 1
}
