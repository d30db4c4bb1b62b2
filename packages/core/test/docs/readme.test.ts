import { expect, test } from 'vitest'
import { readFile, tableUnder } from './documents.ts'

test('the sizes in the README are the budgets that the build measures [W4]', () => {
  const [, table = ''] = /Sizes, minified.*\n\n([\s\S]*?\n)\n/.exec(readFile('README.md')) ?? []
  const said = tableUnder(`## Sizes\n${table}`, 'Sizes').map(({ bytes }) => Number(bytes))
  const entries = Array.from(readFile('tools/size.ts').matchAll(/^ {4}budget: ([\d_]+),$/gm), ([, budget]) =>
    Number(budget?.replace('_', '')),
  )
  const [xstate = 0, withXstate = 0, ...others] = entries
  expect(said).toEqual([others[0], withXstate, ...others.slice(1)])
  expect(readFile('README.md')).toContain(`xstate itself is ${xstate}`)
})

test('what is said to survive is what the torture has seen, and it says how much of it that is', () => {
  const readme = readFile('README.md')
  const said = tableUnder(readme, 'What it survives')
  const seen = tableUnder(readFile('docs/torture.md'), 'What was seen')
  for (const row of said) expect(seen).toContainEqual(row)
  const [, shown, all] = /These are (\d+) of its (\d+) stories/.exec(readme) ?? []
  // one row is the sum
  expect([Number(shown), Number(all)]).toEqual([said.length - 1, seen.length - 1])
})
