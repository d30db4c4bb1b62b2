/**
 * The refresh protocol in a full Chromium: many tabs, a server that ends everything when a token is shown twice, and
 * tabs that are killed in the middle of it. Beside it a control that must fail, or the run proves nothing.
 */
import { parseArgs } from 'node:util'
import { launchFullChromium } from './chromium.ts'
import { runCampaign, type Settings } from './run.ts'
import { setStage } from './stage.ts'

const HELP = `pnpm run campaign [options]

  --refreshes <number>  expiries of the access token in all tabs at once   default 300
  --kills <number>      of tabs, in as many of these expiries              default 40
  --sign-outs <number>  that leave the page, in as many of these expiries  default 20
  --tabs <number>                                                          default 10
  --seed <number>       what a failure printed                             default: another each time
  --minutes <number>    fails when it takes longer                         default: as long as it takes
  --required            fails where there is no full Chromium              default: says so, and is content
`

const { values } = parseArgs({
  options: {
    refreshes: { type: 'string', default: '300' },
    kills: { type: 'string', default: '40' },
    'sign-outs': { type: 'string', default: '20' },
    tabs: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    minutes: { type: 'string', default: 'Infinity' },
    required: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else await start().catch(fail)

async function start(): Promise<void> {
  const settings = readSettings()
  const tried: string[] = []
  const chromium = await launchFullChromium(tried)
  if (!chromium) return skip(tried)
  for (const reason of tried) console.log(`Not ${reason}`)
  console.log(`Full browser: ${chromium.version}, ${chromium.executablePath}. Seed ${settings.seed}.`)
  try {
    const stage = await setStage(chromium)
    process.exitCode = await runCampaign(stage, chromium, settings).finally(stage.close)
  } finally {
    await chromium.close()
  }
}

function fail(error: unknown): void {
  console.error(error instanceof RangeError ? error.message : error)
  process.exitCode = 1
}

function skip(tried: readonly string[]): void {
  const rule = '!'.repeat(80)
  const reasons = tried.length > 0 ? tried : ['none is installed, and CHROME_PATH names none']
  console.log([rule, 'SKIPPED: the campaign needs a full Chrome or Chromium.', ...reasons, rule].join('\n'))
  if (values.required) process.exitCode = 1
}

function readSettings(): Settings {
  const number = (name: 'refreshes' | 'kills' | 'sign-outs' | 'tabs' | 'seed' | 'minutes', least: number): number => {
    const value = Number(values[name])
    if (value >= least && (Number.isInteger(value) || name === 'minutes')) return value
    throw new RangeError(`--${name} is a number from ${least} on, not ${values[name]}`)
  }
  const refreshes = number('refreshes', 1)
  const kills = number('kills', 0)
  const signOuts = number('sign-outs', 0)
  if (kills + signOuts > refreshes) throw new RangeError('--kills, --sign-outs: at most one in each expiry')
  return { refreshes, kills, signOuts, tabs: number('tabs', 2), seed: number('seed', 0), minutes: number('minutes', 0) }
}
