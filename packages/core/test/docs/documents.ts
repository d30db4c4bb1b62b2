/** The guides of this repository, as text, code and tables. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const readFile = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8')

/** The blocks of code in these languages. */
export function codeIn(document: string, languages = 'tsx?|vue'): string[] {
  const blocks = document.matchAll(new RegExp(`\`\`\`(?:${languages})\n([\\s\\S]*?)\`\`\``, 'g'))
  return Array.from(blocks, ([, code]) => code ?? '')
}

/** The rows of the first table below a heading, each by the names of its columns. */
export function tableUnder(document: string, heading: string): Record<string, string>[] {
  const section = document.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  const lines = /(?:^\|.*\n)+/m.exec(section)?.[0].trim().split('\n') ?? []
  const [names = [], , ...rows] = lines.map((line) =>
    line.replaceAll('\\|', '&#124;').split('|').slice(1, -1).map(toCell),
  )
  if (rows.length === 0) throw new Error(`No table under "${heading}"`)
  return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])))
}

const toCell = (text: string): string => text.replaceAll('&#124;', '|').trim()

/** What stands in backticks, in the order of its appearance. */
export const quotedIn = (cell = ''): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, word]) => word ?? '')

/** The names of the members of an interface, as its source says them. */
export function membersOf(source: string, name: string): string[] {
  const [, body = ''] = new RegExp(`interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\n\\}`).exec(source) ?? []
  const names = body.matchAll(/^ {2}(?:readonly )?(\w+)\??(?=[:(<])/gm)
  return Array.from(names, ([, member]) => member ?? '')
}
