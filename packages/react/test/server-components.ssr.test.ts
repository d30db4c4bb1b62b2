import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'vite'
import { afterEach, beforeEach, expect, test } from 'vitest'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const { exports: sources, publishConfig } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as {
  readonly exports: Record<string, string>
  readonly publishConfig: { readonly exports: Record<string, string> }
}
const entriesOf = (paths: Record<string, string>): string[] =>
  Object.values(paths).filter((path) => !path.endsWith('.json'))
const isForClients = (code: string): boolean => /^(['"])use client\1/.test(code)

let outDir: string
beforeEach(() => {
  outDir = mkdtempSync(join(tmpdir(), 'entries-'))
})
afterEach(() => rmSync(outDir, { recursive: true, force: true }))

test('the first statement of every built entry says that it is for clients [G2a]', { timeout: 120_000 }, () => {
  const compiler = here('../../../node_modules/typescript/bin/tsc')
  const options = ['-p', here('..'), '--noCheck', '--outDir', outDir, '--tsBuildInfoFile', join(outDir, 'info')]
  const { stdout } = spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8' })
  expect(stdout).toBe('')

  const entries = entriesOf(publishConfig.exports)
  expect(entries).toEqual([
    './dist/index.js',
    './dist/react-router.js',
    './dist/tanstack-router.js',
    './dist/testing.js',
  ])
  for (const entry of entries)
    expect(readFileSync(join(outDir, entry.replace('dist/', '')), 'utf8')).toSatisfy(isForClients)
})

/** What a framework with server components makes of a module for clients: names without what they stand for. */
const clientReferences: Plugin = {
  name: 'client-references',
  transform(code) {
    if (!isForClients(code)) return null
    const names = [...code.matchAll(/^export (?:async )?(?:function|const) (\w+)|^export \{([^}]+)\}/gm)]
      .flatMap(([, one, many]) => one ?? many?.split(',') ?? [])
      .map((name) => name.trim())
      .filter((name) => /^\w+$/.test(name))
    return names.map((name) => `export const ${name} = { $$typeof: Symbol.for('react.client.reference') }`).join('\n')
  },
}

test(
  'a server component may import every entry: none of its modules runs there [G2a]',
  { timeout: 120_000 },
  async () => {
    const files = entriesOf(sources).map((path) => here(`../${path}`))
    await build({
      configFile: false,
      root: here('..'),
      logLevel: 'silent',
      plugins: [clientReferences],
      build: { outDir, ssr: true, minify: false, rolldownOptions: { input: files, preserveEntrySignatures: 'strict' } },
      ssr: { noExternal: true, resolve: { conditions: ['react-server'], externalConditions: ['react-server'] } },
    })
    const load = `const names = []
for (const entry of ${JSON.stringify(['index', 'react-router', 'tanstack-router'])}) names.push(...Object.keys(await import('${outDir}/' + entry + '.js')))
console.log(names.join())`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', load], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout.trim().split(',')).toEqual(
      expect.arrayContaining(['AuthProvider', 'Protected', 'Can', 'useUser', 'useRequiredUser', 'authRoutes']),
    )
  },
)
