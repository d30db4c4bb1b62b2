import type { NodePath } from '@babel/traverse'
import { isCallOf } from '../asks.ts'
import { nameOf, placeOf } from '../project.ts'
import { at, spotOf, type Resolver } from '../resolve.ts'
import type { Module } from '../source.ts'
import type { Ask, Place, Route, Routes, Spot, Unread } from '../types.ts'
import { asksAround, asksOfPage } from '../views.ts'
import { routeOf } from './tree.ts'

/** The pages of a folder `app` of Next, with the layouts around them and the proxy before them. */
export function readNext(resolver: Resolver): Routes {
  const { project } = resolver
  const root = ['app', 'src/app'].find((folder) => project.has(folder))
  const isNext = ['js', 'mjs', 'ts', 'mts'].some((ending) => project.has(`next.config.${ending}`))
  if (!isNext) return { routes: [], unread: [] }
  const unread: Unread[] = []
  const pages = ['pages', 'src/pages'].find((folder) => project.has(folder))
  if (pages) unread.push({ why: 'the Pages Router', place: { file: pages, line: 1 } })
  if (!root) return { routes: [], unread }
  const proxy = readProxy(resolver)
  const entrances = entrancesOf(resolver)
  const routes = project.files.flatMap((file): Route[] => {
    const name = nameOf(project.root, file)
    if (!name.startsWith(`${root}/`) || !/(^|\/)page\.(tsx?|jsx?|mjs|mts)$/.test(name)) return []
    const segments = name
      .slice(root.length + 1)
      .split('/')
      .slice(0, -1)
    // an intercepted page is shown in the place of one that is listed
    if (segments.some((segment) => /^\(\.+\)/.test(segment) || segment.startsWith('_'))) return []
    const shown = segments.filter((segment) => !/^(\(.*\)|@.*)$/.test(segment))
    const path = `/${shown.join('/')}`
    const place = { file: name, line: 1 }
    const module = project.module(file)
    if (!module) {
      const lost = { why: 'this page: its file is not read', place }
      return [routeOf({ path, place, asks: [], isEntrance: false, unread: lost })]
    }
    const asks = [...askedByProxy(proxy, path), ...layouts(resolver, root, segments), ...pageAsks(resolver, module)]
    return [routeOf({ path, place, asks, isEntrance: entrances.includes(path), unread: null })]
  })
  return { routes, unread: [...unread, ...proxy.unread] }
}

function pageAsks(resolver: Resolver, module: Module): Ask[] {
  const found = resolver.exportedBy(module, 'default')
  return found.kind === 'node' ? asksOfPage(resolver, found.spot) : []
}

/** What the layouts (and templates) of the folders around a page put around it. */
function layouts(resolver: Resolver, root: string, segments: readonly string[]): Ask[] {
  const { project } = resolver
  const folders = ['', ...segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`)]
  return folders.flatMap((folder) =>
    ['layout', 'template'].flatMap((kind): Ask[] => {
      const file = project.files.find((each) =>
        ['tsx', 'jsx', 'ts', 'js'].some(
          (ending) => nameOf(project.root, each) === `${root}${folder}/${kind}.${ending}`,
        ),
      )
      const module = file ? project.module(file) : undefined
      if (module === undefined) return []
      const place = { file: `${root}${folder}/${kind}`, line: 1 }
      if (!module) return [{ kind: 'unread', by: 'view', why: 'its layout is not read', place }]
      const found = resolver.exportedBy(module, 'default')
      return found.kind === 'node' ? (asksAround(resolver, found.spot, 'children') ?? []) : []
    }),
  )
}

/** The sign-in page, as `signInRedirect` is told. */
function entrancesOf(resolver: Resolver): string[] {
  const found: string[] = []
  for (const module of resolver.project.modules())
    module.program.traverse({
      CallExpression(path) {
        const call = spotOf(module, path)
        if (!isCallOf(resolver, call, /^@authchart\/core$/, 'signInRedirect')) return
        const [first] = path.get('arguments') as NodePath[]
        const options = first ? resolver.resolve(at(call, first)) : ({ kind: 'missing' } as const)
        const signIn = resolver.member(options, 'signIn', call)
        const text = signIn.kind === 'node' ? resolver.text(signIn.spot) : null
        if (text !== null) found.push(text)
      },
    })
  return found
}

interface Proxy {
  readonly place: Place | null
  /** Whether the proxy lets by no user but those with a session. */
  readonly isGuard: boolean
  /** Null if it cannot be read which paths it stands before. */
  readonly matchers: readonly string[] | null
  readonly unread: readonly Unread[]
}

function readProxy(resolver: Resolver): Proxy {
  const { project } = resolver
  const names = ['proxy', 'middleware'].flatMap((name) => [
    `${name}.ts`,
    `${name}.js`,
    `src/${name}.ts`,
    `src/${name}.js`,
  ])
  const file = project.files.find((each) => names.includes(nameOf(project.root, each)))
  const module = file ? project.module(file) : undefined
  if (file === undefined || module === undefined) return { place: null, isGuard: false, matchers: [], unread: [] }
  if (module === null)
    return { place: { file: nameOf(project.root, file), line: 1 }, isGuard: false, matchers: null, unread: [] }
  const made = ['proxy', 'middleware', 'default']
    .map((name) => resolver.exportedBy(module, name))
    .find(({ kind }) => kind === 'node')
  const spot = made?.kind === 'node' ? made.spot : spotOf(module, module.program)
  const place = placeOf(project, spot)
  const matchers = matchersOf(resolver, module)
  const isGuard = spot.path.isFunction() && asksSession(resolver, spot)
  if (isGuard && matchers) return { place, isGuard, matchers, unread: [] }
  const why = isGuard ? 'which paths the proxy stands before' : 'what the proxy asks by its own code'
  return { place, isGuard, matchers, unread: [{ why, place }] }
}

/** `if (await handler.readSession(request)) return NextResponse.next()`, first, and no other way by. */
function asksSession(resolver: Resolver, spot: Spot): boolean {
  const body = spot.path.get('body') as NodePath
  const [first, ...others] = body.isBlockStatement() ? body.get('body') : []
  if (!first?.isIfStatement() || first.node.alternate) return false
  const way = first.get('consequent')
  const [only, second] = way.isBlockStatement() ? way.get('body') : [way]
  if (second || !only || !returns(only, 'next')) return false
  const test = first.get('test')
  const call = test.isAwaitExpression() ? test.get('argument') : null
  const callee = call?.isCallExpression() ? resolver.resolve(at(spot, call.get('callee'))) : null
  if (callee?.kind !== 'member' || callee.name !== 'readSession' || callee.of.kind !== 'node') return false
  if (!isCallOf(resolver, callee.of.spot, /^@authchart\/core\/server$/, 'createAuthHandler')) return false
  const last = others.at(-1)
  return (
    last !== undefined &&
    returns(last, 'redirect') &&
    others.slice(0, -1).every((step) => step.isVariableDeclaration() || step.isExpressionStatement())
  )
}

/** `return NextResponse.next()` */
function returns(path: NodePath, method: 'next' | 'redirect'): boolean {
  const value = path.isReturnStatement() ? (path.get('argument') as NodePath) : null
  return (
    value?.isCallExpression() === true && (value.get('callee') as NodePath).matchesPattern(`NextResponse.${method}`)
  )
}

function matchersOf(resolver: Resolver, module: Module): string[] | null {
  const config = resolver.exportedBy(module, 'config')
  // without one it stands before every path
  if (config.kind !== 'node') return config.kind === 'unread' && /not found/.test(config.why) ? ['/:path*'] : null
  const found = resolver.member(config, 'matcher', config.spot)
  if (found.kind === 'missing') return ['/:path*']
  if (found.kind !== 'node') return null
  const { spot } = found
  const parts = spot.path.isArrayExpression() ? (spot.path.get('elements') as NodePath[]) : [spot.path]
  const texts = parts.map((part) => resolver.text(at(spot, part)))
  return texts.every((text) => text !== null && /^\/[\w/-]*(\/?:\w+\*)?$/.test(text)) ? (texts as string[]) : null
}

function askedByProxy({ place, isGuard, matchers }: Proxy, path: string): Ask[] {
  if (!place) return []
  const isMatched = matchers?.some((matcher) => {
    const [, base = '', rest] = /^(.*?)(\/?:\w+\*)?$/.exec(matcher) ?? []
    return path === (base || '/') || (rest !== undefined && path.startsWith(`${base}/`))
  })
  if (isMatched === false) return []
  if (isGuard && isMatched) return [{ kind: 'user', by: 'view', place }]
  return [{ kind: 'unread', by: 'view', why: 'the proxy before it may ask for more', place }]
}
