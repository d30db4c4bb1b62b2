import type { NodePath } from '@babel/traverse'
import { askedOf, isCallOf } from '../asks.ts'
import { whyOf } from '../guards.ts'
import { placeOf } from '../project.ts'
import { at, onlyExpression, spotOf, type Resolver } from '../resolve.ts'
import type { Ask, Resolution, Route, Routes, Spot, Unread } from '../types.ts'
import { asksAround, asksOfPage } from '../views.ts'
import { joined, routeOf } from './tree.ts'

const router = /^@tanstack\/react-router$/

/** A route by itself: its parent is found by its file's name, or by what `getParentRoute` returns. */
interface Node {
  readonly spot: Spot
  readonly options: Resolution
  /** The id of a route that is a file: `/_shell/admin`. Null for one that is code. */
  readonly id: string | null
  readonly isRoot: boolean
  readonly isLazy: boolean
}

/** The routes of TanStack Router, in files or in code. */
export function readTanStackRouter(resolver: Resolver): Routes {
  const nodes: Node[] = []
  const unread: Unread[] = []
  for (const module of resolver.project.modules())
    module.program.traverse({
      CallExpression(path) {
        const found = nodeOf(resolver, spotOf(module, path))
        if (found && 'why' in found) unread.push(found)
        else if (found) nodes.push(found)
      },
    })
  const pages = nodes.filter(({ isLazy }) => !isLazy)
  const routes = pages.flatMap((node) => {
    const route = read(resolver, node, pages, nodes)
    return route ? [route] : []
  })
  return { routes, unread }
}

function nodeOf(resolver: Resolver, spot: Spot): Node | Unread | null {
  if (!spot.path.isCallExpression()) return null
  const [first] = spot.path.get('arguments') as NodePath[]
  const options = first ? resolver.resolve(at(spot, first)) : ({ kind: 'missing' } as const)
  const plain = { spot, options, id: null, isRoot: false, isLazy: false }
  if (isCallOf(resolver, spot, router, 'createRoute')) return plain
  if (isCallOf(resolver, spot, router, 'createRootRoute')) return { ...plain, isRoot: true, id: '__root__' }
  // createRootRouteWithContext<…>()({ … }), createFileRoute('/admin')({ … })
  const inner = at(spot, spot.path.get('callee'))
  if (isCallOf(resolver, inner, router, 'createRootRouteWithContext')) return { ...plain, isRoot: true, id: '__root__' }
  const maker = ['createFileRoute', 'createLazyFileRoute'].find((name) => isCallOf(resolver, inner, router, name))
  if (!maker || !inner.path.isCallExpression()) return null
  const [path] = inner.path.get('arguments') as NodePath[]
  const id = path ? resolver.text(at(inner, path)) : null
  if (id === null) return { why: 'the path of a route is computed', place: placeOf(resolver.project, spot) }
  return { ...plain, id, isLazy: maker === 'createLazyFileRoute' }
}

/** A node and what is around it, from the outside to the inside; null if that is not known. */
function lineOf(resolver: Resolver, node: Node, nodes: readonly Node[], depth = 0): Node[] | null {
  if (node.isRoot || depth > 50) return node.isRoot ? [node] : null
  const parent = node.id === null ? parentInCode(resolver, node, nodes) : parentOfFile(node.id, nodes)
  if (parent === 'none') return [node]
  const line = parent && lineOf(resolver, parent, nodes, depth + 1)
  return line && [...line, node]
}

function parentInCode(resolver: Resolver, node: Node, nodes: readonly Node[]): Node | null {
  const made = resolver.member(node.options, 'getParentRoute', node.spot)
  const expression = made.kind === 'node' && made.spot.path.isFunction() ? onlyExpression(made.spot.path) : null
  let found = expression && made.kind === 'node' ? resolver.resolve(at(made.spot, expression)) : null
  // createRoute({ … }).lazy(…)
  while (found?.kind === 'node' && found.spot.path.isCallExpression()) {
    const callee = found.spot.path.get('callee')
    if (!callee.isMemberExpression()) break
    found = resolver.resolve(at(found.spot, callee.get('object')))
  }
  if (found?.kind !== 'node') return null
  const { node: call } = found.spot.path
  return nodes.find(({ spot }) => spot.path.node === call) ?? null
}

function parentOfFile(id: string, nodes: readonly Node[]): Node | 'none' {
  const files = nodes.filter((other) => other.id !== null && !other.isRoot && other.id !== id && !other.isLazy)
  const longest = files
    .filter((other) => id.startsWith(`${(other.id ?? '').replace(/\/$/, '')}/`) && !other.id?.endsWith('/'))
    .sort((one, other) => (other.id?.length ?? 0) - (one.id?.length ?? 0))[0]
  return longest ?? nodes.find(({ isRoot }) => isRoot) ?? 'none'
}

function read(resolver: Resolver, node: Node, pages: readonly Node[], nodes: readonly Node[]): Route | null {
  const { spot } = node
  const place = placeOf(resolver.project, spot)
  const line = lineOf(resolver, node, pages)
  const isParent = pages.some((other) => other !== node && lineOf(resolver, other, pages)?.includes(node) === true)
  if (node.isRoot) return null
  if (!line) {
    const why = 'the route that it is below of'
    return routeOf({ path: null, place, asks: [], isEntrance: false, unread: { why, place } })
  }
  const path = line.reduce<string | null>((before, each) => pathOf(resolver, each, before), '')
  const isPathless = pathOf(resolver, node, '/…') === '/…'
  const hasIndex = pages.some((other) => isIndexOf(resolver, other, node, pages))
  if (isParent && (isPathless || hasIndex)) return null
  const lost = line.map((each) => unreadOf(resolver, each)).find((found) => found !== null) ?? null
  const own = askedOf(resolver, resolver.member(node.options, 'beforeLoad', spot), place)
  const around = line.slice(0, -1).flatMap((each) => [...beforeOf(resolver, each), ...layoutOf(resolver, each, nodes)])
  const asks = [...around, ...beforeOf(resolver, node), ...pageOf(resolver, node, nodes)]
  return routeOf({ path, place, asks, isEntrance: own.isEntrance, unread: lost })
}

function isIndexOf(resolver: Resolver, other: Node, node: Node, pages: readonly Node[]): boolean {
  if (other === node) return false
  const line = lineOf(resolver, other, pages)
  if (line?.at(-2) !== node) return false
  return pathOf(resolver, other, '/…') === '/…' && (other.id?.endsWith('/') ?? own(resolver, other, 'path') === '/')
}

function own(resolver: Resolver, { options, spot }: Node, name: string): string | null | undefined {
  const found = resolver.member(options, name, spot)
  if (found.kind === 'missing') return undefined
  return found.kind === 'node' ? resolver.text(found.spot) : null
}

function pathOf(resolver: Resolver, node: Node, before: string | null): string | null {
  if (node.isRoot) return before
  if (node.id === null) {
    const path = own(resolver, node, 'path')
    if (path === undefined) return before
    return path === null ? null : joined(before, path.replace(/^\//, ''))
  }
  // the name of a file says the whole path
  const segments = node.id
    .split('/')
    .filter((segment) => segment !== '' && !segment.startsWith('_') && !/^\(.*\)$/.test(segment))
    .map((segment) => segment.replace(/_$/, ''))
  return before === '/…' && isSilent(node.id) ? before : `/${segments.join('/')}`
}

/** Whether the last part of an id adds nothing to the path. */
const isSilent = (id: string): boolean => /(^|\/)(_[^/]*|\([^/]*\)|)$/.test(id)

function unreadOf(resolver: Resolver, { options, spot }: Node): Unread | null {
  const place = placeOf(resolver.project, spot)
  if (options.kind === 'missing') return null
  if (options.kind !== 'node') return { why: `this route: ${whyOf(options)}`, place }
  const other = resolver.member(options, ' ', spot)
  return other.kind === 'unread' || other.kind === 'member' ? { why: `this route: ${whyOf(other)}`, place } : null
}

const beforeOf = (resolver: Resolver, { options, spot }: Node): Ask[] => {
  const place = placeOf(resolver.project, spot)
  return [
    ...askedOf(resolver, resolver.member(options, 'beforeLoad', spot), place).asks,
    ...askedOf(resolver, resolver.member(options, 'loader', spot), place).asks,
  ]
}

/** The component of a route, which may stand in a file of its own that is loaded later. */
function componentsOf(resolver: Resolver, node: Node, nodes: readonly Node[]): Spot[] {
  const all = [node, ...nodes.filter(({ isLazy, id }) => isLazy && id === node.id)]
  return all.flatMap(({ options, spot }) => {
    const found = resolver.member(options, 'component', spot)
    return found.kind === 'node' ? [found.spot] : []
  })
}

const pageOf = (resolver: Resolver, node: Node, nodes: readonly Node[]): Ask[] =>
  componentsOf(resolver, node, nodes).flatMap((spot) => asksOfPage(resolver, spot))

const layoutOf = (resolver: Resolver, node: Node, nodes: readonly Node[]): Ask[] =>
  componentsOf(resolver, node, nodes).flatMap((spot) => asksAround(resolver, spot, 'Outlet') ?? [])
