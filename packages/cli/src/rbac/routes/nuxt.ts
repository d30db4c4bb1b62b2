import type { NodePath } from '@babel/traverse'
import { nameOf, placeOf } from '../project.ts'
import { at, spotOf, type Resolver } from '../resolve.ts'
import type { Module } from '../source.ts'
import { asksAroundSlot, asksOfTemplate } from '../templates.ts'
import type { Ask, Place, Resolution, Route, Routes, Unread } from '../types.ts'
import { routeOf } from './tree.ts'
import { authOf, isEntranceOf, readAuthGuards, type AuthGuard } from './vue-router.ts'

/** A page of Nuxt: a file below the folder `pages`, by its name without the ending. */
interface Page {
  readonly name: string
  readonly file: string
}

/** The pages of Nuxt, and what their `definePageMeta` asks. */
export function readNuxt(resolver: Resolver): Routes {
  const { project } = resolver
  const isNuxt = ['ts', 'js', 'mjs'].some((ending) => project.has(`nuxt.config.${ending}`))
  const root = ['app/pages', 'pages', 'src/pages'].find((folder) => project.has(folder))
  if (!isNuxt || !root) return { routes: [], unread: [] }
  const guard = readAuthGuards(resolver)[0] ?? null
  const pages = project.files.flatMap((file): Page[] => {
    const name = nameOf(project.root, file)
    return name.startsWith(`${root}/`) ? [{ file, name: name.slice(root.length + 1).replace(/\.\w+$/, '') }] : []
  })
  const unread: Unread[] = []
  const routes = pages.flatMap((page) => routeOfPage(resolver, page, pages, guard))
  if (guard && guard.entrances === null) unread.push({ why: 'the paths of the sign-in pages', place: guard.place })
  for (const file of project.files.map((each) => nameOf(project.root, each)))
    if (/(^|\/)(router\.options\.ts|middleware\/[^/]+\.global\.ts)$/.test(file))
      unread.push({ why: 'what this file changes for all routes', place: { file, line: 1 } })
  return { routes, unread, ...(guard && { open: guard.open }) }
}

function routeOfPage(resolver: Resolver, page: Page, pages: readonly Page[], guard: AuthGuard | null): Route[] {
  const line = pages.filter(({ name }) => page.name === name || page.name.startsWith(`${name}/`))
  line.sort((one, other) => one.name.length - other.name.length)
  const hasIndex = pages.some(({ name }) => name === `${page.name}/index`)
  if (hasIndex) return []
  const place: Place = { file: nameOf(resolver.project.root, page.file), line: 1 }
  const metas = line.map(({ file }) => metaOf(resolver, file))
  const lost = metas.map((meta) => meta.unread).find((found) => found !== null) ?? null
  const path = pathOf(page.name)
  const asks = metas.flatMap((meta) => meta.asks)
  const views = line.flatMap((each): Ask[] => {
    const module = resolver.project.module(each.file)
    if (!module) return []
    const spot = spotOf(module, module.program)
    return each === page ? asksOfTemplate(resolver, spot) : (asksAroundSlot(resolver, spot) ?? [])
  })
  const why = 'meta.auth asks nothing without a call of authGuard, and none is found'
  const own: Ask[] = guard || asks.length === 0 ? asks : [{ kind: 'unread', by: 'route', why, place }]
  const custom = metas.at(-1)?.path
  if (custom !== undefined)
    return [
      routeOf({ path: custom, place, asks: [...own, ...views], isEntrance: isEntranceOf(guard, custom), unread: lost }),
    ]
  return [
    routeOf({
      path,
      place,
      asks: [...own, ...appAsks(resolver), ...views],
      isEntrance: isEntranceOf(guard, path),
      unread: lost,
    }),
  ]
}

/** What `app.vue` puts around all pages. */
function appAsks(resolver: Resolver): Ask[] {
  const { project } = resolver
  const file = project.files.find((each) => ['app/app.vue', 'app.vue'].includes(nameOf(project.root, each)))
  const module = file ? project.module(file) : undefined
  return module ? (asksAroundSlot(resolver, spotOf(module, module.program)) ?? []) : []
}

/** `posts/[id]/edit` is `/posts/:id/edit`. */
function pathOf(name: string): string {
  const segments = name
    .split('/')
    .filter((segment) => segment !== 'index' && !/^\(.*\)$/.test(segment))
    .map((segment) =>
      segment
        .replaceAll(/\[\.\.\.(\w+)\]/g, ':$1(.*)*')
        .replaceAll(/\[\[(\w+)\]\]/g, ':$1?')
        .replaceAll(/\[(\w+)\]/g, ':$1'),
    )
  return `/${segments.join('/')}`
}

interface Meta {
  readonly asks: readonly Ask[]
  readonly unread: Unread | null
  /** A path that the page gives itself; null if it cannot be read. */
  readonly path?: string | null
}

function metaOf(resolver: Resolver, file: string): Meta {
  const { project } = resolver
  const module = project.module(file)
  if (!module) {
    const place = { file: nameOf(project.root, file), line: 1 }
    return { asks: [], unread: { why: 'this page: its file is not read', place } }
  }
  const calls = callsOf(module)
  const [call, second] = calls
  if (!call) return { asks: [], unread: null }
  const place = placeOf(project, { module, path: call })
  const [first] = call.get('arguments') as NodePath[]
  const options: Resolution = first ? resolver.resolve(spotOf(module, first)) : { kind: 'missing' }
  if (second || options.kind !== 'node' || !options.spot.path.isObjectExpression())
    return { asks: [], unread: { why: 'this page: what definePageMeta is called with', place } }
  const { spot } = options
  const other = resolver.member(options, ' ', spot)
  if (other.kind === 'unread') return { asks: [], unread: { why: `this page: ${other.why}`, place } }
  const asks = authOf(resolver, resolver.member(options, 'auth', spot), place)
  const middleware = resolver.member(options, 'middleware', spot)
  const path = resolver.member(options, 'path', spot)
  const text = path.kind === 'node' ? resolver.text(at(spot, path.spot.path)) : null
  const why = 'its own middleware may ask for more'
  const more: Ask[] = middleware.kind === 'missing' ? [] : [{ kind: 'unread', by: 'route', why, place }]
  return { asks: [...asks, ...more], unread: null, ...(path.kind !== 'missing' && { path: text }) }
}

/** The calls of `definePageMeta`, which Nuxt has in every page without an import. */
function callsOf(module: Module): NodePath[] {
  const found: NodePath[] = []
  module.program.traverse({
    CallExpression(path) {
      if (path.get('callee').isIdentifier({ name: 'definePageMeta' })) found.push(path)
    },
  })
  return found
}
