import type { Binding, NodePath } from '@babel/traverse'
import type { CallExpression, ObjectExpression } from '@babel/types'
import { changedNames } from './changes.ts'
import { exportOf, fromImport, type Exported } from './exports.ts'
import type { Project } from './project.ts'
import type { Module } from './source.ts'
import type { Env, Resolution, Spot } from './types.ts'

const none: Env = new Map()

const limit = 60

export const at = (spot: Spot, path: NodePath): Spot => ({ ...spot, path })
export const spotOf = (module: Module, path: NodePath): Spot => ({ module, path, env: none })
const unread = (why: string, spot: Spot): Resolution => ({ kind: 'unread', why, spot })

/** Follows the code of an app to what an expression stands for, without running any of it. */
export class Resolver {
  readonly project: Project
  #changed: ReadonlySet<unknown> | undefined
  #depth = 0
  /** What was found already, of expressions that no parameter is a part of. */
  readonly #found = new WeakMap<object, Resolution>()

  constructor(project: Project) {
    this.project = project
  }

  /** What an expression stands for. */
  resolve(spot: Spot): Resolution {
    const isPlain = this.#depth === 0 && spot.env.size === 0
    const before = isPlain ? this.#found.get(spot.path.node) : undefined
    if (before) return before
    if (this.#depth > limit) return unread('it leads round in a circle', spot)
    this.#depth += 1
    try {
      const found = this.#follow(spot)
      if (isPlain) this.#found.set(spot.path.node, found)
      return found
    } finally {
      this.#depth -= 1
    }
  }

  #follow(spot: Spot): Resolution {
    const { path } = spot
    if (path.isTSAsExpression() || path.isTSSatisfiesExpression() || path.isTSNonNullExpression())
      return this.resolve(at(spot, path.get('expression') as NodePath))
    if (path.isIdentifier()) return this.resolveName(spot, path.node.name)
    if (path.isMemberExpression() || path.isOptionalMemberExpression()) {
      const name = this.#propertyName(path.get('property') as NodePath, path.node.computed, spot)
      if (name === null) return unread('its name is computed', spot)
      return this.member(this.resolve(at(spot, path.get('object') as NodePath)), name, spot)
    }
    if (path.isCallExpression()) return this.#call(spot, path)
    return { kind: 'node', spot }
  }

  /** What a name stands for, seen from a place in the code. */
  resolveName(spot: Spot, name: string): Resolution {
    const binding = spot.path.scope.getBinding(name)
    if (!binding)
      return name === 'undefined' ? { kind: 'missing' } : unread(`"${name}" is not defined in the app`, spot)
    const imported = fromImport(this.project, spot.module, binding)
    if (imported !== undefined) return this.#ofExport(imported, spot, name)
    return this.#ofBinding(binding, spot, name)
  }

  #ofExport(found: Exported | null, spot: Spot, name: string): Resolution {
    if (!found) return unread(`where "${name}" comes from is not found`, spot)
    if (found.kind === 'external') return found
    if (found.kind === 'broken') return unread(`"${found.specifier}" is not found, or cannot be read`, spot)
    if (found.kind === 'namespace') return { kind: 'node', spot: spotOf(found.module, found.module.program) }
    if (found.kind === 'value') return this.resolve(spotOf(found.module, found.path))
    return this.#ofBinding(found.binding, spotOf(found.module, found.binding.path), name)
  }

  #ofBinding(binding: Binding, spot: Spot, name: string): Resolution {
    const { path } = binding
    if (!binding.constant) return unread(`"${name}" is assigned more than once`, spot)
    const given = spot.env.get(binding.identifier)
    if (given) return this.resolve(given)
    if (this.#isChanged(binding)) return unread(`"${name}" is changed after it was made`, spot)
    if (path.isFunctionDeclaration() || path.isClassDeclaration()) return { kind: 'node', spot: at(spot, path) }
    if (!path.isVariableDeclarator()) return unread(`"${name}" is only known when the app runs`, spot)
    const init = path.get('init') as NodePath
    if (!init.node) return unread(`"${name}" has no value`, spot)
    const id = path.get('id') as NodePath
    if (id.isIdentifier()) return this.resolve(at(spot, init))
    return this.#ofPattern(id, binding, this.resolve(at(spot, init)), spot)
  }

  /** `const { requireUser } = authRoutes(…)` */
  #ofPattern(pattern: NodePath, { identifier }: Binding, from: Resolution, spot: Spot): Resolution {
    const properties = pattern.isObjectPattern() ? pattern.get('properties') : []
    for (const property of properties) {
      if (!property.isObjectProperty() || property.node.value !== identifier) continue
      const name = this.#propertyName(property.get('key') as NodePath, property.node.computed, spot)
      if (name !== null) return this.member(from, name, spot)
    }
    return unread(`"${identifier.name}" is only known when the app runs`, spot)
  }

  /** What a property of it stands for. */
  member(of: Resolution, name: string, spot: Spot): Resolution {
    if (of.kind === 'external') return of.name === '*' ? { ...of, name } : { kind: 'member', of, name }
    if (of.kind === 'unread' || of.kind === 'missing') return of
    if (of.kind === 'member') return { kind: 'member', of, name }
    const { path } = of.spot
    if (path.isProgram()) return this.#ofExport(exportOf(this.project, of.spot.module, name), spot, name)
    if (path.isObjectExpression()) return this.#ofObject(of.spot, path, name)
    return { kind: 'member', of, name }
  }

  #ofObject(spot: Spot, object: NodePath<ObjectExpression>, name: string): Resolution {
    // the last one wins
    for (const property of object.get('properties').toReversed()) {
      if (property.isSpreadElement()) {
        const found = this.#ofSpread(at(spot, property.get('argument') as NodePath), name)
        if (found.kind !== 'missing') return found
        continue
      }
      const { computed } = property.node as { readonly computed?: boolean }
      const key = this.#propertyName(property.get('key') as NodePath, computed === true, spot)
      if (key === null) return unread('a name in it is computed', at(spot, property))
      if (key !== name) continue
      if (property.isObjectMethod())
        return property.node.kind === 'method'
          ? { kind: 'node', spot: at(spot, property) }
          : unread('it is a getter', at(spot, property))
      return this.resolve(at(spot, property.get('value') as NodePath))
    }
    return { kind: 'missing' }
  }

  /** `...more`, and `...(isWanted && { … })` as long as it does not matter whether it is. */
  #ofSpread(spot: Spot, name: string): Resolution {
    const found = this.resolve(spot)
    if (found.kind !== 'node') return unread('what is spread into it is not known', spot)
    const { path } = found.spot
    if (path.isObjectExpression()) return this.#ofObject(found.spot, path, name)
    const branches = path.isLogicalExpression({ operator: '&&' })
      ? [path.get('right')]
      : path.isConditionalExpression()
        ? [path.get('consequent'), path.get('alternate')]
        : []
    const isWithout = branches.map((branch) => this.#ofSpread(at(found.spot, branch), name).kind === 'missing')
    const isKnown = isWithout.length > 0 && !isWithout.includes(false)
    return isKnown ? { kind: 'missing' } : unread('what is spread into it is not known', spot)
  }

  /** A function of one expression is what that expression is, with the arguments of the call. */
  #call(spot: Spot, path: NodePath<CallExpression>): Resolution {
    const self: Resolution = { kind: 'node', spot }
    const callee = this.resolve(at(spot, path.get('callee')))
    if (callee.kind !== 'node' || !callee.spot.path.isFunction()) return self
    const made = callee.spot.path
    if (made.node.async || made.node.generator) return self
    const body = onlyExpression(made)
    if (!body) return self
    const env = new Map(callee.spot.env)
    const args = path.get('arguments') as NodePath[]
    for (const [index, parameter] of (made.get('params') as NodePath[]).entries()) {
      const argument = args[index]
      const given = argument && !argument.isSpreadElement() ? at(spot, argument) : null
      if (parameter.isIdentifier() && given) env.set(parameter.node, given)
      if (!parameter.isAssignmentPattern() || args.some((each) => each.isSpreadElement())) continue
      const isLeftOut = !given || this.resolve(given).kind === 'missing'
      env.set(parameter.node.left, isLeftOut ? at(callee.spot, parameter.get('right')) : given)
    }
    return this.resolve({ module: callee.spot.module, path: body, env })
  }

  /** A text that is known before the app runs; null if it is none. */
  text(spot: Spot): string | null {
    const found = this.resolve(spot)
    if (found.kind !== 'node') return null
    const { path } = found.spot
    if (path.isStringLiteral()) return path.node.value
    if (path.isTemplateLiteral()) {
      const parts = (path.get('expressions') as NodePath[]).map((part) => this.text(at(found.spot, part)))
      if (parts.includes(null)) return null
      return path.node.quasis.map(({ value }, index) => (value.cooked ?? '') + (parts[index] ?? '')).join('')
    }
    if (!path.isBinaryExpression({ operator: '+' })) return null
    const [left, right] = [path.get('left'), path.get('right')].map((side) =>
      this.text(at(found.spot, side as NodePath)),
    )
    return typeof left === 'string' && typeof right === 'string' ? left + right : null
  }

  #propertyName(key: NodePath, computed: boolean, spot: Spot): string | null {
    if (!computed && key.isIdentifier()) return key.node.name
    if (key.isStringLiteral()) return key.node.value
    if (key.isNumericLiteral()) return String(key.node.value)
    return computed ? this.text(at(spot, key)) : null
  }

  /** What is exported by a file of the app. */
  exportedBy(module: Module, name: string): Resolution {
    return this.#ofExport(exportOf(this.project, module, name), spotOf(module, module.program), name)
  }

  #isChanged({ identifier }: Binding): boolean {
    return (this.#changed ??= changedNames(this.project)).has(identifier)
  }
}

/** The expression of a function that has nothing else. */
export function onlyExpression(made: NodePath): NodePath | null {
  const body = made.get('body') as NodePath
  if (!body.isBlockStatement()) return body
  const [first, ...others] = body.get('body')
  if (others.length > 0 || !first?.isReturnStatement()) return null
  return first.node.argument ? (first.get('argument') as NodePath) : null
}

/** Whether it is this export of this package. */
export const isFrom = (found: Resolution, source: RegExp, name: string): boolean =>
  found.kind === 'external' && source.test(found.source) && found.name === name
