import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readFile } from './documents.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const pages = globSync(['*.md', 'docs/*.md', 'packages/*/README.md', '.changeset/README.md', '.github/*.md'], {
  cwd: root,
}).sort()
const contract = ['packages/core/src/types.ts', 'packages/core/src/errors.ts']

/** Subjects that leave open who is meant. */
const vague = /\b(whoever|somebody|nobody|anybody|everybody|he|him|his)\b/i

/** Sentences that had to be read twice. */
const unclear =
  /need not see a token|gambled|in the very (commit|flush)|need not be caught twice|starts nothing and stops nothing|where the person is|a new key is a new try|a world that does|Takes note of/i

test.each([...pages, ...contract])('%s is in plain English [W11]', (path) => {
  const lines = readFile(path).split('\n')
  expect(lines.filter((line) => vague.test(line) || unclear.test(line))).toEqual([])
})

test('docs/refresh.md says how often a page that is reloaded loses a renewal [P3]', () => {
  expect(readFile('docs/refresh.md')).toMatch(/\d+ of \d+ sessions ended/)
})

/** As GitHub names the headings of a page. */
const anchorsOf = (page: string) =>
  Array.from(readFile(page).matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

test.each(pages)('each link of %s leads to a file, and to a heading of it [W4]', (page) => {
  const links = Array.from(readFile(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g))
  const broken = links.filter(([, file = '', anchor]) => {
    const target = file === '' ? page : join(dirname(page), file)
    if (globSync(target, { cwd: root }).length === 0) return true
    return anchor !== undefined && !anchorsOf(target).includes(anchor)
  })
  expect(broken.map(([link]) => link)).toEqual([])
})
