import type { NodePath } from '@babel/traverse'
import type { ObjectExpression } from '@babel/types'
import { spotIn, whyOf } from './guards.ts'
import { placeOf } from './project.ts'
import { at, isFrom, onlyExpression, type Resolver } from './resolve.ts'
import type { Ask, Place, Resolution, Spot } from './types.ts'

/** What a middleware, a loader or a `beforeLoad` asks of the user. */
export interface Asked {
  readonly asks: readonly Ask[]
  readonly isEntrance: boolean
}

const helpers = /^@authchart\/react\/(react-router|tanstack-router)$/
const core = /^@authchart\/core$/
const bindings = /^@authchart\/(react|vue)$/

const nothing: Asked = { asks: [], isEntrance: false }
const unread = (why: string, place: Place): Asked => ({
  asks: [{ kind: 'unread', by: 'route', why, place }],
  isEntrance: false,
})

/** Reads one of the functions that a router asks before it shows a page. */
export const askedBy = (resolver: Resolver, spot: Spot): Asked =>
  askedOf(resolver, resolver.resolve(spot), placeOf(resolver.project, spot))

/** The same for what is found already, at a place of which it is told. */
export function askedOf(resolver: Resolver, found: Resolution, place: Place): Asked {
  if (found.kind === 'missing') return nothing
  if (found.kind === 'member' && isOfHelpers(resolver, found))
    return ['signInPage', 'signUpPage'].includes(found.name)
      ? { asks: [], isEntrance: true }
      : unread(`"${found.name}" is no guard`, place)
  if (found.kind !== 'node') return unread(`its code may ask for more: ${whyOf(found)}`, place)
  const { path } = found.spot
  if (path.isCallExpression()) {
    const asks = asksOfCall(resolver, found.spot, place)
    if (asks) return { asks, isEntrance: false }
    return unread(`its code may ask for more: ${whyOf(resolver.resolve(at(found.spot, path.get('callee'))))}`, place)
  }
  if (path.isFunction()) return { asks: asksOfFunction(resolver, found.spot), isEntrance: false }
  return path.isNullLiteral() ? nothing : unread('its code may ask for more: it is computed', place)
}

/** `routes.requireUser(…)` of the helpers. Null if it is another call. */
function asksOfCall(resolver: Resolver, spot: Spot, place: Place): Ask[] | null {
  if (!spot.path.isCallExpression()) return null
  const callee = resolver.resolve(at(spot, spot.path.get('callee')))
  if (callee.kind !== 'member' || callee.name !== 'requireUser' || !isOfHelpers(resolver, callee)) return null
  const [guard] = spot.path.get('arguments') as NodePath[]
  return [guard ? guardAsk(resolver, at(spot, guard), place, 'route') : { kind: 'user', by: 'route', place }]
}

/** A guard by its name. What is given and is no name is closed, as it is in the app. */
export function guardAsk(resolver: Resolver, spot: Spot, place: Place, by: Ask['by']): Ask {
  const name = resolver.text(spot)
  if (name !== null) return { kind: 'guard', by, name, place }
  const found = resolver.resolve(spot)
  if (found.kind === 'missing') return { kind: 'closed', by, why: 'its guard is undefined', place }
  return { kind: 'unread', by, why: `which guard it asks: ${whyOf(found)}`, place }
}

const isOfHelpers = (resolver: Resolver, { of }: Extract<Resolution, { kind: 'member' }>): boolean =>
  of.kind === 'node' && isCallOf(resolver, of.spot, helpers, 'authRoutes')

export function isCallOf(resolver: Resolver, spot: Spot, source: RegExp, name: string): boolean {
  const { path } = spot
  return path.isCallExpression() && isFrom(resolver.resolve(at(spot, path.get('callee'))), source, name)
}

/** What a function asks before it does anything else. A question that may be passed by is none. */
export function asksOfFunction(resolver: Resolver, spot: Spot, isComponent = false): Ask[] {
  const asks: Ask[] = []
  let isSure = true
  const body = spot.path.get('body') as NodePath
  const alone = onlyExpression(spot.path)
  const statements = alone || !body.isBlockStatement() ? [] : body.get('body')
  const steps = alone ? [alone] : statements
  for (const step of steps) {
    const call = asked(step, spot)
    const found = isSure && call ? asksOfStep(resolver, call) : null
    if (found) asks.push(...found)
    else if (decides(step, isComponent))
      asks.push({
        kind: 'unread',
        by: 'route',
        why: 'its own code may ask for more',
        place: placeOf(resolver.project, at(spot, step)),
      })
    if (mayLeave(step)) isSure = false
  }
  return asks
}

/** The call that a statement waits for, or gives back. */
function asked(step: NodePath, spot: Spot): Spot | null {
  let path: NodePath | null = step
  if (step.isExpressionStatement()) path = step.get('expression')
  else if (step.isReturnStatement()) path = step.node.argument ? (step.get('argument') as NodePath) : null
  else if (step.isVariableDeclaration())
    path = (step.get('declarations')[0]?.get('init') as NodePath | undefined) ?? null
  if (!path?.node) return null
  const isGiven = step.isReturnStatement() || step.isExpression()
  if (path.isAwaitExpression()) path = path.get('argument')
  else if (!isGiven) return null
  return path.isCallExpression() ? at(spot, path) : null
}

/** `routes.requireUser('isAdmin')(args)` or `auth.requireUser({ guard: 'isAdmin' })`. */
function asksOfStep(resolver: Resolver, call: Spot): Ask[] | null {
  if (!call.path.isCallExpression()) return null
  const place = placeOf(resolver.project, call)
  const callee = resolver.resolve(at(call, call.path.get('callee')))
  if (callee.kind === 'node') return asksOfCall(resolver, callee.spot, place)
  if (callee.kind !== 'member' || callee.name !== 'requireUser' || !isAuth(resolver, callee.of)) return null
  const [first] = call.path.get('arguments') as NodePath[]
  const options = first ? resolver.resolve(at(call, first)) : ({ kind: 'missing' } as const)
  if (options.kind === 'missing') return [{ kind: 'user', by: 'route', place }]
  if (options.kind !== 'node' || !options.spot.path.isObjectExpression()) return null
  const guard = resolver.member(options, 'guard', call)
  if (guard.kind === 'missing')
    return names(options.spot.path, 'guard')
      ? [{ kind: 'closed', by: 'route', why: 'its guard is undefined', place }]
      : [{ kind: 'user', by: 'route', place }]
  const spot = spotIn(guard)
  return spot ? [guardAsk(resolver, spot, place, 'route')] : null
}

/** Whether an object says something of a key, or may. */
const names = (object: NodePath<ObjectExpression>, key: string): boolean =>
  object
    .get('properties')
    .some((each) => each.isSpreadElement() || (each.get('key') as NodePath).isIdentifier({ name: key }))

function isAuth(resolver: Resolver, found: Resolution): boolean {
  if (found.kind !== 'node') return false
  return isCallOf(resolver, found.spot, core, 'createAuth') || isCallOf(resolver, found.spot, bindings, 'useAuth')
}

/** Whether code sends users away by rules of its own. What a component does at a click is no rule of the page. */
function decides(path: NodePath, isComponent: boolean): boolean {
  return find(
    path,
    isComponent,
    (inner) =>
      inner.isThrowStatement() ||
      (inner.isIdentifier() &&
        /^(requireUser|redirect|permanentRedirect|notFound|forbidden|unauthorized|navigateTo|abortNavigation|Response)$/.test(
          inner.node.name,
        )),
  )
}

/** Whether the statement may end the function before the next one. */
const mayLeave = (path: NodePath): boolean =>
  find(path, false, (inner) => inner.isReturnStatement() || inner.isTryStatement())

function find(path: NodePath, isShallow: boolean, isIt: (inner: NodePath) => boolean): boolean {
  if (isIt(path)) return true
  let found = false
  path.traverse({
    enter(inner) {
      if (isShallow && inner.isFunction()) inner.skip()
      if (!isIt(inner)) return
      found = true
      inner.stop()
    },
  })
  return found
}
