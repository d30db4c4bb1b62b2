// Which rows of the fault catalogue and of the field cases have a test. A test names its rows at the end of its name:
// 'is sent once [18, C1a]'. A part of a case counts for the case: K1a is a test of K1.
import { globSync, readFileSync } from 'node:fs'
import { parseSync } from 'vite'

interface Row {
  readonly id: string
  readonly section: string
  readonly title: string
  /** Why it cannot apply, or why a test could show nothing. */
  readonly why?: string
  /** What is not as it should be yet. */
  readonly open?: string
}

interface Named {
  readonly file: string
  readonly ids: readonly string[]
}

/** A node of the syntax tree, as far as it matters here. */
interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

const FAULTS = 'packages/conformance/faults.json'
const CASES = 'packages/conformance/field-cases.json'
const SOURCES = ['{packages,examples}/**/*.test.{ts,tsx}', 'packages/conformance/{campaign,firefox}/**/*.ts']
/** The first and the last row of each section of the faults. */
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

type Fault = Omit<Row, 'id'> & { readonly row: number }
const faults = (JSON.parse(readFileSync(FAULTS, 'utf8')) as readonly Fault[]).map(({ row, ...rest }): Row => ({
  ...rest,
  id: String(row),
}))
const cases = JSON.parse(readFileSync(CASES, 'utf8')) as readonly Row[]
const rows = [...faults, ...cases]
const known = new Set(rows.map(({ id }) => id))

const isInstalled = (path: string): boolean => /(^|[/\\])(node_modules|dist)([/\\]|$)/.test(path)
const files = SOURCES.flatMap((pattern) => globSync(pattern, { exclude: isInstalled })).sort()
const named = files.flatMap((file) => namesIn(file))
const problems: string[] = []

for (const [section, [first, last]] of Object.entries(SECTIONS)) {
  for (let row = first; row <= last; row += 1) {
    const found = faults.filter(({ id, section: own }) => id === String(row) && own === section)
    if (found.length !== 1) problems.push(`${FAULTS}: row ${row} of section ${section} is there ${found.length} times`)
  }
}
if (known.size !== rows.length) problems.push('A row is there twice')

/** The row that an id in a name stands for: itself, or the case that it is a part of. */
const rowOf = (id: string): string | undefined => [id, id.replace(/[a-z]$/, '')].find((name) => known.has(name))
for (const { file, ids } of named) {
  for (const id of ids) if (rowOf(id) === undefined) problems.push(`${file}: there is no row ${id}`)
}

const tested = new Set(named.flatMap(({ ids }) => ids.map(rowOf)))
const isTested = ({ id }: Row): boolean => tested.has(id)
const isWithout = (row: Row): boolean => !isTested(row) && row.why === undefined && row.open === undefined

const HEAD = ['section', 'rows', 'test', 'sentence', 'open', 'without']
const count = (list: readonly Row[], is: (row: Row) => boolean): string => String(list.filter(is).length)
const line = (name: string, list: readonly Row[]): string[] => [
  name,
  String(list.length),
  count(list, isTested),
  count(list, ({ why }) => why !== undefined),
  count(list, ({ open }) => open !== undefined),
  count(list, isWithout),
]
function printTable(heading: string, list: readonly Row[]): void {
  console.log(heading)
  const sections = [...new Set(list.map(({ section }) => section))]
  const lines = sections.map((name) =>
    line(
      name,
      list.filter(({ section }) => section === name),
    ),
  )
  for (const cells of [HEAD, ...lines, line('all', list)]) console.log(cells.map((cell) => cell.padStart(9)).join(''))
}
printTable('Faults', faults)
printTable('Field cases', cases)
console.log(`${named.length} names in ${new Set(named.map(({ file }) => file)).size} files`)

for (const row of rows) {
  const { id, title, why, open } = row
  if (isWithout(row)) problems.push(`row ${id} has neither a test nor a sentence: ${title}`)
  if (open !== undefined) problems.push(`row ${id} is open: ${title}. ${open}`)
  if (why === undefined) continue
  if (why.trim() === '') problems.push(`row ${id} has an empty sentence`)
  if (open !== undefined) problems.push(`row ${id} is open, and has a sentence why it cannot apply`)
  const first = named.find(({ ids }) => ids.map(rowOf).includes(id))
  if (first) problems.push(`row ${id} has a sentence why it cannot apply, and a test in ${first.file}: ${title}`)
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
    const list = /\[([A-Z]?\d+[a-z]?(?:, [A-Z]?\d+[a-z]?)*)\]$/.exec(textOf(first))?.[1]
    // a name alone runs nothing
    if (list !== undefined && rest.some(isFunction)) found.push({ file, ids: list.split(', ') })
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
