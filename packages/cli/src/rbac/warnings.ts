import type { Report } from './report.ts'
import type { Place, Use } from './types.ts'

/** Something that is probably not meant so. */
export interface Warning {
  readonly text: string
  readonly place: Place
}

export interface Known {
  readonly uses: readonly Use[]
  readonly publicPaths: readonly string[]
  /** Whether all guards of the app could be read. */
  readonly isWhole: boolean
}

/** What a reader of the table should look at. */
export function warningsOf(report: Report, known: Known): Warning[] {
  return [...ofRoutes(report, known), ...ofGuards(report, known), ...ofRoles(report)]
}

function ofRoutes({ rows }: Report, { publicPaths }: Known): Warning[] {
  const open = rows.filter(({ route, isPublic }) => {
    const { asks, isEntrance, unread } = route
    return !isPublic && !isEntrance && !unread && asks.length === 0
  })
  const paths = new Set(rows.map(({ route }) => route.path))
  return [
    ...open.map(({ route: { path, place } }) => ({
      text: `${path ?? 'A route'} has no guard. If all may enter it, say so with --public.`,
      place,
    })),
    ...publicPaths
      .filter((path) => !paths.has(path))
      .map((path) => ({ text: `--public names ${path}, and no route has that path.`, place: { file: '.', line: 1 } })),
  ]
}

function ofGuards({ guards, unread }: Report, { uses, isWhole }: Known): Warning[] {
  const names = new Set(guards.map(({ name }) => name))
  const hidden = unread[0]?.place
  const unused = guards
    .filter((guard) => guard.uses.length === 0)
    .map(({ name, place }) => ({
      text: `The guard "${name}" is used nowhere${hidden ? ', unless by what cannot be read' : ''}.`,
      place,
    }))
  const undefinedOnes = uses.flatMap(({ guard, place }) =>
    guard !== null && !names.has(guard) ? [{ guard, place }] : [],
  )
  const closed = isWhole ? ', so it is closed to all' : ' by what can be read here'
  return [
    ...unused,
    ...undefinedOnes.map(({ guard, place }) => ({ text: `The guard "${guard}" is not defined${closed}.`, place })),
  ]
}

function ofRoles({ roles, guards }: Report): Warning[] {
  if (!roles) return []
  const asked = guards.flatMap(({ reading, name, place }) =>
    reading.kind === 'roles' ? reading.roles.map((role) => ({ role, name, place })) : [],
  )
  const never = roles.roles.filter((role) => !asked.some((each) => each.role === role))
  const unknown = asked.filter(({ role }) => !roles.roles.includes(role))
  return [
    ...never.map((role) => ({ text: `No guard asks for the role "${role}" with hasRole.`, place: roles.place })),
    ...unknown.map(({ role, name, place }) => ({
      text: `The guard "${name}" asks for "${role}", which no user can have by the types (${roles.place.file}:${roles.place.line}).`,
      place,
    })),
  ]
}
