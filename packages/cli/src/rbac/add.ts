import { readFileSync, writeFileSync } from 'node:fs'
import type { NodePath } from '@babel/traverse'
import type { ObjectExpression } from '@babel/types'
import { createTwoFilesPatch } from 'diff'
import MagicString from 'magic-string'
import { Problem } from '../problem.ts'
import { readGuards, type Auth } from './guards.ts'
import { nameOf, openProject } from './project.ts'
import { Resolver } from './resolve.ts'
import { readRoles } from './roles.ts'
import { parseModule, type Module } from './source.ts'
import type { Spot } from './types.ts'

/** A guard that is to be written into a file of the app. */
export interface Addition {
  readonly guard: string
  readonly file: string
  readonly diff: string
  /** What the user should know before. */
  readonly remark: string | null
  readonly write: () => void
}

/** `super-admin` is asked by `isSuperAdmin`. */
const guardName = (role: string): string =>
  `is${role.replaceAll(/(^|[-_ ])(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())}`

/**
 * What it takes to give the app a guard for a role: one line in the object of its guards, and the import of `hasRole`.
 *
 * @throws Problem in words for the user, if there is no one place for it, or a guard of that name
 */
export function additionOf(folder: string, role: string): Addition {
  if (!/^[A-Za-z][\w-]*$/.test(role))
    throw new Problem(`"${role}" is no role that a guard could be named by. Use letters, digits, - and _.`)
  const project = openProject(folder)
  const resolver = new Resolver(project)
  const { guards, unread, auths } = readGuards(resolver)
  const guard = guardName(role)
  const same = guards.find(({ name }) => name === guard)
  if (same)
    throw new Problem(
      `There is a guard "${guard}" already, at ${same.place.file}:${same.place.line}. Nothing is changed.`,
    )
  const [lost] = unread
  if (lost)
    throw new Problem(
      `Whether there is a guard "${guard}" cannot be read, because of ${lost.place.file}:${lost.place.line} (${lost.why}). Nothing is changed.`,
    )
  const { spot, object, isList } = placeFor(auths)
  const { file } = spot.module
  if (project.target(file, './') === null && !project.files.includes(file))
    throw new Problem(`${file} is not a file of this app. Nothing is changed.`)
  const before = readFileSync(file, 'utf8')
  const after = inserted(resolver, spot.module, object, { guard, role, isList })
  parseModule(file, after) // what would not be read again is not written
  const name = nameOf(project.root, file)
  const roles = readRoles(project)
  const remark =
    roles && !roles.roles.includes(role)
      ? `The type of the user at ${roles.place.file}:${roles.place.line} has no role "${role}": add it there, or the guard does not compile.`
      : null
  return {
    guard,
    file: name,
    diff: createTwoFilesPatch(name, name, before, after, 'now', 'with the guard'),
    remark,
    write() {
      if (readFileSync(file, 'utf8') !== before) throw new Problem(`${name} has changed meanwhile. Nothing is written.`)
      writeFileSync(file, after)
    },
  }
}

interface PlaceFor {
  readonly spot: Spot
  readonly object: NodePath<ObjectExpression>
  /** Whether the object is that of the guards, or that of the options, which has none yet. */
  readonly isList: boolean
}

/** The one object that lists the guards. */
function placeFor(auths: readonly Auth[]): PlaceFor {
  const places = new Map<unknown, PlaceFor>()
  for (const { options, guards } of auths) {
    const isList = guards.kind !== 'missing'
    const found = isList ? guards : options
    if (found.kind === 'node' && found.spot.path.isObjectExpression())
      places.set(found.spot.path.node, { spot: found.spot, object: found.spot.path, isList })
  }
  const lists = [...places.values()].filter(({ isList }) => isList)
  const [place, second] = lists.length > 0 ? lists : [...places.values()]
  if (!place)
    throw new Problem('No call of createAuth with an object of guards is found in the app. Nothing is changed.')
  if (!second) return place
  const lines = [place, second].map(({ spot }) => `${spot.module.file}:${spot.path.node.loc?.start.line}`)
  throw new Problem(`The app has more than one place for guards (${lines.join(', ')}). Nothing is changed.`)
}

interface Wanted {
  readonly guard: string
  readonly role: string
  readonly isList: boolean
}

function inserted(resolver: Resolver, module: Module, object: NodePath<ObjectExpression>, wanted: Wanted): string {
  const text = new MagicString(module.code)
  const quote = /from "/.test(module.code) ? '"' : "'"
  const hasRole = nameOfHasRole(resolver, module, text, quote)
  const entry = `${wanted.guard}: ${hasRole}(${quote}${wanted.role}${quote})`
  insertInto(text, module.code, object, wanted.isList ? entry : `guards: { ${entry} }`)
  return text.toString()
}

/** Behind the last property, in the way in which the others are written. */
function insertInto(text: MagicString, code: string, { node }: NodePath<ObjectExpression>, entry: string): void {
  const [start, end] = [node.start ?? 0, node.end ?? 0]
  const last = node.properties.at(-1)
  if (!last) {
    text.overwrite(start, end, `{ ${entry} }`)
    return
  }
  const lastEnd = last.end ?? 0
  const comma = commaAfter(code, lastEnd, end)
  const lineStart = code.lastIndexOf('\n', last.start ?? 0) + 1
  const isLines = code.slice(start, last.start ?? 0).includes('\n')
  if (!isLines) {
    text.appendLeft(lastEnd, `, ${entry}`)
    return
  }
  const [indent = ''] = /^[ \t]*/.exec(code.slice(lineStart)) ?? []
  const eol = code.includes('\r\n') ? '\r\n' : '\n'
  // a remark behind the last one stays on its line
  const from = comma ?? lastEnd
  const [rest = ''] = /^[ \t]*(\/\/[^\r\n]*|\/\*[^\r\n]*\*\/)?/.exec(code.slice(from)) ?? []
  if (comma === null) text.appendLeft(lastEnd, ',')
  text.appendLeft(from + (rest.trim() === '' ? 0 : rest.length), `${eol}${indent}${entry}${comma === null ? '' : ','}`)
}

/** The end of the comma behind the last property; null if there is none. */
function commaAfter(code: string, from: number, end: number): number | null {
  const [found] = /^(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*,/.exec(code.slice(from, end)) ?? []
  return found === undefined ? null : from + found.length
}

/** The name of `hasRole` in the file, imported if it was not. */
function nameOfHasRole(resolver: Resolver, module: Module, text: MagicString, quote: string): string {
  const imports = module.program.get('body').filter((each) => each.isImportDeclaration())
  const ours = imports.filter(({ node }) => node.source.value === '@authchart/core' && node.importKind !== 'type')
  for (const { node } of ours)
    for (const specifier of node.specifiers) {
      if (specifier.type === 'ImportNamespaceSpecifier') return `${specifier.local.name}.hasRole`
      const isIt = specifier.type === 'ImportSpecifier' && (specifier.imported as { name?: string }).name === 'hasRole'
      if (isIt && (specifier as { importKind?: string }).importKind !== 'type') return specifier.local.name
    }
  if (module.program.scope.hasBinding('hasRole'))
    throw new Problem(
      `${nameOf(resolver.project.root, module.file)} has a "hasRole" that is not the one of @authchart/core. Nothing is changed.`,
    )
  const last = ours[0]?.node.specifiers.at(-1)
  if (last?.type === 'ImportSpecifier') {
    const isLines = module.code.slice(ours[0]?.node.start ?? 0, last.start ?? 0).includes('\n')
    const indent = isLines ? `\n${/[ \t]*$/.exec(module.code.slice(0, last.start ?? 0))?.[0] ?? ''}` : ' '
    text.appendLeft(last.end ?? 0, `,${indent}hasRole`)
    return 'hasRole'
  }
  const first = imports[0]?.node.start ?? module.program.get('body')[0]?.node.start ?? 0
  const isPlain = !module.code.includes(';\n') && module.code.includes('\n')
  text.appendLeft(first, `import { hasRole } from ${quote}@authchart/core${quote}${isPlain ? '' : ';'}\n`)
  return 'hasRole'
}
