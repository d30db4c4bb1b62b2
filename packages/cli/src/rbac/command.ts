import { confirm, isCancel } from '@clack/prompts'
import { Problem } from '../problem.ts'
import { writeText } from '../write.ts'
import { additionOf } from './add.ts'
import { changesOf, tableFile } from './file.ts'
import { asJson, asMarkdown, asTable, remarks } from './print.ts'
import { reportOf, type Report } from './report.ts'

export interface RbacOptions {
  readonly format?: 'table' | 'markdown' | 'json'
  /** Paths that are open to all on purpose. */
  readonly public?: readonly string[]
  readonly check?: string
  readonly out?: string
  readonly add?: string
  readonly yes?: boolean
}

/** Where the command writes to, and whom it asks. */
export interface Terminal {
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
  readonly ask: (question: string) => Promise<boolean>
}

/* oxlint-disable no-console -- the output of a command */
const terminal: Terminal = {
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
  async ask(message) {
    if (!process.stdin.isTTY)
      throw new Problem('There is no terminal to ask in. Look at the change above, and add --yes.')
    const answer = await confirm({ message })
    return !isCancel(answer) && answer
  },
}
/* oxlint-enable no-console */

/** `authchart rbac`: who may enter what. Returns the exit code. @throws Problem that says what the user can mend */
export async function rbac(folder: string, options: RbacOptions, io: Terminal = terminal): Promise<number> {
  if (options.add !== undefined) return add(folder, options.add, options.yes === true, io)
  const report = reportOf(folder, { publicPaths: options.public ?? [] })
  if (report.rows.length === 0 && report.guards.length === 0)
    throw new Problem([`No guards and no routes are found in ${folder}.`, ...remarks(report)].join('\n\n'))
  if (options.check !== undefined) return check(options.check, report, io)
  if (options.out !== undefined) return write(options.out, report, io)
  io.print(printed(report, options.format ?? 'table'))
  if (options.format === 'markdown' || options.format === 'json') for (const part of remarks(report)) io.complain(part)
  return 0
}

function printed(report: Report, format: 'table' | 'markdown' | 'json'): string {
  if (format === 'json') return asJson(report)
  return format === 'markdown' ? asMarkdown(report) : asTable(report)
}

function check(file: string, report: Report, io: Terminal): number {
  const changes = changesOf(file, tableFile(file, asMarkdown(report)))
  for (const part of remarks(report)) io.complain(part)
  if (changes === '') {
    io.print(`${file} says what the code says.`)
    return 0
  }
  io.complain(changes)
  io.complain(`${file} is stale: who may enter what has changed. Look at the change, and write it with --out ${file}.`)
  return 1
}

function write(file: string, report: Report, io: Terminal): number {
  const table = tableFile(file, asMarkdown(report))
  const changes = changesOf(file, table)
  if (changes === '') io.print(`${file} says what the code says already.`)
  else {
    io.print(changes)
    writeText(file, table.after)
    io.print(`${file} is written.`)
  }
  for (const part of remarks(report)) io.complain(part)
  return 0
}

async function add(folder: string, role: string, isSure: boolean, io: Terminal): Promise<number> {
  const addition = additionOf(folder, role)
  io.print(addition.diff)
  if (addition.remark) io.complain(addition.remark)
  if (!isSure && !(await io.ask(`Write this into ${addition.file}?`))) {
    io.print('Nothing is changed.')
    return 1
  }
  addition.write()
  io.print(
    `${addition.file} has the guard "${addition.guard}". It shapes the screen: the server has to ask for the same role.`,
  )
  return 0
}
