import type { NodePath } from '@babel/traverse'
import type { Project } from './project.ts'
import type { Module } from './source.ts'
import { exported } from './exports.ts'

const changing = new Set(['push', 'unshift', 'splice', 'pop', 'shift', 'sort', 'reverse', 'fill', 'copyWithin'])

/**
 * The names whose object or list is changed after it was made: `guards.isAdmin = …`, `routes.push(…)`. What is read from
 * where they were made would not be what the app has.
 */
export function changedNames(project: Project): ReadonlySet<unknown> {
  const changed = new Set<unknown>()
  for (const module of project.modules())
    module.program.traverse({
      Identifier(path) {
        if (!isChanged(path)) return
        const binding = path.scope.getBinding(path.node.name)
        if (!binding) return
        changed.add(binding.identifier)
        const from = originOf(project, module, binding.path)
        if (from) changed.add(from)
      },
    })
  return changed
}

function isChanged(path: NodePath): boolean {
  const { parentPath } = path
  if (parentPath?.isCallExpression() && path.listKey === 'arguments' && path.key === 0)
    return ['assign', 'defineProperty', 'defineProperties'].some((name) =>
      (parentPath.get('callee') as NodePath).matchesPattern(`Object.${name}`),
    )
  let top = path
  let last = ''
  while (top.parentPath?.isMemberExpression() && top.key === 'object') {
    const { property } = top.parentPath.node
    last = property.type === 'Identifier' ? property.name : ''
    top = top.parentPath
  }
  if (top === path) return false
  const { parentPath: around } = top
  if (around?.isAssignmentExpression()) return top.key === 'left'
  if (around?.isUpdateExpression()) return true
  if (around?.isUnaryExpression()) return around.node.operator === 'delete'
  return around?.isCallExpression() === true && top.key === 'callee' && changing.has(last)
}

/** The name in the file that an imported one comes from. */
function originOf(project: Project, module: Module, binding: NodePath): unknown {
  const source = binding.parentPath?.isImportDeclaration() ? binding.parentPath.node.source.value : null
  if (source === null) return null
  const { node } = binding
  const name =
    node.type === 'ImportSpecifier'
      ? node.imported.type === 'Identifier'
        ? node.imported.name
        : node.imported.value
      : 'default'
  const found = exported(project, module, source, name)
  return found?.kind === 'local' ? found.binding.identifier : null
}
