import type { NodePath } from '@babel/traverse'
import { spotIn, whyOf } from '../guards.ts'
import { placeOf } from '../project.ts'
import { at, type Resolver } from '../resolve.ts'
import type { Ask, Resolution, Route, Spot, Unread } from '../types.ts'

/** A route as it is written in a list, whether as an object or as an element. */
export interface Entry {
  readonly spot: Spot
  readonly prop: (name: string) => Resolution
  readonly children: readonly (Entry | Unread)[]
  /** What may replace what is read here. */
  readonly unread: Unread | null
}

/** The entries of a list of objects. What is no such list is said. */
export function entriesOf(resolver: Resolver, list: Resolution, from: Spot): (Entry | Unread)[] {
  if (list.kind === 'missing') return []
  const lost = (why: string, spot: Spot): Unread => ({ why, place: placeOf(resolver.project, spot) })
  if (list.kind !== 'node' || !list.spot.path.isArrayExpression())
    return [lost(`routes: ${whyOf(list)}`, spotIn(list) ?? from)]
  const { spot } = list
  return list.spot.path.get('elements').flatMap((element) => {
    if (!element.node) return []
    if (element.isSpreadElement()) {
      const inner = resolver.resolve(at(spot, element.get('argument') as NodePath))
      if (inner.kind === 'node' && inner.spot.path.isArrayExpression()) return entriesOf(resolver, inner, spot)
      return [lost(`routes that are spread in here: ${whyOf(inner)}`, at(spot, element))]
    }
    const found = resolver.resolve(at(spot, element as NodePath))
    if (found.kind !== 'node' || !found.spot.path.isObjectExpression())
      return [lost(`a route: ${whyOf(found)}`, at(spot, element as NodePath))]
    return [entryOf(resolver, found)]
  })
}

function entryOf(resolver: Resolver, found: Extract<Resolution, { kind: 'node' }>): Entry {
  const { spot } = found
  const prop = (name: string): Resolution => resolver.member(found, name, spot)
  // no route has this key: what answers for it may answer for the others, too
  const other = prop(' ')
  const place = placeOf(resolver.project, spot)
  return {
    spot,
    prop,
    children: entriesOf(resolver, prop('children'), spot),
    unread: other.kind === 'unread' ? { why: `this route: ${other.why}`, place } : null,
  }
}

/** What stands around a route. */
export interface Around {
  /** Null if a part of it cannot be read. */
  readonly path: string | null
  readonly asks: readonly Ask[]
  readonly unread: Unread | null
}

export const outside: Around = { path: '', asks: [], unread: null }

export const isEntry = (entry: Entry | Unread): entry is Entry => 'children' in entry

/** The path of a route in the tree. Undefined if it has none of its own. */
export function pathOf(resolver: Resolver, entry: Entry, around: Around): string | null | undefined {
  const found = entry.prop('path')
  if (found.kind === 'missing') return undefined
  const spot = spotIn(found)
  const text = spot ? resolver.text(spot) : null
  return text === null ? null : joined(around.path, text)
}

/** Nothing is known of a path below one that is not known, unless it begins anew. */
export function joined(before: string | null, path: string): string | null {
  if (path.startsWith('/')) return path
  if (before === null) return null
  return `${before.replace(/\/$/, '')}/${path}`.replace(/(.)\/$/, '$1')
}

/** A route of which everything is known that can be. The way in asks no user to be signed in. */
export function routeOf(route: Route): Route {
  const path = route.path === '' ? '/' : route.path
  const asks = route.isEntrance ? route.asks.filter(({ by, kind }) => by === 'view' || kind === 'unread') : route.asks
  return { ...route, path, asks: unique(asks) }
}

function unique(asks: readonly Ask[]): Ask[] {
  const seen = new Set<string>()
  return asks.filter((ask) => {
    const key = JSON.stringify(ask)
    return !seen.has(key) && seen.add(key)
  })
}
