import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { Problem } from '../problem.ts'
import { parseModule, parseSettings, type Module } from './source.ts'
import type { Place, Spot, Unread } from './types.ts'

/** Where an import leads: to a file of the app, to a package, or nowhere. */
export type Target = { readonly file: string } | { readonly source: string } | null

/** The files of an app. They are read and parsed, and nothing of them is run. */
export interface Project {
  readonly root: string
  /** Files below the folder that are code of the app, and no tests of it. */
  readonly files: readonly string[]
  /** The modules of the app, with those of linked packages that they import. */
  readonly modules: () => readonly Module[]
  /** Undefined if the file has no code, null if it could not be parsed. */
  readonly module: (file: string) => Module | null | undefined
  readonly target: (from: string, specifier: string) => Target
  /** Files that are no code that can be read. */
  readonly broken: readonly Unread[]
  readonly has: (path: string) => boolean
}

const endings = ['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs', '.vue']
const isTest =
  /(^|\/)(test|tests|__tests__|__mocks__|e2e|cypress|playwright)\/|\.(test|spec|stories|cy)\.[^/]+$|\.d\.[cm]?ts$/
const isOurs = /^@authchart\/(core|react|vue)(\/|$)/

/** @throws Problem if there is no such folder */
export function openProject(folder: string): Project {
  const root = resolve(folder)
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new Problem(`There is no folder ${root}.`)
  const files = codeBelow(root, root)
  const known = new Map<string, Module | null>()
  const broken: Unread[] = []
  const aliases = aliasesOf(root)

  function load(file: string): Module | null | undefined {
    if (!endings.some((ending) => file.endsWith(ending))) return undefined
    const before = known.get(file)
    if (before !== undefined) return before
    let found: Module | null = null
    try {
      found = parseModule(file, readFileSync(file, 'utf8'))
    } catch (error) {
      const { message, loc } = error as { message: string; loc?: { line: number } }
      const why = message.split('\n')[0]?.replace(/ \(\d+:\d+\)$/, '')
      broken.push({ why: `the file is not read: ${why}`, place: { file: nameOf(root, file), line: loc?.line ?? 1 } })
    }
    known.set(file, found)
    return found
  }

  function target(from: string, specifier: string): Target {
    if (specifier.startsWith('.')) return asFile(resolve(dirname(from), specifier))
    if (isOurs.test(specifier)) return { source: specifier }
    for (const [prefix, folders] of aliases) {
      if (prefix.endsWith('/') ? !specifier.startsWith(prefix) : specifier !== prefix) continue
      for (const at of folders) {
        const found = asFile(prefix.endsWith('/') ? join(at, specifier.slice(prefix.length)) : at)
        if (found) return found
      }
    }
    return linked(from, specifier) ?? { source: specifier }
  }

  let all: readonly Module[] | undefined
  const modules = (): readonly Module[] => (all ??= allModules())

  function allModules(): readonly Module[] {
    const queue = [...files]
    const seen = new Set(queue)
    const found: Module[] = []
    for (const file of queue) {
      const module = load(file)
      if (!module) continue
      found.push(module)
      for (const specifier of specifiersOf(module)) {
        const to = target(file, specifier)
        if (!to || !('file' in to) || seen.has(to.file)) continue
        seen.add(to.file)
        queue.push(to.file)
      }
    }
    return found
  }

  return { root, files, modules, module: load, target, broken, has: (path) => existsSync(join(root, path)) }
}

export const nameOf = (root: string, file: string): string => relative(root, file).split(sep).join('/')

export const placeOf = (project: Project, { module, path }: Pick<Spot, 'module' | 'path'>): Place => ({
  file: nameOf(project.root, module.file),
  line: path.node.loc?.start.line ?? 1,
})

function codeBelow(root: string, folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const isForeign = /^(node_modules|dist|build|out|coverage|public)$/.test(entry.name) || entry.name.startsWith('.')
      return isForeign ? [] : codeBelow(root, path)
    }
    const name = nameOf(root, path)
    return endings.some((ending) => name.endsWith(ending)) && !isTest.test(name) ? [path] : []
  })
}

/** The file that an import without or with another ending means. */
function asFile(path: string): { readonly file: string } | null {
  const stems = [path, path.replace(/\.([cm]?)jsx?$/, '')]
  const names = stems.flatMap((stem) =>
    ['', ...endings, ...endings.map((ending) => `/index${ending}`)].map((end) => stem + end),
  )
  const file = names.find((name) => existsSync(name) && statSync(name).isFile())
  return file ? { file } : null
}

/** A package that is a folder of the same repository: its code is the app's own. */
function linked(from: string, specifier: string): { readonly file: string } | null {
  const [, name = '', entry = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? []
  for (let folder = dirname(from); name !== ''; folder = dirname(folder)) {
    const at = join(folder, 'node_modules', name)
    if (existsSync(at)) {
      const real = realpathSync(at)
      if (real.split(sep).includes('node_modules')) return null
      const manifest = parseSettings(readFileSync(join(real, 'package.json'), 'utf8')) as Manifest | undefined
      const to = entryOf(manifest, `.${entry}`)
      return to === null ? null : asFile(join(real, to))
    }
    if (dirname(folder) === folder) return null
  }
  return null
}

interface Manifest {
  readonly exports?: unknown
  readonly main?: string
}

function entryOf(manifest: Manifest | undefined, entry: string): string | null {
  const { exports, main } = manifest ?? {}
  if (exports === undefined) return entry === '.' ? (main ?? 'index') : entry
  const byEntry = typeof exports === 'object' && exports !== null && entry in exports
  const choose = (value: unknown): string | null => {
    if (typeof value === 'string') return value
    if (typeof value !== 'object' || value === null) return null
    const branches = value as Readonly<Record<string, unknown>>
    const key = ['source', 'development', 'import', 'module', 'node', 'default'].find((name) => name in branches)
    return key ? choose(branches[key]) : null
  }
  return choose(byEntry ? (exports as Readonly<Record<string, unknown>>)[entry] : entry === '.' ? exports : null)
}

/** `paths` of the TypeScript settings, and the ones that Nuxt has by itself. */
function aliasesOf(root: string): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, readonly string[]>()
  for (const name of readdirSync(root).filter((file) => /^(ts|js)config(\.\w+)?\.json$/.test(file))) {
    const settings = parseSettings(readFileSync(join(root, name), 'utf8')) as Settings | undefined
    const { baseUrl = '.', paths = {} } = settings?.compilerOptions ?? {}
    for (const [key, to] of Object.entries(paths))
      if (Array.isArray(to))
        aliases.set(
          key.replace(/\*$/, ''),
          to.map((path) => join(root, baseUrl, String(path).replace(/\*$/, ''))),
        )
  }
  if (!readdirSync(root).some((file) => file.startsWith('nuxt.config.'))) return aliases
  const source = existsSync(join(root, 'app')) ? join(root, 'app') : root
  for (const key of ['~/', '@/']) aliases.set(key, [source])
  for (const key of ['~~/', '@@/']) aliases.set(key, [root])
  return aliases
}

interface Settings {
  readonly compilerOptions?: { readonly baseUrl?: string; readonly paths?: Readonly<Record<string, unknown>> }
}

function specifiersOf({ program }: Module): string[] {
  const found: string[] = []
  program.traverse({
    ImportDeclaration: ({ node }) => void found.push(node.source.value),
    ExportAllDeclaration: ({ node }) => void found.push(node.source.value),
    ExportNamedDeclaration: ({ node }) => void (node.source && found.push(node.source.value)),
    CallExpression({
      node: {
        callee,
        arguments: [first],
      },
    }) {
      if (callee.type === 'Import' && first?.type === 'StringLiteral') found.push(first.value)
    },
  })
  return found
}
