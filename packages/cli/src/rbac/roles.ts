import type { Node, TSType } from '@babel/types'
import { nameOf, type Project } from './project.ts'
import type { Module } from './source.ts'
import type { Place } from './types.ts'

/** The roles that a user of the app can have, by the types of the app. */
export interface RoleTypes {
  readonly roles: readonly string[]
  readonly place: Place
}

interface Found {
  readonly rank: number
  readonly roles: readonly string[]
  readonly place: Place
}

/** What takes the type of a role, or of a user, of our packages. */
const takesRole = new Set(['bkend', 'BkendUser', 'BkendClient'])
const takesUser = new Set(['AuthClient', 'GuardArgs', 'cookieClient', 'workerCustody'])

/** Reads the union of roles. Null if there is none, or if two of them differ. */
export function readRoles(project: Project): RoleTypes | null {
  const found: Found[] = []
  for (const module of project.modules()) {
    const note = (rank: number, roles: readonly string[] | null, node: Node): void => {
      if (roles && roles.length > 0)
        found.push({ rank, roles, place: { file: nameOf(project.root, module.file), line: node.loc?.start.line ?? 1 } })
    }
    module.program.traverse({
      CallExpression({ node }) {
        const name = node.callee.type === 'Identifier' ? importedName(module, node.callee.name) : null
        const [first] = argumentsOf(node)
        if (name && first) note(1, rolesOfUse(project, module, name, first), node)
      },
      TSTypeReference({ node }) {
        const name = node.typeName.type === 'Identifier' ? importedName(module, node.typeName.name) : null
        const [first] = argumentsOf(node)
        if (name && first) note(1, rolesOfUse(project, module, name, first), node)
      },
      TSInterfaceDeclaration({ node }) {
        if (node.id.name.endsWith('User')) note(2, rolesOfMembers(project, module, node.body.body), node)
      },
      TSTypeAliasDeclaration({ node }) {
        if (node.id.name.endsWith('User')) note(2, rolesOfUser(project, module, node.typeAnnotation), node)
      },
    })
  }
  const rank = Math.min(...found.map((each) => each.rank))
  const best = found.filter((each) => each.rank === rank)
  const [first] = best
  if (!first) return null
  const key = [...first.roles].sort().join('\n')
  return best.every(({ roles }) => [...roles].sort().join('\n') === key) ? first : null
}

const argumentsOf = (node: Node): readonly TSType[] => {
  const { typeParameters, typeArguments } = node as { typeParameters?: unknown; typeArguments?: unknown }
  return ((typeArguments ?? typeParameters) as { readonly params: readonly TSType[] } | null | undefined)?.params ?? []
}

/** The name under which one of our packages gives it away. */
function importedName(module: Module, local: string): string | null {
  for (const { node } of module.program.get('body')) {
    if (node.type !== 'ImportDeclaration' || !node.source.value.startsWith('@authchart/core')) continue
    for (const specifier of node.specifiers)
      if (specifier.type === 'ImportSpecifier' && specifier.local.name === local)
        return specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value
  }
  return null
}

function rolesOfUse(project: Project, module: Module, name: string, type: TSType): readonly string[] | null {
  if (takesRole.has(name)) return textsOf(project, module, type)
  return takesUser.has(name) ? rolesOfUser(project, module, type) : null
}

function rolesOfUser(project: Project, module: Module, type: TSType, depth = 0): readonly string[] | null {
  if (depth > 20) return null
  if (type.type === 'TSTypeLiteral') return rolesOfMembers(project, module, type.members)
  if (type.type === 'TSIntersectionType')
    return (
      type.types.map((part) => rolesOfUser(project, module, part, depth + 1)).find((roles) => roles !== null) ?? null
    )
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return null
  const found = typeNamed(project, module, type.typeName.name)
  if (!found) return null
  if (found.node.type === 'TSInterfaceDeclaration') return rolesOfMembers(project, found.module, found.node.body.body)
  return rolesOfUser(project, found.module, found.node.typeAnnotation, depth + 1)
}

function rolesOfMembers(project: Project, module: Module, members: readonly Node[]): readonly string[] | null {
  for (const member of members) {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') continue
    if (!/^roles?$/.test(member.key.name) || !member.typeAnnotation) continue
    return textsOf(project, module, member.typeAnnotation.typeAnnotation)
  }
  return null
}

/** The texts of a union, of a list of them, or of `(typeof roles)[number]`. Null if anything else is in it. */
function textsOf(project: Project, module: Module, type: TSType, depth = 0): readonly string[] | null {
  const inner = (next: TSType, at = module): readonly string[] | null =>
    depth > 20 ? null : textsOf(project, at, next, depth + 1)
  if (type.type === 'TSLiteralType') return type.literal.type === 'StringLiteral' ? [type.literal.value] : null
  if (type.type === 'TSNullKeyword' || type.type === 'TSUndefinedKeyword') return []
  if (type.type === 'TSParenthesizedType' || type.type === 'TSTypeOperator') return inner(type.typeAnnotation)
  if (type.type === 'TSArrayType') return inner(type.elementType)
  if (type.type === 'TSUnionType') {
    const parts = type.types.map((part) => inner(part))
    return parts.every((part) => part !== null) ? parts.flat() : null
  }
  if (type.type === 'TSIndexedAccessType') return textsOfList(module, type.objectType)
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return null
  const { name } = type.typeName
  const [first] = argumentsOf(type)
  if (/^(Array|ReadonlyArray|Set|ReadonlySet)$/.test(name) && first) return inner(first)
  const found = typeNamed(project, module, name)
  return found?.node.type === 'TSTypeAliasDeclaration' ? inner(found.node.typeAnnotation, found.module) : null
}

/** `(typeof roles)[number]` of a list that stands in the same file. */
function textsOfList(module: Module, type: TSType): readonly string[] | null {
  const query = type.type === 'TSParenthesizedType' ? type.typeAnnotation : type
  if (query.type !== 'TSTypeQuery' || query.exprName.type !== 'Identifier') return null
  const binding = module.program.scope.getBinding(query.exprName.name)
  const init = binding?.path.isVariableDeclarator() ? binding.path.node.init : null
  const list = init?.type === 'TSAsExpression' || init?.type === 'TSSatisfiesExpression' ? init.expression : init
  if (list?.type !== 'ArrayExpression') return null
  const texts = list.elements.map((element) => (element?.type === 'StringLiteral' ? element.value : null))
  return texts.every((text) => text !== null) ? texts : null
}

type Declared = Extract<Node, { readonly type: 'TSInterfaceDeclaration' | 'TSTypeAliasDeclaration' }>

/** A type by its name, here or in the file that it is imported from. */
function typeNamed(
  project: Project,
  module: Module,
  name: string,
  depth = 0,
): { node: Declared; module: Module } | null {
  if (depth > 20) return null
  for (const { node } of module.program.get('body')) {
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    if (
      (declared?.type === 'TSInterfaceDeclaration' || declared?.type === 'TSTypeAliasDeclaration') &&
      declared.id.name === name
    )
      return { node: declared, module }
    const from = (node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration') && node.source
    if (!from) continue
    for (const specifier of node.specifiers) {
      const [here, there] = namesOf(specifier)
      const target = here === name ? project.target(module.file, from.value) : null
      const next = target && 'file' in target ? project.module(target.file) : null
      const found = next && there ? typeNamed(project, next, there, depth + 1) : null
      if (found) return found
    }
  }
  return null
}

function namesOf(specifier: Node): readonly [here: string, there: string] | readonly [] {
  const text = (node: Node): string =>
    node.type === 'Identifier' ? node.name : node.type === 'StringLiteral' ? node.value : ''
  if (specifier.type === 'ImportSpecifier') return [specifier.local.name, text(specifier.imported)]
  if (specifier.type === 'ExportSpecifier') return [text(specifier.exported), text(specifier.local)]
  return []
}
