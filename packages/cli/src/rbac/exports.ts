import type { Binding, NodePath } from '@babel/traverse'
import type { ExportDefaultDeclaration, ExportNamedDeclaration } from '@babel/types'
import type { Project } from './project.ts'
import type { Module } from './source.ts'

/** What a module gives away under a name. */
export type Exported =
  | { readonly kind: 'local'; readonly module: Module; readonly binding: Binding }
  | { readonly kind: 'value'; readonly module: Module; readonly path: NodePath }
  | { readonly kind: 'namespace'; readonly module: Module }
  | { readonly kind: 'external'; readonly source: string; readonly name: string }
  /** The file could not be parsed, or does not exist. */
  | { readonly kind: 'broken'; readonly specifier: string }

/** Follows an import, through files that only pass it on. Null if there is no such name, or the files go round in circles. */
export function exported(
  project: Project,
  from: Module,
  specifier: string,
  name: string,
  seen: ReadonlySet<string> = new Set(),
): Exported | null {
  const target = project.target(from.file, specifier)
  if (!target) return { kind: 'broken', specifier }
  if ('source' in target) return { kind: 'external', source: target.source, name }
  const module = project.module(target.file)
  if (!module) return { kind: 'broken', specifier }
  const key = `${target.file}#${name}`
  if (seen.has(key)) return null
  const visited = new Set([...seen, key])
  if (name === '*') return { kind: 'namespace', module }
  return exportOf(project, module, name, visited)
}

/** What a module exports under a name. */
export function exportOf(
  project: Project,
  module: Module,
  name: string,
  seen: ReadonlySet<string> = new Set(),
): Exported | null {
  if (name === 'default' && module.template !== undefined && module.file.endsWith('.vue'))
    return { kind: 'value', module, path: module.program }
  const stars: string[] = []
  for (const statement of module.program.get('body')) {
    if (statement.isExportDefaultDeclaration() && name === 'default')
      return fromDefault(project, module, statement, seen)
    if (statement.isExportAllDeclaration() && statement.node.exportKind !== 'type')
      stars.push(statement.node.source.value)
    if (!statement.isExportNamedDeclaration()) continue
    const found = fromNamed(project, module, statement, name, seen)
    if (found) return found
  }
  if (name === 'default') return null
  for (const star of stars) {
    const found = exported(project, module, star, name, seen)
    // a package may or may not have it: it is asked last, and named
    if (found && (found.kind !== 'external' || stars.length === 1)) return found
  }
  return null
}

function fromDefault(
  project: Project,
  module: Module,
  statement: NodePath<ExportDefaultDeclaration>,
  seen: ReadonlySet<string>,
): Exported | null {
  const value = statement.get('declaration') as NodePath
  if (value.isIdentifier()) return byName(project, module, value.node.name, seen)
  return { kind: 'value', module, path: value }
}

function fromNamed(
  project: Project,
  module: Module,
  statement: NodePath<ExportNamedDeclaration>,
  name: string,
  seen: ReadonlySet<string>,
): Exported | null {
  if (Object.keys(statement.getOuterBindingIdentifiers()).includes(name)) return byName(project, module, name, seen)
  const { source, specifiers } = statement.node
  for (const specifier of specifiers) {
    const as = specifier.exported.type === 'Identifier' ? specifier.exported.name : specifier.exported.value
    if (as !== name) continue
    const local = specifier.type === 'ExportSpecifier' ? specifier.local.name : '*'
    return source ? exported(project, module, source.value, local, seen) : byName(project, module, local, seen)
  }
  return null
}

function byName(project: Project, module: Module, name: string, seen: ReadonlySet<string>): Exported | null {
  const binding = module.program.scope.getBinding(name)
  if (!binding) return null
  return fromImport(project, module, binding, seen) ?? { kind: 'local', module, binding }
}

/** What a name stands for that is imported. Undefined if it is none. */
export function fromImport(
  project: Project,
  module: Module,
  { path }: Binding,
  seen: ReadonlySet<string> = new Set(),
): Exported | null | undefined {
  const declaration = path.parentPath
  if (!declaration?.isImportDeclaration()) return undefined
  const specifier = declaration.node.source.value
  const name = path.isImportNamespaceSpecifier()
    ? '*'
    : path.isImportSpecifier()
      ? nameOf(path.node.imported)
      : 'default'
  return exported(project, module, specifier, name, seen)
}

const nameOf = (node: { readonly type: string; readonly name?: string; readonly value?: string }): string =>
  node.name ?? node.value ?? ''
