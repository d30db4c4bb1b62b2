import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { quotedIn, readFile } from './documents.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const page = readFile('docs/architecture.md')
const quoted = [...new Set(quotedIn(page))]
const paths = quoted.filter((word) => /^(packages|examples|tools|docs|website|\.[\w-]+)(\/|\.json$)/.test(word))

test('each path that docs/architecture.md names is a file or a folder', () => {
  expect(paths.length).toBeGreaterThan(50)
  expect(paths.filter((path) => !existsSync(`${root}/${path}`))).toEqual([])
})

test('docs/architecture.md has each room of the core', () => {
  const folders = readdirSync(`${root}/packages/core/src`, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  expect(folders.map(({ name }) => `packages/core/src/${name}`).filter((room) => !quoted.includes(room))).toEqual([])
})

test('the scripts that docs/architecture.md and CONTRIBUTING.md name are in package.json', () => {
  const { scripts } = JSON.parse(readFile('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
  const named = [page, readFile('CONTRIBUTING.md')].flatMap((text) =>
    Array.from(text.matchAll(/\bpnpm(?:@12)? (?:run )?(?!exec\b)([a-z][\w:-]*)/g), ([, name = '']) => name),
  )
  expect(named.filter((name) => !(name in scripts) && !['brings', 'and'].includes(name))).toEqual([])
})
