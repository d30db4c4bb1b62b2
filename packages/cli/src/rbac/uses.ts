import type { NodePath } from '@babel/traverse'
import { placeOf } from './project.ts'
import { at, isFrom, spotOf, type Resolver } from './resolve.ts'
import type { Module } from './source.ts'
import { usesInTemplate } from './templates.ts'
import type { Resolution, Spot, Use } from './types.ts'
import { attribute, elementName, nameOf } from './views.ts'

const binding = /^@authchart\/(react|vue)$/

/** Where the app asks its guards, beside the routes. `names` are the guards that are defined. */
export function usesOf(resolver: Resolver, names: ReadonlySet<string>): Use[] {
  return resolver.project
    .modules()
    .flatMap((module) => [
      ...usesInScript(resolver, module, names),
      ...(module.template ? usesInTemplate(resolver, spotOf(module, module.program)) : []),
    ])
}

function usesInScript(resolver: Resolver, module: Module, names: ReadonlySet<string>): Use[] {
  const uses: Use[] = []
  const add = (spot: Spot, place: Spot): void =>
    void uses.push({ guard: resolver.text(spot), place: placeOf(resolver.project, place) })
  module.program.traverse({
    JSXElement(path) {
      const spot = spotOf(module, path)
      const name = elementName(path)
      const made = name && /^[A-Z]/.test(name) ? nameOf(resolver, spot, name) : null
      if (!made || !(isFrom(made, binding, 'Protected') || isFrom(made, binding, 'Can'))) return
      const guard = attribute(path, 'guard')
      if (guard) add(at(spot, guard), spot)
      else if (path.node.openingElement.attributes.some(({ type }) => type === 'JSXSpreadAttribute'))
        uses.push({ guard: null, place: placeOf(resolver.project, spot) })
    },
    CallExpression(path) {
      const spot = spotOf(module, path)
      const guard = askedByCall(resolver, spot, path.get('arguments') as NodePath[], names)
      if (guard) add(guard, spot)
    },
    MemberExpression(path) {
      const { property, computed } = path.node
      // a guard that another one calls
      if (!computed && property.type === 'Identifier' && names.has(property.name))
        uses.push({ guard: property.name, place: placeOf(resolver.project, spotOf(module, path)) })
    },
  })
  return uses
}

/** The guard's name in a call that asks one. Null if the call is another one. */
function askedByCall(
  resolver: Resolver,
  spot: Spot,
  args: readonly NodePath[],
  names: ReadonlySet<string>,
): Spot | null {
  if (!spot.path.isCallExpression()) return null
  const callee = spot.path.get('callee')
  const written = callee.isMemberExpression() ? callee.node.property : callee.node
  const name = written.type === 'Identifier' ? written.name : ''
  if (!/^(useCan|useRequiredUser|requireUser|can|gateOf)$/.test(name) && !callee.isIdentifier()) return null
  const found = resolver.resolve(at(spot, callee))
  const [first, , third] = args
  if (!first) return null
  const isHook = isFrom(found, binding, 'useCan') || isFrom(found, binding, 'useRequiredUser')
  if (isHook) return at(spot, first)
  if (isFrom(found, /^@authchart\/core$/, 'gateOf')) return third ? firstOf(resolver, at(spot, third)) : null
  // other libraries have such a method, too
  if (memberName(found, name) === 'can') return names.has(resolver.text(at(spot, first)) ?? '') ? at(spot, first) : null
  if (memberName(found, name) !== 'requireUser') return null
  const options = resolver.resolve(at(spot, first))
  if (options.kind !== 'node' || !options.spot.path.isObjectExpression()) return at(spot, first)
  const guard = options.spot.path
    .get('properties')
    .find(
      (each) =>
        each.isObjectProperty() && !each.node.computed && (each.get('key') as NodePath).isIdentifier({ name: 'guard' }),
    )
  return guard ? at(options.spot, guard.get('value') as NodePath) : null
}

const memberName = (found: Resolution, written: string): string => (found.kind === 'member' ? found.name : written)

function firstOf(resolver: Resolver, spot: Spot): Spot | null {
  const list = resolver.resolve(spot)
  const element = list.kind === 'node' && list.spot.path.isArrayExpression() ? list.spot.path.get('elements')[0] : null
  return element && list.kind === 'node' ? at(list.spot, element as NodePath) : null
}
