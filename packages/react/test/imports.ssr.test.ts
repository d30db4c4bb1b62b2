import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, test } from 'vitest'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const exportsOf = (name: string): Record<string, string> =>
  (JSON.parse(readFileSync(here(`../../${name}/package.json`), 'utf8')) as { exports: Record<string, string> }).exports

/** Whoever of us touches one of these is found by the stack; dependencies look whether there is a `window`, as they must. */
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
    Object.entries(exportsOf(name))
      .filter(([, path]) => path.endsWith('.ts'))
      .map(
        ([subpath, path]) => [`${name}${subpath.slice(1)}`.replace('/', '-'), here(`../../${name}/${path}`)] as const,
      ),
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
