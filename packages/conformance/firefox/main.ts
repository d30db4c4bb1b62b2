/**
 * What only real browsers show: a page that dies right after a sign-out, redirects and large bodies over a real network,
 * the example apps in Firefox. In a full Chromium and in a stock Firefox, both driven by Puppeteer.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'
import { findBrowser, type BrowserName, type FoundBrowser } from './browsers.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly browsers: readonly FoundBrowser[]
    readonly isLong: boolean
  }
}

const HELP = `node packages/conformance/firefox/main.ts [options] [files]

  --long                408 sign-outs in each browser          default: 54
  --required            fails where a browser is missing       default: says so, and is content
  --browser <name>      chromium or firefox                    default: both
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    long: { type: 'boolean', default: false },
    required: { type: 'boolean', default: false },
    browser: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else await start()

async function start(): Promise<void> {
  const names = (['chromium', 'firefox'] as const).filter((name) => (values.browser ?? name) === name)
  if (names.length === 0) throw new RangeError(`--browser is chromium or firefox, not ${values.browser}`)
  const browsers: FoundBrowser[] = []
  for (const name of names) {
    const tried: string[] = []
    const found = await findBrowser(name, tried)
    if (found) browsers.push(found)
    else skip(name, tried)
  }
  for (const { version, executablePath } of browsers) console.log(`${version}, ${executablePath}`)
  if (browsers.length === 0) return
  const vitest = await startVitest(positionals, {
    config: false,
    watch: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['{firefox,page-death,cookie-death}/**/*.test.ts'],
    // a file without tests is a failure
    exclude: browsers.some(({ name }) => name === 'firefox') ? [] : ['firefox/walk.test.ts'],
    globalSetup: ['apps/build.setup.ts'],
    // two browsers at once would slow each other down, and speed is what is measured
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    provide: { browsers, isLong: values.long },
  })
  await vitest.close()
}

function skip(name: BrowserName, tried: readonly string[]): void {
  const rule = '!'.repeat(80)
  const reasons = tried.length > 0 ? tried : ['none is installed, and no path was given']
  console.log([rule, `SKIPPED: there is no full ${name} here.`, ...reasons, rule].join('\n'))
  if (values.required) process.exitCode = 1
}
