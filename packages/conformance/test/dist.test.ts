/**
 * What is published runs as it is in the oldest runtimes that are supported: Safari and iOS 16.4, Chrome and Edge 109,
 * Firefox 115, Node 20 and Workers. Paths that no test takes count, too, so this reads the built files.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { describe, expect, test } from 'vitest'

const packages = fileURLToPath(new URL('../..', import.meta.url))

const words = (text: string): readonly string[] => text.trim().split(/\s+/)
/** What at least one of them lacks, by a name that means nothing else. */
const NEWER_MEMBERS = words(`
  canParse withResolvers fromAsync groupBy toSorted toReversed toSpliced isWellFormed toWellFormed symmetricDifference
  isSubsetOf isSupersetOf isDisjointFrom fromBase64 toBase64 fromHex toHex isError sumPrecise getSetCookie waitAsync
  transferToFixedLength requestIdleCallback startViewTransition moveBefore getOrInsert getOrInsertComputed
`)
/** As above, where the name alone says too little. */
const NEWER_STATICS = words(`
  AbortSignal.any Promise.try Response.json URL.parse RegExp.escape ReadableStream.from Iterator.from Symbol.dispose
  Symbol.asyncDispose Math.f16round
`)
const NEWER_GLOBALS = ['Iterator', 'Float16Array', 'DisposableStack', 'SuppressedError', 'Temporal']

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string'

/** Every use of what is newer. Throws a SyntaxError for syntax that is newer than ES2022, of regular expressions as well. */
function newerIn(code: string): string[] {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isNode(value)) return
    for (const child of Object.values(value)) visit(child)
    if (value.type === 'Identifier' && NEWER_GLOBALS.includes(String(value['name']))) found.push(String(value['name']))
    if (value.type !== 'MemberExpression' || !isNode(value['property'])) return
    const name = String(value['property']['name'] ?? value['property']['value'])
    const owner = isNode(value['object']) ? String(value['object']['name']) : ''
    if (NEWER_MEMBERS.includes(name)) found.push(name)
    if (NEWER_STATICS.includes(`${owner}.${name}`)) found.push(`${owner}.${name}`)
  }
  visit(parse(code, { ecmaVersion: 2022, sourceType: 'module' }))
  return found
}

describe.each(['core', 'react', 'vue'])('the files of %s as they are published', (name) => {
  const dist = `${packages}/${name}/dist`
  if (!existsSync(dist)) throw new Error(`${name} is not built. Run pnpm build first.`)
  const files = globSync('**/*.js', { cwd: dist })

  test('published files have no syntax newer than ES2022, and use nothing that an older runtime lacks [G1, V5]', () => {
    expect(files.length).toBeGreaterThan(3)
    const uses = files.flatMap((file) =>
      newerIn(readFileSync(`${dist}/${file}`, 'utf8')).map((use) => `${file}: ${use}`),
    )
    expect(uses).toEqual([])
  })
})

test.each([
  ['const ok = URL.canParse(url)', 'canParse'],
  ["const ok = URL['canParse']?.(url)", 'canParse'],
  ['const { signal } = AbortSignal.any(list)', 'AbortSignal.any'],
  ['const sorted = list.toSorted()', 'toSorted'],
])('a use is found: %s', (code, use) => {
  expect(newerIn(code)).toEqual([use])
})

test.each([
  'const found = /[\\p{L}--[a-z]]/v',
  'import data from "./data.json" with { type: "json" }',
  'using file = open()',
])('newer syntax is refused: %s', (code) => {
  expect(() => newerIn(code)).toThrow(SyntaxError)
})
