// Which rows of the fault catalogue have a test. A test names its rows at the end of its name: 'is sent once [18, 21]'.
import { globSync, readFileSync } from 'node:fs'
import { parseSync } from 'vite'

interface Row {
  readonly row: number
  readonly section: string
  readonly title: string
  /** Why it cannot apply. */
  readonly why?: string
  /** What is not as it should be yet. */
  readonly open?: string
}

interface Named {
  readonly file: string
  readonly rows: readonly number[]
}

/** A node of the syntax tree, as far as it matters here. */
interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

const CATALOGUE = 'packages/conformance/faults.json'
const SOURCES = ['{packages,examples}/**/*.test.{ts,tsx}', 'packages/conformance/campaign/**/*.ts']
/** The first and the last row of each section. */
const SECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  A: [1, 32],
  B: [33, 54],
  C: [55, 74],
  D: [75, 85],
  E: [86, 101],
  F: [102, 122],
  J: [155, 164],
}
const CALLS: readonly unknown[] = ['test', 'it', 'describe', 'campaign']
/** What does not run proves nothing; what must fail proves the contrary. */
const NOT_RUN: readonly unknown[] = ['skip', 'todo', 'fails', 'skipIf', 'runIf']

const catalogue = JSON.parse(readFileSync(CATALOGUE, 'utf8')) as readonly Row[]
const isInstalled = (path: string): boolean => /(^|[/\\])(node_modules|dist)([/\\]|$)/.test(path)
const files = SOURCES.flatMap((pattern) => globSync(pattern, { exclude: isInstalled })).sort()
const named = files.flatMap((file) => namesIn(file))
const problems: string[] = []

for (const [section, [first, last]] of Object.entries(SECTIONS)) {
  for (let row = first; row <= last; row += 1) {
    const found = catalogue.filter((known) => known.row === row && known.section === section)
    if (found.length !== 1)
      problems.push(`${CATALOGUE}: row ${row} of section ${section} is there ${found.length} times`)
  }
}
for (const { file, rows } of named) {
  for (const row of rows) {
    if (!catalogue.some((known) => known.row === row)) problems.push(`${file}: there is no row ${row}`)
  }
}

const tested = new Set(named.flatMap(({ rows }) => rows))
const without = catalogue.filter(({ row, why, open }) => !tested.has(row) && why === undefined && open === undefined)
const open = catalogue.filter((row) => row.open !== undefined)

const line = (name: string, rows: readonly Row[]): string =>
  [
    name.padEnd(9),
    rows.length,
    rows.filter(({ row }) => tested.has(row)).length,
    rows.filter(({ why }) => why !== undefined).length,
    rows.filter((row) => row.open !== undefined).length,
    rows.filter((row) => without.includes(row)).length,
  ]
    .map((cell) => `${cell}`.padStart(9))
    .join('')
console.log(['section', 'rows', 'test', 'sentence', 'open', 'without'].map((cell) => cell.padStart(9)).join(''))
for (const section of Object.keys(SECTIONS)) {
  console.log(
    line(
      section,
      catalogue.filter((row) => row.section === section),
    ),
  )
}
console.log(line('all', catalogue))
console.log(`${named.length} names in ${new Set(named.map(({ file }) => file)).size} files`)

for (const { row, title } of without) problems.push(`row ${row} has neither a test nor a sentence: ${title}`)
for (const { row, why, title } of catalogue) {
  if (why === undefined) continue
  const [first] = named.filter(({ rows }) => rows.includes(row))
  if (first) problems.push(`row ${row} has a sentence why it cannot apply, and a test in ${first.file}: ${title}`)
  if (why.trim() === '') problems.push(`row ${row} has an empty sentence`)
}
for (const row of open) {
  problems.push(`row ${row.row} is open: ${row.title}. ${row.open}`)
  if (row.why !== undefined) problems.push(`row ${row.row} is open, and has a sentence why it cannot apply`)
}
for (const problem of problems) console.log(problem)
if (problems.length > 0) process.exitCode = 1

/** The rows that the names of tests in a file end with. Comments, other strings and tests that are skipped do not count. */
function namesIn(file: string): Named[] {
  const { program, errors } = parseSync(file, readFileSync(file, 'utf8'))
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]?.message}`)
  const found: Named[] = []
  walk(program, (node) => {
    if (node.type !== 'CallExpression') return true
    const words = wordsOf(node['callee'])
    if (!CALLS.includes(words[0])) return true
    if (words.some((word) => NOT_RUN.includes(word))) return false
    const [first, ...rest] = node['arguments'] as readonly unknown[]
    const list = /\[(\d+(?:, \d+)*)\]$/.exec(textOf(first))?.[1]
    // a name alone runs nothing
    if (list !== undefined && rest.some(isFunction)) found.push({ file, rows: list.split(', ').map(Number) })
    return true
  })
  return found
}

/** Visits a node and what is in it, unless `visit` says that it is enough. */
function walk(value: unknown, visit: (node: Node) => boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
    return
  }
  if (!isNode(value) || !visit(value)) return
  for (const child of Object.values(value)) walk(child, visit)
}

/** `test`, or `test` and `each` of `test.each(…)`. */
function wordsOf(callee: unknown): readonly unknown[] {
  if (!isNode(callee)) return []
  if (callee.type === 'Identifier') return [callee['name']]
  if (callee.type === 'MemberExpression') return [...wordsOf(callee['object']), ...wordsOf(callee['property'])]
  if (callee.type === 'CallExpression') return wordsOf(callee['callee'])
  if (callee.type === 'TaggedTemplateExpression') return wordsOf(callee['tag'])
  return []
}

/** The text of a string, or the end of a template. */
function textOf(value: unknown): string {
  if (!isNode(value)) return ''
  if (value.type === 'Literal') return typeof value['value'] === 'string' ? value['value'] : ''
  if (value.type !== 'TemplateLiteral') return ''
  const last = (value['quasis'] as readonly { readonly value: { readonly cooked: string } }[]).at(-1)
  return last?.value.cooked ?? ''
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string'
}

function isFunction(value: unknown): boolean {
  return isNode(value) && /^(ArrowFunction|Function)Expression$/.test(value.type)
}
