import { AuthError, type AuthErrorCode } from '@authchart/core'
import { expect, test } from 'vitest'
import { verdictOf } from '../../src/custody/judge.ts'
import { quotedIn, readFile, tableUnder } from './documents.ts'

const document = readFile('docs/errors.md')
const source = readFile('packages/core/src/errors.ts')
const [, advice = ''] = /const advice = \{\n([\s\S]*?)\n\} as const/.exec(source) ?? []
const codes = Array.from(advice.matchAll(/^ {2}'?([a-z-]+)'?:/gm), ([, code]) => code as AuthErrorCode)

const words = { refused: 'refused', deferred: 'not processed', unknown: 'unknown' } as const

/** What the library makes of it, in the words of the page. */
const wordFor = (...given: ConstructorParameters<typeof AuthError>) => words[verdictOf(new AuthError(...given))]

const rows = tableUnder(document, 'All codes').map((row) => ({
  code: quotedIn(row['code'])[0] as AuthErrorCode,
  when: row['when it comes'] ?? '',
  cure: row['what to do'] ?? '',
  word: row['from `refresh`'] ?? '',
}))

test('docs/errors.md has each code once, with when it comes and what to do [W4]', () => {
  expect(codes).toHaveLength(35)
  expect(rows.map(({ code }) => code)).toEqual([...codes].sort())
  for (const { code, when, cure } of rows) expect([when, cure], code).not.toContain('')
})

test.each(rows)('docs/errors.md says what $code means for the refresh token [W4, R3a]', ({ code, word }) => {
  expect(word).toBe(wordFor(code))
})

const statuses = [400, 401, 404, 429, 500, 502, 503, 504]
const byStatus = tableUnder(document, 'The status outranks the code')
const rowOf = (code: AuthErrorCode, word: string) =>
  byStatus.find((row) => row['the code alone'] === `\`${code}\``) ??
  byStatus.find((row) => row['the code alone'] === word)

test.each(rows)('docs/errors.md says what a status makes of $code [W4, R3a, R3c, R3e]', ({ code, word }) => {
  const row = rowOf(code, word)
  const said = statuses.map((status) => [status, row?.[status]])
  expect(said).toEqual(statuses.map((status) => [status, wordFor(code, { status })]))
})

test('docs/errors.md is right that only a client that sent nothing makes a code count as not processed [W4]', () => {
  for (const code of codes) {
    expect(wordFor(code, { notProcessed: true }), code).toBe('not processed')
    expect(wordFor(code, { notProcessed: true, status: 500 }), code).toBe('unknown')
  }
})

test('docs/errors.md has each reason for which a session ends [W4, W8]', () => {
  const [, union = ''] =
    /export type EndReason =\n([\s\S]*?)\n\n/.exec(readFile('packages/core/src/machine/types.ts')) ?? []
  const reasons = Array.from(union.matchAll(/\| '([a-z-]+)'/g), ([, reason]) => reason)
  expect(tableUnder(document, 'Why a session ended').map((row) => quotedIn(row['reason'])[0])).toEqual(reasons)
})
