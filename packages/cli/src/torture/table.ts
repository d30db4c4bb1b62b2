import type { Verdict } from './torture.ts'

/** By the name of the client. */
export type Results = ReadonlyMap<string, readonly Verdict[]>

/** A column for each client, and below it what went wrong. */
export function toTable(results: Results): string {
  const [head = [], ...rows] = rowsOf(results)
  const widths = head.map((_, index) => Math.max(...[head, ...rows].map((row) => row[index]?.length ?? 0)))
  const lines = [head, ...rows].map((row) => row.map((word, index) => word.padEnd(widths[index] ?? 0)).join('  '))
  const problems = [...results].flatMap(([name, verdicts]) => {
    const failed = verdicts.filter(({ problem }) => problem !== null)
    const told = failed.map(({ story, problem }) => `  ${story}\n    ${problem ?? ''}`)
    return told.length === 0 ? [] : ['', `${name}:`, ...told]
  })
  return [...lines.map((line) => line.trimEnd()), ...problems].join('\n')
}

/** The same columns for a page. */
export function toMarkdown(results: Results): string {
  const [head = [], ...rows] = rowsOf(results)
  const widths = head.map((_, index) => Math.max(3, ...[head, ...rows].map((row) => row[index]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((word, index) => word.padEnd(widths[index] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

function rowsOf(results: Results): readonly (readonly string[])[] {
  const all = [...results.values()]
  const stories = all[0]?.map(({ story }) => story) ?? []
  const verdictsOn = (story: string): readonly string[] =>
    all.map((verdicts) => (verdicts.find((verdict) => verdict.story === story)?.problem === null ? 'yes' : 'no'))
  const scores = all.map(
    (verdicts) => `${verdicts.filter(({ problem }) => problem === null).length}/${verdicts.length}`,
  )
  return [
    ['what happens', ...results.keys()],
    ...stories.map((story) => [story, ...verdictsOn(story)]),
    ['survived', ...scores],
  ]
}
