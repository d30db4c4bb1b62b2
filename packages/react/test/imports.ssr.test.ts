import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, test } from 'vitest'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** The files of a package's entries, by name; under a condition it is another file. */
function entriesOf(name: string): (readonly [string, string])[] {
  type Exports = Record<string, string | Record<string, string>>
  const { exports } = JSON.parse(readFileSync(here(`../../${name}/package.json`), 'utf8')) as { exports: Exports }
  return Object.entries(exports).flatMap(([subpath, target]) => {
    const files = typeof target === 'string' ? [target] : Object.values(target)
    const entry = `${name}${subpath.slice(1)}`.replace('/', '-')
    return files.map((file, at) => [at === 0 ? entry : `${entry}-${at}`, file] as const)
  })
}

/** A module of ours that touches one of these is found by the stack; dependencies look whether there is a `window`, as they must. */
const probe = (entries: readonly string[]): string => `
const touched = []
for (const name of ['window', 'document', 'navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB', 'BroadcastChannel']) {
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      const caller = new Error().stack.split('\\n')[2]
      if (!caller.includes('/node_modules/') || caller.includes('/.cache/')) touched.push(name + caller)
    },
  })
}
const names = []
for (const entry of ${JSON.stringify(entries)}) names.push(...Object.keys(await import(entry)))
console.log(JSON.stringify({ names, touched }))
`

test('importing everything on a server touches nothing of a browser', async () => {
  const outDir = here('../node_modules/.cache/imports')
  const files = ['react', 'core'].flatMap((name) =>
    entriesOf(name)
      // test tools are made for Node, and these two need one that this package does not have
      .filter(([entry, path]) => /\.tsx?$/.test(path) && !/testing-(msw|playwright)/.test(entry.replace('/', '-')))
      .map(([entry, path]) => [entry, here(`../../${name}/${path}`)] as const),
  )
  await build({
    configFile: false,
    root: here('..'),
    logLevel: 'silent',
    build: {
      outDir,
      emptyOutDir: true,
      ssr: true,
      minify: false,
      rolldownOptions: { input: Object.fromEntries(files), preserveEntrySignatures: 'strict' },
    },
    ssr: { noExternal: [/^@authchart\//] },
  })
  const entries = files.map(([name]) => `${outDir}/${name}.js`)
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', probe(entries)], {
    encoding: 'utf8',
  })

  expect(stderr).toBe('')
  const { names, touched } = JSON.parse(stdout) as { names: string[]; touched: string[] }
  expect(names).toEqual(expect.arrayContaining(['AuthProvider', 'authRoutes', 'createAuth', 'bkend', 'browserStorage']))
  expect(touched).toEqual([])
})
