import { forbiddenOf } from './forbidden.ts'
import { readGuards } from './guards.ts'
import { openProject } from './project.ts'
import { Resolver } from './resolve.ts'
import { readRoles, type RoleTypes } from './roles.ts'
import { readNext } from './routes/next.ts'
import { readNuxt } from './routes/nuxt.ts'
import { readReactRouter } from './routes/react-router.ts'
import { readTanStackRouter } from './routes/tanstack-router.ts'
import { readVueRouter } from './routes/vue-router.ts'
import type { Ask, Guard, Place, Route, Unread, Use } from './types.ts'
import { usesOf } from './uses.ts'
import { warningsOf, type Warning } from './warnings.ts'

/** Whether a user may enter. `depends`: a guard with rules of its own decides. `unread`: the code there is not understood. */
export type Answer = 'yes' | 'no' | 'depends' | 'unread'

export interface Row {
  readonly route: Route
  readonly isPublic: boolean
  /** In the order of the columns. */
  readonly answers: readonly Answer[]
}

/** Who may enter what, by the guards and the routes of an app. */
export interface Report {
  /** `null` is the visitor who is not signed in, `undefined` a user with another role than those. */
  readonly columns: readonly (string | null | undefined)[]
  readonly rows: readonly Row[]
  readonly guards: readonly (Guard & { readonly uses: readonly Place[] })[]
  readonly roles: RoleTypes | null
  readonly warnings: readonly Warning[]
  readonly unread: readonly Unread[]
}

export interface ReportOptions {
  /** Paths that are open to all on purpose. */
  readonly publicPaths?: readonly string[]
}

/**
 * Reads the guards and the routes of an app. It parses the files and runs none of them.
 *
 * @throws Error if there is no such folder
 */
export function reportOf(folder: string, { publicPaths = [] }: ReportOptions = {}): Report {
  const project = openProject(folder)
  const resolver = new Resolver(project)
  const { guards, unread, auths } = readGuards(resolver)
  const found = [readReactRouter, readTanStackRouter, readVueRouter, readNext, readNuxt].map((read) => read(resolver))
  const routes = found.flatMap((each) => each.routes).sort(byPath)
  const open = [...publicPaths, ...found.flatMap((each) => each.open ?? []), ...forbiddenOf(resolver)]
  const roles = readRoles(project)
  const names = new Set(guards.map(({ name }) => name))
  const uses = unique([...usesOf(resolver, names), ...routes.flatMap(({ asks }) => asks).flatMap(useOf)])
  const asked = guards.flatMap(({ reading }) => (reading.kind === 'roles' ? reading.roles : []))
  const columns = [null, ...new Set([...(roles?.roles ?? []), ...asked]), ...(roles ? [] : [undefined])]
  const isWhole = auths.length > 0 && unread.length === 0 && project.broken.length === 0
  const answer = answers(guards, isWhole)
  const rows = routes.map((route) => ({
    route,
    isPublic: route.path !== null && open.includes(route.path),
    answers: columns.map((column) => answer(route, column)),
  }))
  const report: Report = {
    columns,
    rows,
    guards: guards.map((guard) => ({
      ...guard,
      uses: uses.flatMap((use) => (use.guard === guard.name ? [use.place] : [])),
    })),
    roles,
    warnings: [],
    unread: unique([
      ...project.broken,
      ...(auths.length === 0
        ? [{ why: 'no call of createAuth is found in the app', place: { file: '.', line: 1 } }]
        : []),
      ...unread,
      ...found.flatMap((each) => each.unread),
      ...routes.flatMap(unreadOfRoute),
      ...guards.flatMap(({ name, place, reading }) =>
        reading.kind === 'unread' ? [{ why: `the guard "${name}": ${reading.why}`, place }] : [],
      ),
      ...uses.flatMap(({ guard, place }) => (guard === null ? [{ why: 'which guard is asked here', place }] : [])),
    ]).sort(byPlace),
  }
  return { ...report, warnings: warningsOf(report, { uses, publicPaths, isWhole }) }
}

const byPlace = ({ place: one }: Unread, { place: other }: Unread): number => {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1
  return one.line - other.line
}

const byPath = ({ path: one, place: a }: Route, { path: other, place: b }: Route): number => {
  if (one !== other) return one === null ? 1 : other === null || one < other ? -1 : 1
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1
}

const useOf = (ask: Ask): Use[] => (ask.kind === 'guard' ? [{ guard: ask.name, place: ask.place }] : [])

function unreadOfRoute({ path, place, unread, asks }: Route): Unread[] {
  return [
    ...(path === null ? [{ why: 'the path of this route', place }] : []),
    ...(unread ? [unread] : []),
    ...asks.flatMap((ask) =>
      ask.kind === 'unread' ? [{ why: `${path ?? 'this route'}: ${ask.why}`, place: ask.place }] : [],
    ),
  ]
}

function unique<T>(list: readonly T[]): T[] {
  const seen = new Map(list.map((each) => [JSON.stringify(each), each]))
  return [...seen.values()]
}

function answers(guards: readonly Guard[], isWhole: boolean) {
  const byName = new Map(guards.map((guard) => [guard.name, guard.reading]))
  const one = (ask: Ask, column: string | null | undefined): Answer => {
    if (ask.kind === 'unread') return 'unread'
    if (ask.kind === 'closed' || column === null) return 'no'
    if (ask.kind === 'user') return 'yes'
    const reading = byName.get(ask.name)
    // a guard that is not defined is closed in the app
    if (!reading) return isWhole ? 'no' : 'unread'
    if (reading.kind === 'unread') return 'unread'
    if (reading.kind !== 'roles') return 'depends'
    return column !== undefined && reading.roles.includes(column) ? 'yes' : 'no'
  }
  return ({ unread, asks, isEntrance }: Route, column: string | null | undefined): Answer => {
    // a sign-in page is open to visitors, whatever the routes around it ask
    if (unread || (isEntrance === null && column === null && asks.length > 0)) return 'unread'
    const all = asks.map((ask) => one(ask, column))
    return (['no', 'unread', 'depends'] as const).find((each) => all.includes(each)) ?? 'yes'
  }
}
