import { expect, test } from 'vitest'
import { codeIn, readFile } from './documents.ts'

const sources = [
  'packages/react/test/recipes/menu.tsx',
  'packages/react/test/recipes/menu.browser.test.tsx',
  'packages/vue/test/docs/Menu.vue',
  'packages/vue/test/docs/menu.browser.test.ts',
  'packages/core/test/docs/waiting.test.ts',
]

test('each block of code in docs/testing.md is a file that is run [W4, W6]', () => {
  const nameOf = (path: string) => path.split('/').at(-1)
  const named = sources.map((path) =>
    path.endsWith('.vue') ? `<!-- ${nameOf(path)} -->\n${readFile(path)}` : `// ${nameOf(path)}\n${readFile(path)}`,
  )
  expect(codeIn(readFile('docs/testing.md'))).toEqual(named)
})
