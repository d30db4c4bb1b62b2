import type { NodePath } from '@babel/traverse'
import { placeOf } from './project.ts'
import { at, isFrom, spotOf, type Resolver } from './resolve.ts'
import type { Guard, GuardReading, Resolution, Spot, Unread } from './types.ts'

const core = /^@authchart\/core$/

/** The guards of an app, the calls that take them, and what of them cannot be read. */
export interface Guards {
  readonly guards: readonly Guard[]
  readonly unread: readonly Unread[]
  /** The calls of `createAuth`, by their options. */
  readonly auths: readonly Auth[]
}

export interface Auth {
  readonly call: Spot
  readonly options: Resolution
  /** The object in the code that lists the guards; `missing` if the call has none. */
  readonly guards: Resolution
}

/** Reads what `createAuth` is given as `guards`, wherever in the app it is called. */
export function readGuards(resolver: Resolver): Guards {
  const auths = authsOf(resolver)
  const unread: Unread[] = []
  const found: Guard[] = []
  for (const { call, options, guards } of auths) {
    const isReplaced = options.kind === 'node' && hasPolicy(resolver, resolver.member(options, 'machine', call))
    const why = 'the option "machine" may put a policy of its own in the place of the guards'
    const read = (spot: Spot): Guard[] =>
      listOf(resolver, spot, unread).map((guard) =>
        isReplaced ? { ...guard, reading: { kind: 'unread', why } } : guard,
      )
    if (guards.kind === 'node' && guards.spot.path.isObjectExpression()) found.push(...read(guards.spot))
    else if (guards.kind !== 'missing')
      unread.push({ why: `the guards: ${whyOf(guards)}`, place: placeOf(resolver.project, spotIn(guards) ?? call) })
  }
  return { guards: merge(found), unread, auths }
}

function authsOf(resolver: Resolver): Auth[] {
  const found: Auth[] = []
  for (const module of resolver.project.modules())
    module.program.traverse({
      CallExpression(path) {
        const call = spotOf(module, path)
        if (!isFrom(resolver.resolve(at(call, path.get('callee'))), core, 'createAuth')) return
        const [first] = path.get('arguments') as NodePath[]
        const options = first ? resolver.resolve(at(call, first)) : ({ kind: 'missing' } as const)
        found.push({ call, options, guards: resolver.member(options, 'guards', call) })
      },
    })
  return found
}

/** Whether the chart may ask something else than the guards: `authMachine.provide({ guards: … })`, or what cannot be read. */
function hasPolicy(resolver: Resolver, machine: Resolution): boolean {
  if (machine.kind === 'missing') return false
  if (machine.kind !== 'node' || !machine.spot.path.isCallExpression()) return true
  const { spot } = machine
  const callee = resolver.resolve(at(spot, machine.spot.path.get('callee')))
  if (callee.kind !== 'member' || callee.name !== 'provide' || !isFrom(callee.of, core, 'authMachine')) return true
  const [first] = machine.spot.path.get('arguments') as NodePath[]
  return !first || resolver.member(resolver.resolve(at(spot, first)), 'guards', spot).kind !== 'missing'
}

function listOf(resolver: Resolver, spot: Spot, unread: Unread[]): Guard[] {
  const { path } = spot
  if (!path.isObjectExpression()) return []
  const found = new Map<string, Guard>()
  for (const property of path.get('properties')) {
    const place = placeOf(resolver.project, at(spot, property))
    if (property.isSpreadElement()) {
      const spread = resolver.resolve(at(spot, property.get('argument') as NodePath))
      if (spread.kind === 'node' && spread.spot.path.isObjectExpression())
        for (const guard of listOf(resolver, spread.spot, unread)) found.set(guard.name, guard)
      else {
        unread.push({ why: `more guards are spread in here: ${whyOf(spread)}`, place })
        // what stands before may be replaced by it
        for (const [name, guard] of found)
          found.set(name, { ...guard, reading: { kind: 'unread', why: 'a spread after it may replace it' } })
      }
      continue
    }
    const { key, computed } = property.node as { key: { name?: string; value?: unknown }; computed?: boolean }
    const name = computed ? resolver.text(at(spot, property.get('key') as NodePath)) : (key.name ?? String(key.value))
    if (name === null) unread.push({ why: 'the name of a guard is computed', place })
    else found.set(name, { name, place, reading: readingOf(resolver, at(spot, property)) })
  }
  return [...found.values()]
}

function readingOf(resolver: Resolver, spot: Spot): GuardReading {
  if (spot.path.isObjectMethod())
    return spot.path.node.kind === 'method' ? { kind: 'own' } : { kind: 'unread', why: 'it is a getter' }
  const found = resolver.resolve(at(spot, spot.path.get('value') as NodePath))
  if (found.kind !== 'node') return { kind: 'unread', why: whyOf(found) }
  const { path } = found.spot
  if (path.isFunction()) return { kind: 'own' }
  if (!path.isCallExpression()) return { kind: 'unread', why: 'it is computed' }
  const callee = resolver.resolve(at(found.spot, path.get('callee')))
  const args = path.get('arguments') as NodePath[]
  if (isFrom(callee, core, 'hasRole')) return rolesOf(resolver, found.spot, args)
  if (isFrom(callee, core, 'hasRecentSignIn'))
    return { kind: 'recent', within: durationOf(resolver, found.spot, args[0]) }
  return {
    kind: 'unread',
    why: `it is made by ${callee.kind === 'external' ? `"${callee.name}" of ${callee.source}` : 'a call'}`,
  }
}

function rolesOf(resolver: Resolver, spot: Spot, args: readonly NodePath[]): GuardReading {
  const roles: string[] = []
  for (const path of args) {
    const list = path.isSpreadElement() ? resolver.resolve(at(spot, path.get('argument') as NodePath)) : null
    if (list && (list.kind !== 'node' || !list.spot.path.isArrayExpression()))
      return { kind: 'unread', why: `its roles: ${whyOf(list)}` }
    const texts =
      list?.kind === 'node' && list.spot.path.isArrayExpression()
        ? list.spot.path.get('elements').map((element) => resolver.text(at(list.spot, element as NodePath)))
        : [resolver.text(at(spot, path))]
    for (const text of texts) {
      if (text === null) return { kind: 'unread', why: 'a role of it is computed' }
      roles.push(text)
    }
  }
  return { kind: 'roles', roles: [...new Set(roles)] }
}

function durationOf(resolver: Resolver, spot: Spot, path: NodePath | undefined): string {
  const found = path && resolver.resolve(at(spot, path))
  const value = found?.kind === 'node' ? found.spot.path.evaluate() : null
  if (!value?.confident || typeof value.value !== 'number') return 'a time that is computed'
  const seconds = value.value / 1000
  if (seconds < 120) return `${seconds} seconds`
  return seconds < 7200 ? `${seconds / 60} minutes` : `${seconds / 3600} hours`
}

/** Two auths of one app may have a guard of the same name, but only one that says the same can be shown as one. */
function merge(found: readonly Guard[]): Guard[] {
  const byName = new Map<string, Guard>()
  for (const guard of found) {
    const before = byName.get(guard.name)
    const isSame = !before || isEqual(before, guard)
    const why = `another auth of the app defines it otherwise (${before?.place.file}:${before?.place.line})`
    byName.set(guard.name, isSame ? (before ?? guard) : { ...guard, reading: { kind: 'unread', why } })
  }
  return [...byName.values()]
}

function isEqual(one: Guard, other: Guard): boolean {
  const isOnePlace = one.place.file === other.place.file && one.place.line === other.place.line
  return isOnePlace || (one.reading.kind !== 'own' && JSON.stringify(one.reading) === JSON.stringify(other.reading))
}

export const spotIn = (found: Resolution): Spot | null =>
  found.kind === 'node' || found.kind === 'unread' ? found.spot : null

/** Why an expression is not what was looked for, in words. */
export function whyOf(found: Resolution): string {
  if (found.kind === 'unread') return found.why
  if (found.kind === 'external') return `"${found.name}" comes from the package ${found.source}`
  if (found.kind === 'missing') return 'it is undefined'
  return 'it is computed'
}
