import { existsSync, readFileSync } from 'node:fs'
import { createTwoFilesPatch } from 'diff'
import { Problem } from '../problem.ts'

const begin = '<!-- authchart rbac: the lines below are written by the command -->'
const end = '<!-- end of authchart rbac -->'

/** The file with the table in it: between two marks, so that prose may stand around it. */
export interface TableFile {
  /** What is there now. Empty if there is no file. */
  readonly before: string
  readonly after: string
}

/** @throws Problem if the file has no place for a table: nothing that the user wrote is replaced */
export function tableFile(file: string, table: string): TableFile {
  const block = `${begin}\n\n${table}\n\n${end}`
  if (!existsSync(file)) return { before: '', after: `# Who may enter what\n\n${block}\n` }
  const before = textOf(file)
  const from = before.indexOf(begin)
  const to = before.indexOf(end, from)
  if (from === -1 || to === -1)
    throw new Problem(`${file} has no place for the table. Put these two lines where it should be:\n\n${begin}\n${end}`)
  const eol = before.includes('\r\n') ? '\r\n' : '\n'
  return { before, after: before.slice(0, from) + block.replaceAll('\n', eol) + before.slice(to + end.length) }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Problem(`${file} cannot be read. ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** What would change, as a diff. Empty if nothing would: the columns of a table may be padded by a formatter. */
export const changesOf = (file: string, { before, after }: TableFile): string =>
  withoutPadding(before) === withoutPadding(after)
    ? ''
    : createTwoFilesPatch(file, file, before, after, 'in the repository', 'by the code')

const withoutPadding = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.replaceAll(/ *(?<!\\)\| */g, '|').replaceAll(/-{3,}/g, '---') : line))
    .join('\n')
