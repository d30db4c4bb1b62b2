import { expect, test } from 'vitest'
import { codeIn, readFile } from './documents.ts'

const tests = [
  'packages/react/test/recipes/menu.tsx',
  'packages/react/test/recipes/menu.browser.test.tsx',
  'packages/vue/test/docs/Menu.vue',
  'packages/vue/test/docs/menu.browser.test.ts',
  'packages/react/test/recipes/door.tsx',
  'packages/react/test/recipes/door.browser.test.tsx',
  'packages/core/test/docs/waiting.test.ts',
]
const machines = ['report.ts', 'commands-only.test.ts', 'report-paths.ts', 'report.test.ts']
const recipes = ['on-user-change', 'forget-queries', 'notes-store', 'http-clients', 'graphql', 'socket', 'entering']

/** A file as a guide shows it: its name first. */
function shown(path: string): string {
  const name = path.split('/').at(-1)
  return path.endsWith('.vue') ? `<!-- ${name} -->\n${readFile(path)}` : `// ${name}\n${readFile(path)}`
}

test('each block of code in docs/testing.md is a file that is run [W4, W6]', () => {
  expect(codeIn(readFile('docs/testing.md'))).toEqual(tests.map(shown))
})

test('each block of code in docs/testing-machines.md is a file that is run [W4, W6]', () => {
  const page = readFile('docs/testing-machines.md')
  const folder = 'packages/core/test/docs/machines'
  expect(codeIn(page)).toEqual(machines.map((name) => shown(`${folder}/${name}`)))
  expect(page).toContain(readFile(`${folder}/report.txt`))
})

test('each block of code in docs/recipes.md is a file that is run, or is compiled [W4]', () => {
  const files = recipes.map((name) => shown(`packages/conformance/test/recipes/${name}.ts`))
  const compiled = [/^\/\/ inspect\.ts/, /^\/\/ phone\.ts/].map((first) => expect.stringMatching(first))
  expect(codeIn(readFile('docs/recipes.md'))).toEqual([...files, ...compiled])
})
