/** Each number on a page of docs/ is compared with the code, or can be measured again, or is that of another product. */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { authErrorFrom } from '@authchart/core'
import { expect, test } from 'vitest'
import { readFile, tableUnder } from './documents.ts'
import { numberIn, numbersOf, proseOf } from './numbers/claim.ts'
import { held } from './numbers/held.ts'
import { foreign, measured } from './numbers/measured.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
/** Tested whole: by what-happens.test.ts, and by packages/conformance/setup. */
const others = ['what-happens', 'setup']
const pages = globSync('docs/*.md', { cwd: root })
  .map((path) => basename(path, '.md'))
  .filter((page) => !others.includes(page))
  .sort()
const textOf = (page: string): string => readFile(`docs/${page}.md`)
const saidIn = (page: string, says: RegExp): readonly string[] => says.exec(textOf(page))?.slice(1) ?? ['is not there']

test.each(held.map((claim) => [`docs/${claim.page}.md: ${claim.says.source}`, claim] as const))(
  '%s',
  async (_, { page, says, are }) => {
    expect(saidIn(page, says).map(numberIn)).toEqual(await are())
  },
)

test.each(measured.map((claim) => [`docs/${claim.page}.md: ${claim.says.source}`, claim] as const))(
  '%s is measured by a command that stands beside it',
  (_, { page, says, by, are }) => {
    const said = saidIn(page, says).map(numberIn)
    expect(said).toEqual(are?.() ?? said)
    const sections = textOf(page).split(/^## /m)
    expect(sections.find((section) => says.test(section))).toContain(by)
  },
)

test('docs/refresh.md has the scenarios that are proven, in their order', () => {
  const rows = tableUnder(textOf('refresh').replace('The bounds. ', '## The bounds\n'), 'The bounds')
  const names = readFile('packages/conformance/prove/scenarios.ts').matchAll(/^ {4}name: '(.*)',$/gm)
  expect(rows.map(({ scenario }) => scenario)).toEqual(Array.from(names, ([, name]) => name))
})

test('docs/backends.md says what an answer with each status becomes', () => {
  const examples: Readonly<Record<string, number>> = { 'any other 4xx': 418, '5xx': 502, 'anything else': 304 }
  const rows = tableUnder(textOf('backends'), 'Step by step')
  expect(rows).toHaveLength(8)
  for (const { status = '', code } of rows) {
    const answer = new Response(null, { status: examples[status] ?? Number(status) })
    expect(code, status).toBe(`\`${authErrorFrom(answer).code}\``)
  }
})

test.each(pages)('docs/%s.md has no number that is not accounted for', (page) => {
  const text = textOf(page)
  const spans = [...held, ...measured, ...foreign]
    .filter((claim) => claim.page === page)
    .map(({ says }) => says.exec(text))
    .map((match) => [match?.index ?? 0, (match?.index ?? 0) + (match?.[0].length ?? 0)] as const)
  const left = numbersOf(proseOf(page)).filter(({ at }) => !spans.some(([from, to]) => at >= from && at < to))
  expect(left.map(({ at, text: number }) => `${number}: ${text.slice(at - 40, at + 40)}`)).toEqual([])
})
