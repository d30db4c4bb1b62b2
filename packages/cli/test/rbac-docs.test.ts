import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { program } from '../src/program.ts'
import { asTable } from '../src/rbac/print.ts'
import { read } from './rbac-app.ts'

const page = readFileSync(fileURLToPath(new URL('../../../docs/roles.md', import.meta.url)), 'utf8')
const block = (name: string): string => new RegExp(`\`\`\`tsx?\\n// ${name}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''

test('the table in the guide is the one that the command prints for the code in the guide', () => {
  const table = asTable(read({ 'src/auth.ts': block('auth.ts'), 'src/router.tsx': block('router.tsx') }))
  const [, shown = ''] = /```text\n(route[\s\S]*?)\n```/.exec(page) ?? []
  expect(shown).toBe(table.split('\n\nWarnings:')[0])
})

test('the guide has each option of the command', () => {
  const rbac = program().commands.find((command) => command.name() === 'rbac')
  const names = rbac?.options.map(({ long }) => long) ?? []
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter((name) => !page.includes(`| \`${name}`))).toEqual([])
})
