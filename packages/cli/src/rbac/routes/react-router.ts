import type { NodePath } from '@babel/traverse'
import type { JSXElement } from '@babel/types'
import { askedBy, askedOf, isCallOf, type Asked } from '../asks.ts'
import { spotIn, whyOf } from '../guards.ts'
import { placeOf } from '../project.ts'
import { at, isFrom, spotOf, type Resolver } from '../resolve.ts'
import type { Ask, Place, Resolution, Route, Routes, Spot, Unread } from '../types.ts'
import { asksAround, asksOfPage, attribute, childrenOf, elementName, importedBy, nameOf } from '../views.ts'
import { entriesOf, isEntry, outside, pathOf, routeOf, type Around, type Entry } from './tree.ts'

const router = /^react-router(-dom)?(\/dom)?$/
const makers = ['createBrowserRouter', 'createHashRouter', 'createMemoryRouter', 'createStaticHandler', 'useRoutes']
const fromElements = ['createRoutesFromElements', 'createRoutesFromChildren']

/** Routes that are written at one place. Those of a component may stand below a route whose path ends with `/*`. */
interface Tree {
  readonly routes: Route[]
  readonly place: Place
  readonly isOfComponent: boolean
}

/** The routes of React Router: lists of objects and `<Route>` elements. */
export function readReactRouter(resolver: Resolver): Routes {
  const trees: Tree[] = []
  const unread: Unread[] = []
  const read = (entries: readonly (Entry | Unread)[], from: Spot, isOfComponent: boolean): void => {
    const routes: Route[] = []
    walk(resolver, isOfComponent ? entries.map((entry) => plain(resolver, entry)) : entries, outside, routes, unread)
    trees.push({ routes, place: placeOf(resolver.project, from), isOfComponent })
  }
  for (const module of resolver.project.modules())
    module.program.traverse({
      ImportDeclaration(path) {
        if (path.node.source.value !== '@react-router/dev/routes') return
        unread.push({ why: 'the routes of the framework mode', place: placeOf(resolver.project, spotOf(module, path)) })
      },
      CallExpression(path) {
        const call = spotOf(module, path)
        const [first, options] = path.get('arguments') as NodePath[]
        if (!first) return
        if (fromElements.some((name) => isCallOf(resolver, call, router, name)))
          read(entriesOfElements(resolver, at(call, first)), call, false)
        const maker = makers.find((name) => isCallOf(resolver, call, router, name))
        if (!maker) return
        const given = options ? resolver.resolve(at(call, options)) : ({ kind: 'missing' } as const)
        if (given.kind !== 'missing' && resolver.member(given, 'patchRoutesOnNavigation', call).kind !== 'missing')
          unread.push({ why: 'routes that are added later', place: placeOf(resolver.project, call) })
        const list = resolver.resolve(at(call, first))
        const isElements =
          list.kind === 'node' && fromElements.some((name) => isCallOf(resolver, list.spot, router, name))
        if (!isElements) read(entriesOf(resolver, list, call), call, maker === 'useRoutes')
      },
      JSXElement(path) {
        const spot = spotOf(module, path)
        if (!isElement(resolver, spot, 'Routes')) return
        read(
          childrenOf(path).flatMap((child) => entriesOfElements(resolver, at(spot, child))),
          spot,
          true,
        )
      },
    })
  return { routes: trees.flatMap((tree) => placed(tree, trees)), unread }
}

const ofDataRouters = ['middleware', 'loader']

/** Only a data router runs middleware and loaders: in `<Routes>` and `useRoutes` they ask nothing. */
function plain(resolver: Resolver, entry: Entry | Unread): Entry | Unread {
  if (!isEntry(entry)) return entry
  const ignored = ofDataRouters.find((name) => entry.prop(name).kind !== 'missing')
  const why = `this route: its ${ignored} is run by a data router alone`
  return {
    ...entry,
    children: entry.children.map((child) => plain(resolver, child)),
    unread: ignored === undefined ? entry.unread : { why, place: placeOf(resolver.project, entry.spot) },
  }
}

/** Where the routes of a component stand is only known if no other route has a place for them. */
function placed(tree: Tree, trees: readonly Tree[]): readonly Route[] {
  const above = trees
    .filter((other) => other !== tree)
    .flatMap(({ routes }) => routes)
    .find(({ path }) => path === null || /[^/]\/\*$/.test(path))
  if (!tree.isOfComponent || !above) return tree.routes
  const unread = { why: `these routes may stand below ${above.path ?? 'another one'}`, place: tree.place }
  return tree.routes.map((route) => ({ ...route, path: null, unread: route.unread ?? unread }))
}

function isElement(resolver: Resolver, spot: Spot, name: string): boolean {
  if (!spot.path.isJSXElement()) return false
  const written = elementName(spot.path)
  return written !== null && /^[A-Z]/.test(written) && isFrom(nameOf(resolver, spot, written), router, name)
}

/** `<Route>` elements, also inside of fragments and behind names. */
function entriesOfElements(resolver: Resolver, from: Spot): (Entry | Unread)[] {
  const found = resolver.resolve(from)
  const place = placeOf(resolver.project, from)
  if (found.kind !== 'node') return [{ why: `routes: ${whyOf(found)}`, place }]
  const { spot } = found
  if (spot.path.isJSXFragment())
    return childrenOf(spot.path).flatMap((child) => entriesOfElements(resolver, at(spot, child)))
  if (!spot.path.isJSXElement() || !isElement(resolver, spot, 'Route'))
    return [{ why: 'routes: it is computed', place }]
  return [entryOfElement(resolver, spot, spot.path)]
}

function entryOfElement(resolver: Resolver, spot: Spot, path: NodePath<JSXElement>): Entry {
  const spread = path
    .get('openingElement')
    .get('attributes')
    .find((each) => each.isJSXSpreadAttribute())
  const prop = (name: string): Resolution => {
    const value = attribute(path, name)
    if (!value) return { kind: 'missing' }
    return value.isJSXAttribute() ? { kind: 'node', spot: at(spot, value) } : resolver.resolve(at(spot, value))
  }
  const place = placeOf(resolver.project, spot)
  return {
    spot,
    prop,
    children: childrenOf(path).flatMap((child) => entriesOfElements(resolver, at(spot, child))),
    unread: spread ? { why: 'this route: its attributes are spread', place } : null,
  }
}

function walk(
  resolver: Resolver,
  entries: readonly (Entry | Unread)[],
  around: Around,
  routes: Route[],
  unread: Unread[],
): void {
  for (const entry of entries) {
    if (!isEntry(entry)) {
      unread.push(around.path ? { ...entry, why: `${entry.why} (below ${around.path})` } : entry)
      continue
    }
    const own = ownOf(resolver, entry)
    const path = pathOf(resolver, entry, around)
    const isIndex = entry.prop('index').kind !== 'missing'
    const lost = around.unread ?? entry.unread
    const view = viewOf(entry)
    const hasPage =
      view.kind !== 'missing' || ['lazy', 'loader', 'action'].some((name) => entry.prop(name).kind !== 'missing')
    const hasIndex = entry.children.some((child) => isEntry(child) && child.prop('index').kind !== 'missing')
    const isPage = isIndex || (path !== undefined && (entry.children.length === 0 || (hasPage && !hasIndex)))
    const at = path === undefined ? around.path : path
    const pages = asksOf(view, (spot) => asksOfPage(resolver, spot))
    const place = placeOf(resolver.project, entry.spot)
    if (isPage || lost)
      routes.push(
        routeOf({
          path: at,
          place,
          asks: [...around.asks, ...own.asks, ...pages],
          isEntrance: own.isEntrance,
          unread: lost,
        }),
      )
    const layout = asksOf(view, (spot) => asksAround(resolver, spot, 'Outlet') ?? [])
    walk(
      resolver,
      entry.children,
      { path: at, asks: [...around.asks, ...own.asks, ...layout], unread: lost },
      routes,
      unread,
    )
  }
}

const asksOf = (view: Resolution, read: (spot: Spot) => Ask[]): Ask[] => {
  const spot = spotIn(view)
  return spot ? read(spot) : []
}

const viewOf = (entry: Entry): Resolution => {
  const element = entry.prop('element')
  return element.kind === 'missing' ? entry.prop('Component') : element
}

/** What the route itself asks by its middleware, its loader, and the file that it loads later. */
function ownOf(resolver: Resolver, entry: Entry): Asked {
  const parts: Asked[] = []
  const place = placeOf(resolver.project, entry.spot)
  const read = (found: Resolution): void => void parts.push(askedOf(resolver, found, place))
  const middleware = entry.prop('middleware')
  if (middleware.kind === 'node' && middleware.spot.path.isArrayExpression())
    for (const element of middleware.spot.path.get('elements')) {
      if (element.isSpreadElement()) parts.push(unreadMiddleware(resolver, at(middleware.spot, element)))
      else parts.push(askedBy(resolver, at(middleware.spot, element as NodePath)))
    }
  else if (middleware.kind !== 'missing') parts.push(unreadMiddleware(resolver, spotIn(middleware) ?? entry.spot))
  read(entry.prop('loader'))
  const lazy = entry.prop('lazy')
  const module = lazy.kind === 'node' ? importedBy(resolver, lazy.spot) : null
  if (module) {
    read(resolver.member(module, 'loader', entry.spot))
    const view = resolver.member(module, 'Component', entry.spot)
    if (view.kind === 'node') parts.push({ asks: asksOfPage(resolver, view.spot), isEntrance: false })
  } else if (lazy.kind !== 'missing') parts.push(unreadMiddleware(resolver, spotIn(lazy) ?? entry.spot))
  return { asks: parts.flatMap(({ asks }) => asks), isEntrance: parts.some(({ isEntrance }) => isEntrance) }
}

const unreadMiddleware = (resolver: Resolver, spot: Spot): Asked => ({
  asks: [
    {
      kind: 'unread',
      by: 'route',
      why: 'its code may ask for more: it is computed',
      place: placeOf(resolver.project, spot),
    },
  ],
  isEntrance: false,
})
