import type { NodePath } from '@babel/traverse'
import type { JSXElement, JSXFragment } from '@babel/types'
import { asksOfFunction, guardAsk, isCallOf } from './asks.ts'
import { placeOf } from './project.ts'
import { at, isFrom, onlyExpression, type Resolver } from './resolve.ts'
import { asksAroundSlot, asksOfTemplate } from './templates.ts'
import type { Ask, Resolution, Spot } from './types.ts'

const binding = /^@authchart\/react$/
const wrappers = /^(AuthProvider|Suspense|StrictMode|Fragment|Protected)$/

type Element = NodePath<JSXElement> | NodePath<JSXFragment>

/** What stands around a whole page. What guards a part of it is no guard of the page. */
export function asksOfPage(resolver: Resolver, spot: Spot, depth = 0): Ask[] {
  const found = resolver.resolve(spot)
  if (found.kind !== 'node' || depth > 20) return []
  const here = found.spot
  if (here.path.isProgram()) return asksOfTemplate(resolver, here)
  if (here.path.isCallExpression()) {
    const inner = wrapped(resolver, here)
    return inner ? asksOfPage(resolver, inner, depth + 1) : []
  }
  if (here.path.isFunction()) {
    const view = viewOf(here)
    return [...requiredBy(resolver, here), ...(view ? asksOfPage(resolver, view, depth + 1) : [])]
  }
  if (!here.path.isJSXElement() && !here.path.isJSXFragment()) return []
  return asksOfElement(resolver, at(here, here.path), here.path, depth)
}

function asksOfElement(resolver: Resolver, spot: Spot, element: Element, depth: number): Ask[] {
  const name = elementName(element)
  const made = name === null || /^[a-z]/.test(name) ? null : nameOf(resolver, spot, name)
  const own = made && isFrom(made, binding, 'Protected') ? [protectedAsk(resolver, spot, element)] : []
  const isWrapper = name === null || (made?.kind === 'external' && wrappers.test(made.name))
  if (!isWrapper) return made?.kind === 'node' ? asksOfPage(resolver, made.spot, depth + 1) : []
  const [child, ...others] = childrenOf(element)
  if (!child || others.length > 0) return own
  return [...own, ...asksOfPage(resolver, at(spot, child), depth + 1)]
}

/** `<Protected guard="isAdmin">` */
export function protectedAsk(resolver: Resolver, spot: Spot, element: Element): Ask {
  const place = placeOf(resolver.project, spot)
  const attributes = element.isJSXElement() ? element.get('openingElement').get('attributes') : []
  if (attributes.some((attribute) => attribute.isJSXSpreadAttribute()))
    return { kind: 'unread', by: 'view', why: 'which guard it asks: its attributes are spread', place }
  const guard = attribute(element, 'guard')
  return guard ? guardAsk(resolver, at(spot, guard), place, 'view') : { kind: 'user', by: 'view', place }
}

/** The value of an attribute, as an expression. */
export function attribute(element: Element, name: string): NodePath | null {
  const attributes = element.isJSXElement() ? element.get('openingElement').get('attributes') : []
  for (const found of attributes) {
    if (!found.isJSXAttribute() || found.node.name.name !== name) continue
    const value = found.get('value') as NodePath
    if (!value.node) return found
    return value.isJSXExpressionContainer() ? value.get('expression') : value
  }
  return null
}

export function elementName(element: Element): string | null {
  const name = element.isJSXElement() ? element.node.openingElement.name : null
  if (!name) return null
  if (name.type === 'JSXIdentifier') return name.name
  return name.type === 'JSXMemberExpression' && name.object.type === 'JSXIdentifier'
    ? `${name.object.name}.${name.property.name}`
    : ''
}

/** What the name of an element stands for. */
export function nameOf(resolver: Resolver, spot: Spot, name: string): Resolution {
  const [first = '', ...others] = name.split('.')
  return others.reduce((of, key) => resolver.member(of, key, spot), resolver.resolveName(spot, first))
}

export function childrenOf(element: Element): NodePath[] {
  return (element.get('children') as NodePath[]).flatMap((child) => {
    if (child.isJSXText()) return child.node.value.trim() === '' ? [] : [child]
    if (!child.isJSXExpressionContainer()) return [child]
    const inner = child.get('expression') as NodePath
    return inner.isJSXEmptyExpression() ? [] : [inner]
  })
}

/** The one thing that a component returns. Null if it returns several. */
function viewOf(spot: Spot): Spot | null {
  const alone = onlyExpression(spot.path)
  if (alone) return at(spot, alone)
  const returned: NodePath[] = []
  spot.path.traverse({
    Function: (path) => path.skip(),
    ReturnStatement: (path) => void returned.push(path.get('argument') as NodePath),
  })
  const [first, ...others] = returned
  return first?.node && others.length === 0 ? at(spot, first) : null
}

/** `useRequiredUser('isAdmin')` throws before anything is shown; so does a page of the server that redirects. */
function requiredBy(resolver: Resolver, spot: Spot): Ask[] {
  const body = spot.path.get('body') as NodePath
  if (!body.isBlockStatement()) return []
  const own = asksOfFunction(resolver, spot, true).map((ask): Ask => ({ ...ask, by: 'view' }))
  const hooks = body.get('body').flatMap((statement): Ask[] => {
    const value = statement.isExpressionStatement()
      ? statement.get('expression')
      : statement.isVariableDeclaration()
        ? (statement.get('declarations')[0]?.get('init') as NodePath)
        : null
    if (!value?.isCallExpression() || !isCallOf(resolver, at(spot, value), binding, 'useRequiredUser')) return []
    const place = placeOf(resolver.project, at(spot, value))
    const [guard] = value.get('arguments') as NodePath[]
    return [guard ? guardAsk(resolver, at(spot, guard), place, 'view') : { kind: 'user', by: 'view', place }]
  })
  return [...own, ...hooks]
}

/** `memo(Page)`, `lazy(() => import('./page'))` */
function wrapped(resolver: Resolver, spot: Spot): Spot | null {
  if (!spot.path.isCallExpression()) return null
  const [first] = spot.path.get('arguments') as NodePath[]
  if (!first) return null
  if (isCallOf(resolver, spot, /^react$/, 'memo') || isCallOf(resolver, spot, /^react$/, 'forwardRef'))
    return at(spot, first)
  if (!isCallOf(resolver, spot, /^react$/, 'lazy')) return null
  const module = importedBy(resolver, at(spot, first))
  const found = module && resolver.member(module, 'default', spot)
  return found?.kind === 'node' ? found.spot : null
}

/** The module of `() => import('./page')`. */
export function importedBy(resolver: Resolver, spot: Spot): Resolution | null {
  const expression = spot.path.isFunction() ? onlyExpression(spot.path) : spot.path
  const call = expression?.isAwaitExpression() ? expression.get('argument') : expression
  if (!call?.isCallExpression() || !call.get('callee').isImport()) return null
  const [first] = call.get('arguments') as NodePath[]
  const specifier = first ? resolver.text(at(spot, first)) : null
  const target = specifier === null ? null : resolver.project.target(spot.module.file, specifier)
  const module = target && 'file' in target ? resolver.project.module(target.file) : null
  return module ? { kind: 'node', spot: { module, path: module.program, env: new Map() } } : null
}

export type Hole = 'children' | 'Outlet'

/** What a layout puts around the pages in it. Null if it has no place for them. */
export function asksAround(resolver: Resolver, spot: Spot, hole: Hole, depth = 0): Ask[] | null {
  const found = resolver.resolve(spot)
  if (found.kind !== 'node' || depth > 20) return null
  const here = found.spot
  if (here.path.isProgram()) return asksAroundSlot(resolver, here)
  if (here.path.isCallExpression()) {
    const inner = wrapped(resolver, here)
    return inner && asksAround(resolver, inner, hole, depth + 1)
  }
  const holes: Ask[][] = []
  const look = (path: NodePath): void => {
    if (isHole(resolver, at(here, path), hole, here.path)) holes.push(chainOf(resolver, here, path, depth))
    else if (path.isJSXElement() && hole === 'Outlet') {
      const name = elementName(path)
      const made = name && /^[A-Z]/.test(name) ? nameOf(resolver, at(here, path), name) : null
      const inner = made?.kind === 'node' ? asksAround(resolver, made.spot, hole, depth + 1) : null
      if (inner) holes.push([...chainOf(resolver, here, path, depth), ...inner])
    }
  }
  look(here.path)
  here.path.traverse({ enter: look })
  const [first, ...others] = holes
  const own = here.path.isFunction() ? requiredBy(resolver, here) : []
  if (!first) return own.length > 0 ? own : null
  const key = JSON.stringify(first)
  if (others.some((other) => JSON.stringify(other) !== key))
    return [
      {
        kind: 'unread',
        by: 'view',
        why: 'it shows its pages at more than one place',
        place: placeOf(resolver.project, here),
      },
    ]
  return [...own, ...first]
}

function isHole(resolver: Resolver, spot: Spot, hole: Hole, component: NodePath): boolean {
  const { path } = spot
  if (hole === 'Outlet') {
    if (!path.isJSXElement()) return false
    const name = elementName(path)
    const made = name ? nameOf(resolver, spot, name) : null
    return made?.kind === 'external' && made.name === 'Outlet'
  }
  const isChild =
    path.parentPath?.isJSXExpressionContainer() === true && path.parentPath.parentPath?.isJSXAttribute() !== true
  if (!isChild || !(path.isIdentifier({ name: 'children' }) || path.matchesPattern('props.children'))) return false
  // the parameter of this component, and no other thing of that name
  const binding = path.scope.getBinding(path.isIdentifier() ? 'children' : 'props')
  return binding?.kind === 'param' && binding.constant && binding.scope.path.node === component.node
}

/** What stands around a place of a view, from the outside to the inside. */
function chainOf(resolver: Resolver, top: Spot, path: NodePath, depth: number): Ask[] {
  const asks: Ask[] = []
  for (let around = path.parentPath; around && around !== top.path.parentPath; around = around.parentPath) {
    if (around.isJSXAttribute())
      return [
        {
          kind: 'unread',
          by: 'view',
          why: 'it is handed to another component',
          place: placeOf(resolver.project, at(top, path)),
        },
      ]
    if (!around.isJSXElement()) continue
    const name = elementName(around)
    const made = name && /^[A-Z]/.test(name) ? nameOf(resolver, at(top, around), name) : null
    if (made && isFrom(made, binding, 'Protected')) asks.unshift(protectedAsk(resolver, at(top, around), around))
    else if (made?.kind === 'node') asks.unshift(...(asksAround(resolver, made.spot, 'children', depth + 1) ?? []))
  }
  return asks
}
