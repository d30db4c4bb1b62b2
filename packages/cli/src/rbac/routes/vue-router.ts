import type { NodePath } from '@babel/traverse'
import { isCallOf } from '../asks.ts'
import { spotIn, whyOf } from '../guards.ts'
import { placeOf } from '../project.ts'
import { at, spotOf, type Resolver } from '../resolve.ts'
import type { Ask, Place, Resolution, Route, Routes, Spot, Unread } from '../types.ts'
import { asksAround, asksOfPage, importedBy } from '../views.ts'
import { entriesOf, isEntry, outside, pathOf, routeOf, type Around, type Entry } from './tree.ts'

const helpers = /^@authchart\/vue\/router$/

/** What the app tells `authGuard`. */
export interface AuthGuard {
  /** The call that made the router; null if that cannot be read. */
  readonly router: unknown
  /** Paths that are open to all. Null if they cannot be read. */
  readonly entrances: readonly string[] | null
  readonly open: readonly string[]
  readonly place: Place
}

/** The routes of Vue Router, whose `meta.auth` asks for a user. */
export function readVueRouter(resolver: Resolver): Routes {
  const routes: Route[] = []
  const unread: Unread[] = []
  const guards = readAuthGuards(resolver)
  const calls: Spot[] = []
  for (const module of resolver.project.modules())
    module.program.traverse({
      CallExpression(path) {
        const call = spotOf(module, path)
        const callee = path.get('callee')
        if (callee.isMemberExpression() && (callee.get('property') as NodePath).isIdentifier({ name: 'addRoute' }))
          unread.push({ why: 'a route that is added later', place: placeOf(resolver.project, call) })
        if (isCallOf(resolver, call, /^vue-router$/, 'createRouter')) calls.push(call)
      },
    })
  for (const call of calls) {
    const own = guards.find(({ router }) => router === call.path.node)
    // handed on as a parameter: with one router in the app it is that one
    const guard = own ?? (calls.length === 1 ? guards.find(({ router }) => router === null) : undefined) ?? null
    const [first] = call.path.isCallExpression() ? (call.path.get('arguments') as NodePath[]) : []
    const options = first ? resolver.resolve(at(call, first)) : ({ kind: 'missing' } as const)
    const list = entriesOf(resolver, resolver.member(options, 'routes', call), call)
    walk(resolver, list, outside, routes, unread, guard)
    if (guard && guard.entrances === null) unread.push({ why: 'the paths of the sign-in pages', place: guard.place })
  }
  return { routes, unread, open: guards.flatMap(({ open }) => open) }
}

/** What `authGuard(router, auth, options)` is called with, anywhere in the app. */
export function readAuthGuards(resolver: Resolver): AuthGuard[] {
  const guards: AuthGuard[] = []
  for (const module of resolver.project.modules())
    module.program.traverse({
      CallExpression(path) {
        const call = spotOf(module, path)
        if (!isCallOf(resolver, call, helpers, 'authGuard')) return
        const [first, , options] = path.get('arguments') as NodePath[]
        const made = first ? resolver.resolve(at(call, first)) : ({ kind: 'missing' } as const)
        const isRouter = made.kind === 'node' && isCallOf(resolver, made.spot, /^vue-router$/, 'createRouter')
        const given: Resolution = options ? resolver.resolve(at(call, options)) : { kind: 'missing' }
        const texts = (name: string) => textsOf(resolver, resolver.member(given, name, call))
        const [signIn, signUp, forbidden] = [texts('signIn'), texts('signUp'), texts('forbidden')]
        guards.push({
          router: isRouter ? made.spot.path.node : null,
          entrances: signIn && signUp && [...signIn, ...signUp],
          open: forbidden ?? [],
          place: placeOf(resolver.project, call),
        })
      },
    })
  return guards
}

/** Whether a path is one of the sign-in pages. Null if that is not known. */
export function isEntranceOf(guard: AuthGuard | null, path: string | null): boolean | null {
  if (!guard) return false
  return guard.entrances === null ? null : path !== null && guard.entrances.includes(path)
}

function textsOf(resolver: Resolver, found: Resolution): string[] | null {
  if (found.kind === 'missing') return []
  if (found.kind !== 'node') return null
  const { spot } = found
  const parts = spot.path.isArrayExpression() ? (spot.path.get('elements') as NodePath[]) : [spot.path]
  const texts = parts.map((part) => resolver.text(at(spot, part)))
  return texts.every((text) => text !== null) ? texts : null
}

function walk(
  resolver: Resolver,
  entries: readonly (Entry | Unread)[],
  around: Around,
  routes: Route[],
  unread: Unread[],
  guard: AuthGuard | null,
): void {
  for (const entry of entries) {
    if (!isEntry(entry)) {
      unread.push(around.path ? { ...entry, why: `${entry.why} (below ${around.path})` } : entry)
      continue
    }
    const place = placeOf(resolver.project, entry.spot)
    const path = pathOf(resolver, entry, around) ?? null
    const lost = around.unread ?? entry.unread
    const own = [...metaOf(resolver, entry, place, guard), ...codeOf(entry, place)]
    const asks = [...around.asks, ...own]
    const view = componentOf(resolver, entry)
    const hasPage = entry.prop('component').kind !== 'missing' || entry.prop('components').kind !== 'missing'
    const hasIndex = entry.children.some((child) => isEntry(child) && isIndex(resolver, child))
    const isPage = entry.children.length === 0 ? entry.prop('redirect').kind === 'missing' : hasPage && !hasIndex
    const isEntrance = isEntranceOf(guard, path)
    const pages = view ? asksOfPage(resolver, view) : []
    if (isPage || lost) routes.push(routeOf({ path, place, asks: [...asks, ...pages], isEntrance, unread: lost }))
    if (entry.prop('alias').kind !== 'missing')
      unread.push({ why: `the other paths (alias) of ${path ?? 'a route'}`, place })
    const layout = view ? (asksAround(resolver, view, 'children') ?? []) : []
    walk(resolver, entry.children, { path, asks: [...asks, ...layout], unread: lost }, routes, unread, guard)
  }
}

function isIndex(resolver: Resolver, child: Entry): boolean {
  const found = child.prop('path')
  return found.kind === 'node' && resolver.text(found.spot) === ''
}

/** `component: Home` or `component: () => import('./Home.vue')` */
function componentOf(resolver: Resolver, entry: Entry): Spot | null {
  const found = entry.prop('component')
  if (found.kind !== 'node') return null
  const module = importedBy(resolver, found.spot)
  const made = module ? resolver.member(module, 'default', entry.spot) : found
  return made.kind === 'node' ? made.spot : null
}

/** What `meta.auth` asks, if the router is guarded at all. */
function metaOf(resolver: Resolver, entry: Entry, place: Place, guard: AuthGuard | null): Ask[] {
  const meta = entry.prop('meta')
  const asks = meta.kind === 'missing' ? [] : authOf(resolver, resolver.member(meta, 'auth', entry.spot), place)
  if (guard || asks.length === 0) return asks
  return [
    {
      kind: 'unread',
      by: 'route',
      why: 'meta.auth asks nothing without a call of authGuard, and none is found',
      place,
    },
  ]
}

/** `true`, the name of a guard, or `{ guard, params }`. Any other value closes the route. */
export function authOf(resolver: Resolver, found: Resolution, place: Place): Ask[] {
  const closed: Ask = { kind: 'closed', by: 'route', why: 'meta.auth is not true, a guard or { guard, params }', place }
  if (found.kind === 'missing') return []
  if (found.kind !== 'node') return [{ kind: 'unread', by: 'route', why: `meta.auth: ${whyOf(found)}`, place }]
  const { spot } = found
  const { path } = spot
  if (path.isNullLiteral() || path.isBooleanLiteral({ value: false })) return []
  if (path.isBooleanLiteral({ value: true })) return [{ kind: 'user', by: 'route', place }]
  const name = resolver.text(spot)
  if (name !== null) return name === '' ? [closed] : [{ kind: 'guard', by: 'route', name, place }]
  if (path.isArrayExpression() || path.isNumericLiteral()) return [closed]
  if (!path.isObjectExpression()) return [{ kind: 'unread', by: 'route', why: 'meta.auth: it is computed', place }]
  const guard = resolver.member(found, 'guard', spot)
  if (guard.kind === 'missing') return [closed]
  const inner = spotIn(guard)
  const text = inner ? resolver.text(inner) : null
  if (text === null) return [{ kind: 'unread', by: 'route', why: `which guard meta.auth asks: ${whyOf(guard)}`, place }]
  return [{ kind: 'guard', by: 'route', name: text, place }]
}

/** A route may have a guard of the app's own. */
const codeOf = (entry: Entry, place: Place): Ask[] =>
  entry.prop('beforeEnter').kind === 'missing'
    ? []
    : [{ kind: 'unread', by: 'route', why: 'its own beforeEnter may ask for more', place }]
