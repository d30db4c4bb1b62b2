// How fast the packages are as they were built, beside what an app would write by hand, bare XState and raw IndexedDB. Each
// figure passes a gate of correctness first, and is a ratio within one process: the machine may be slow and noisy.
//   pnpm speed [--only waiter] [--from <folder of the build in each package, else dist>]
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { loadavg } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { build } from 'vite'
import { ratioOf, type Figure, type Row } from '../packages/conformance/speed/measure.ts'
import { findChromium } from './chromium.ts'

const { only = '', from = 'dist' } = parseArgs({
  options: { only: { type: 'string' }, from: { type: 'string' } },
}).values
const inPackages = (path: string): string => fileURLToPath(new URL(`../packages/${path}`, import.meta.url))
const out = fileURLToPath(new URL(`../node_modules/.cache/speed-${process.pid}`, import.meta.url))

const isWanted = ({ name }: Pick<Row, 'name'>): boolean => name.includes(only)

/** The benchmark with the built packages in one file. */
async function bundle(entry: 'node' | 'page'): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: inPackages('conformance'),
    resolve: {
      alias: [
        { find: /^@authchart\/core$/, replacement: inPackages(`core/${from}/exports/index.js`) },
        { find: /^@authchart\/core\/(\w+)$/, replacement: inPackages(`core/${from}/exports/$1.js`) },
        { find: /^@authchart\/(react|vue)$/, replacement: inPackages(`$1/${from}/index.js`) },
      ],
      dedupe: ['react', 'react-dom', 'vue', 'xstate', '@xstate/react', '@xstate/vue'],
    },
    define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false' },
    build: {
      outDir: out,
      emptyOutDir: false,
      minify: false,
      target: 'esnext',
      lib: { entry: inPackages(`conformance/speed/${entry}.ts`), formats: ['es'], fileName: () => `${entry}.mjs` },
      rolldownOptions: { external: [/^node:/] },
    },
  })
  return `${out}/${entry}.mjs`
}

function print(
  { name, against, goal }: Pick<Row, 'name' | 'against' | 'goal'>,
  where: string,
  figure: Figure | string,
): void {
  const head = `${where.padEnd(9)} ${name.padEnd(38)}`
  if (typeof figure === 'string') return console.log(head, figure)
  const show = (value: number | null) => (value === null ? '' : `${value.toPrecision(3)} ${figure.unit}`).padStart(10)
  const ratio = ratioOf(figure)
  const verdict = ratio <= goal ? '' : '  over'
  console.log(
    head,
    show(figure.ours),
    show(figure.theirs),
    ratio.toFixed(2).padStart(8),
    `≤ ${goal}`.padStart(7),
    ` ${against}${verdict}`,
  )
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

async function inNode(): Promise<void> {
  const { rows } = (await import(pathToFileURL(await bundle('node')).href)) as { readonly rows: readonly Row[] }
  for (const row of rows.filter(isWanted)) print(row, 'Node', await row.measure().catch(messageOf))
}

async function inChromium(): Promise<void> {
  const script = readFileSync(await bundle('page'))
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.mjs'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    // a page that is isolated measures in steps of 5 microseconds, another one of 100
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    response.end(
      isScript ? script : '<!doctype html><title>speed</title><script type="module" src="/page.mjs"></script>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { executablePath, args, env } = await findChromium()
  const browser = await chromium.launch({
    executablePath,
    args,
    env: { ...process.env, ...env } as Record<string, string>,
  })
  const address = `http://localhost:${(server.address() as { readonly port: number }).port}/`
  try {
    const open = async () => {
      const page = await (await browser.newContext()).newPage()
      page.on('pageerror', ({ message }) => console.error(message))
      await page.goto(address)
      await page.waitForFunction(() => 'rows' in globalThis)
      return page
    }
    const first = await open()
    const rows = await first.evaluate(() =>
      (globalThis as unknown as { readonly rows: readonly Row[] }).rows.map(({ name, against, goal }) => ({
        name,
        against,
        goal,
      })),
    )
    await first.close()
    for (const [at, row] of rows.entries()) {
      if (!isWanted(row)) continue
      const page = await open()
      const measured = page.evaluate(
        (index) => (globalThis as unknown as { readonly rows: readonly Row[] }).rows[index]?.measure(),
        at,
      )
      print(row, 'Chromium', (await measured.catch(messageOf)) ?? 'gone')
      await page.close()
    }
  } finally {
    await browser.close()
    server.close()
  }
}

console.log(`load ${loadavg()[0]?.toFixed(1)}; what a row is compared with, and the goal, stand at its end`)
try {
  await inNode()
  await inChromium()
} finally {
  rmSync(out, { recursive: true, force: true })
}
