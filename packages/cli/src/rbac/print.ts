import type { Answer, Report, Row } from './report.ts'
import type { Ask, Guard, Place } from './types.ts'

const notes = [
  'Guards shape the screen; the server decides. This says what the app shows, and nothing of what the server sends.',
  'no guard: none of Authchart stands before the whole page. depends: a guard with rules of its own decides.',
] as const

const told: Readonly<Record<Answer, string>> = { yes: 'yes', no: 'no', depends: 'depends', unread: 'cannot be read' }
const columnNames = ({ columns }: Pick<Report, 'columns'>): string[] =>
  columns.map((column) => column ?? (column === null ? 'signed out' : columns.length > 2 ? 'other users' : 'users'))
export const inWords = ({ file, line }: Place): string => `${file}:${line}`

function asksOf({ route, isPublic }: Row): string {
  const { asks, isEntrance, unread } = route
  if (unread) return `cannot be read here: ${unread.why} (${inWords(unread.place)})`
  const own = isEntrance ? ['sign-in page'] : isEntrance === null && asks.length > 0 ? ['perhaps a sign-in page'] : []
  const parts = [...own, ...new Set(asks.map(askOf))]
  // a guard asks for a user by itself
  const shown = parts.length > 1 ? parts.filter((part) => part !== 'a user' || isEntrance !== false) : parts
  return shown.length > 0 ? shown.join(', ') : isPublic ? 'no guard, public' : 'no guard'
}

function askOf(ask: Ask): string {
  if (ask.kind === 'user') return 'a user'
  if (ask.kind === 'guard') return ask.name
  if (ask.kind === 'closed') return `closed to all: ${ask.why}`
  return `cannot be read here: ${ask.why} (${inWords(ask.place)})`
}

function opensTo({ reading, place }: Guard): string {
  if (reading.kind === 'roles') return reading.roles.length > 0 ? reading.roles.join(', ') : 'no user: it names no role'
  if (reading.kind === 'recent') return `users who signed in within ${reading.within}`
  return reading.kind === 'own'
    ? 'users by a rule of its own'
    : `cannot be read here: ${reading.why} (${inWords(place)})`
}

type Cells = readonly (readonly string[])[]

function routeCells(report: Report, where: (place: Place) => string): Cells {
  return [
    ['route', 'asks for', ...columnNames(report), 'file'],
    ...report.rows.map((row) => [
      row.route.path ?? 'cannot be read',
      asksOf(row),
      ...row.answers.map((answer) => told[answer]),
      where(row.route.place),
    ]),
  ]
}

const guardCells = ({ guards }: Report, where: (place: Place) => string): Cells => [
  ['guard', 'opens to', 'used in', 'file'],
  ...guards.map((guard) => [
    guard.name,
    opensTo(guard),
    [...new Set(guard.uses.map(where))].join(', ') || 'nowhere',
    where(guard.place),
  ]),
]

/** For the terminal. */
export function asTable(report: Report): string {
  const parts = [routeCells(report, inWords), guardCells(report, inWords)].filter(({ length }) => length > 1)
  return [...parts.map(aligned), ...remarks(report), ...notes].join('\n\n')
}

function aligned(cells: Cells): string {
  const widths = (cells[0] ?? []).map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()
  const [head = [], ...rows] = cells
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** What is to be looked at, for people and for the log of a CI. */
export function remarks({ warnings, unread }: Report): string[] {
  const list = (head: string, lines: readonly string[]): string[] =>
    lines.length > 0 ? [[head, ...lines].join('\n')] : []
  return [
    ...list(
      'Cannot be read here:',
      unread.map(({ why, place }) => `  ${inWords(place)}  ${why}`),
    ),
    ...list(
      'Warnings:',
      warnings.map(({ text, place }) => `  ${inWords(place)}  ${text}`),
    ),
  ]
}

/** For the repository. It names no lines but of what cannot be read, so that it changes when the rights do. */
export function asMarkdown(report: Report): string {
  const where = ({ file }: Place): string => file
  const parts = [routeCells(report, where), guardCells(report, where)].filter(({ length }) => length > 1)
  const lost = report.unread.map(({ why, place }) => `- ${escape(inWords(place))}: ${escape(why)}`)
  return [
    ...parts.map(markdownTable),
    ...(lost.length > 0 ? [`Cannot be read here:\n\n${lost.join('\n')}`] : []),
    ...notes,
  ].join('\n\n')
}

const escape = (text: string): string => text.replaceAll(/[\\|<>*_`[\]]/g, '\\$&').replaceAll(/\s+/g, ' ')

function markdownTable(cells: Cells): string {
  const [head = [], ...rows] = cells.map((row) => row.map(escape))
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** For other tools. */
export function asJson({ columns, rows, guards, roles, warnings, unread }: Report): string {
  const names = columnNames({ columns })
  const data = {
    note: notes[0],
    roles: roles && { names: roles.roles, ...roles.place },
    routes: rows.map(({ route: { path, place, asks, isEntrance, unread: lost }, isPublic, answers }) => ({
      path,
      ...place,
      isEntrance,
      isPublic,
      unread: lost && { why: lost.why, ...lost.place },
      asks: asks.map(({ place: at, ...ask }) => ({ ...ask, ...at })),
      answers: Object.fromEntries(names.map((name, index) => [name, answers[index]])),
    })),
    guards: guards.map(({ name, place, reading, uses }) => ({ name, ...place, ...reading, uses })),
    warnings: warnings.map(({ text, place }) => ({ text, ...place })),
    unread: unread.map(({ why, place }) => ({ why, ...place })),
  }
  return JSON.stringify(data, null, 2)
}
