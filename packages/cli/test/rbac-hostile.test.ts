import { expect, test } from 'vitest'
import { auth, lines, read, said } from './rbac-app.ts'

const router = (routes: string, before = '') => `import { Protected, useRequiredUser } from '@authchart/react'
import { authRoutes } from '@authchart/react/react-router'
import { createBrowserRouter, redirect } from 'react-router'
import { auth } from './auth.ts'
${before}
const routes = authRoutes(auth, { signIn: '/sign-in' })
createBrowserRouter(${routes})
`

/** What one route of an app with the usual auth asks, and the answers for: signed out, admin, editor, member. */
const route = (written: string, before = '', files: Readonly<Record<string, string>> = {}) =>
  lines(read({ 'src/auth.ts': auth, 'src/router.tsx': router(`[${written}]`, before), ...files }))

test('a file with a mistake is said with its line, and what needs it is not read', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/broken.ts': `export const guardName = 'isAdmin'\nexport const = 1\n`,
    'src/router.tsx': router(
      `[{ path: '/admin', middleware: [routes.requireUser(guardName)], element: <p /> }]`,
      `import { guardName } from './broken'`,
    ),
  })
  expect(lines(report)).toEqual([
    '/admin | unread: which guard it asks: "./broken" is not found, or cannot be read | unread unread unread unread',
  ])
  expect(said(report.unread)[0]).toMatch(/^src\/broken\.ts:2 the file is not read: Unexpected token/)
})

test('a guard whose name is computed opens to no user in the table', () => {
  expect(route(`{ path: '/a', middleware: [routes.requireUser(location.hash)], element: <p /> }`)).toEqual([
    '/a | unread: which guard it asks: "location" is not defined in the app | unread unread unread unread',
  ])
  expect(
    route(`{ path: '/a', middleware: [routes.requireUser(isDev ? 'isAdmin' : 'isEditor')], element: <p /> }`),
  ).toEqual(['/a | unread: which guard it asks: it is computed | unread unread unread unread'])
})

test('a guard that is given as undefined is closed, as it is in the app', () => {
  expect(route(`{ path: '/a', middleware: [routes.requireUser(undefined)], element: <p /> }`)).toEqual([
    '/a | closed: its guard is undefined | no no no no',
  ])
})

test('the name of a guard is followed through constants, imports, re-exports, `as const` and `satisfies`', () => {
  const files = {
    'src/names.ts': `export const names = { admin: 'isAdmin', editor: \`is\${'Editor'}\` } as const satisfies Record<string, string>\n`,
    'src/index.ts': `export { names as guardNames } from './names'\nexport * from './paths.js'\n`,
    'src/paths.ts': `const base = '/back'\nexport const paths = { admin: base + '/admin', post: (id: string) => \`/posts/\${id}\` }\n`,
  }
  const before = `import { guardNames as g, paths } from './index'`
  expect(
    route(
      `{ path: paths.admin, middleware: [routes.requireUser(g.admin)], element: <p /> }, { path: paths.post(':id'), middleware: [routes.requireUser(g['editor'])], element: <p /> }`,
      before,
      files,
    ),
  ).toEqual(['/back/admin | isAdmin | no yes no no', '/posts/:id | isEditor | no yes yes no'])
})

test('a helper of one expression is followed with its arguments, and a longer one is not', () => {
  const before = `const only = (name = 'isEditor') => [routes.requireUser(), routes.requireUser(name)]
function choose(name) { if (name) return [routes.requireUser(name)]; return [] }`
  expect(route(`{ path: '/a', middleware: only('isAdmin'), element: <p /> }`, before)).toEqual([
    '/a | user + isAdmin | no yes no no',
  ])
  expect(route(`{ path: '/a', middleware: only(), element: <p /> }`, before)).toEqual([
    '/a | user + isEditor | no yes yes no',
  ])
  expect(route(`{ path: '/a', middleware: choose('isAdmin'), element: <p /> }`, before)).toEqual([
    '/a | unread: its code may ask for more: it is computed | unread unread unread unread',
  ])
})

test('imports that go round in circles end, and what they lead to is not read', () => {
  const files = {
    'src/one.ts': `export { name } from './two'\nexport const a = b\nexport const b = a\n`,
    'src/two.ts': `export { name } from './one'\n`,
  }
  const before = `import { name, a } from './one'`
  expect(route(`{ path: '/a', middleware: [routes.requireUser(name)], element: <p /> }`, before, files)).toEqual([
    '/a | unread: which guard it asks: where "name" comes from is not found | unread unread unread unread',
  ])
  expect(route(`{ path: '/a', middleware: [routes.requireUser(a)], element: <p /> }`, before, files)).toEqual([
    '/a | unread: which guard it asks: it leads round in a circle | unread unread unread unread',
  ])
})

test('a route with something unknown spread into it is not shown as guarded, whatever else it says', () => {
  expect(route(`{ path: '/a', middleware: [routes.requireUser('isAdmin')], element: <p />, ...extra() }`)).toEqual([
    '? | unread: this route: what is spread into it is not known | unread unread unread unread',
  ])
  expect(route(`{ path: '/a', middleware: [routes.requireUser('isAdmin')], element: <p />, [key]: [] }`)).toEqual([
    '? | unread: this route: a name in it is computed | unread unread unread unread',
  ])
  expect(
    route(
      `{ ...shared, path: '/a', element: <p /> }`,
      `const shared = { middleware: [routes.requireUser('isAdmin')] }`,
    ),
  ).toEqual(['/a | isAdmin | no yes no no'])
})

test('routes that are spread in or made by a loop are said, and those of a constant are read', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.tsx': router(
      `[...more, ...fetched, ...pages.map((path) => ({ path })), isDev && { path: '/dev' }, { path: '/b', children: made() }]`,
      `const more = [{ path: '/a', middleware: [routes.requireUser()], element: <p /> }]
const pages = ['/x']`,
    ),
  })
  expect(lines(report)).toEqual(['/a | user | no yes yes yes'])
  expect(said(report.unread).map((text) => text.replace(/^\S+ /, ''))).toEqual([
    'routes that are spread in here: "fetched" is not defined in the app',
    'routes that are spread in here: it is computed',
    'a route: it is computed',
    'routes: it is computed (below /b)',
  ])
})

test('a path that is computed is said, and nothing is claimed of the paths below it', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.tsx': router(
      `[{ path: import.meta.env.BASE, element: <p />, children: [{ path: 'in', element: <p /> }, { path: '/out', element: <p /> }] }]`,
    ),
  })
  expect(lines(report)).toEqual(['/out | - | yes yes yes yes', '? | - | yes yes yes yes', '? | - | yes yes yes yes'])
  expect(said(report.unread)).toEqual(['src/router.tsx:7 the path of this route'])
})

test('lists and guards that are changed after they were made are not read from where they were made', () => {
  expect(
    route(
      `{ path: '/a', middleware: list, element: <p /> }`,
      `const list = [routes.requireUser('isAdmin')]\nlist.pop()`,
    ),
  ).toEqual(['/a | unread: its code may ask for more: it is computed | unread unread unread unread'])
  const report = read({
    'src/guards.ts': `import { hasRole } from '@authchart/core'\nexport const guards = { isAdmin: hasRole('admin') }\n`,
    'src/other.ts': `import { guards } from './guards'\nguards.isAdmin = () => true\n`,
    'src/auth.ts': `import { createAuth } from '@authchart/core'\nimport { guards } from './guards'\nexport const auth = createAuth({ client, guards })\n`,
    'src/router.tsx': router(`[{ path: '/a', middleware: [routes.requireUser('isAdmin')], element: <p /> }]`),
  })
  expect(lines(report)).toEqual(['/a | isAdmin | no unread'])
  expect(said(report.unread)).toEqual(['src/guards.ts:2 the guards: "guards" is changed after it was made'])
})

test('a name that another one hides, or that is assigned again, is not followed to the wrong one', () => {
  expect(
    route(
      `...make('isAdmin')`,
      `const name = 'isAdmin'\nlet later = 'isAdmin'\nlater = 'isEditor'\nconst make = (name) => [{ path: '/a', middleware: [routes.requireUser(name)], element: <p /> }, { path: '/b', middleware: [routes.requireUser(later)], element: <p /> }]`,
    ),
  ).toEqual([
    '/a | isAdmin | no yes no no',
    '/b | unread: which guard it asks: "later" is assigned more than once | unread unread unread unread',
  ])
})

test('a helper of another name or another package is not taken for ours', () => {
  const before = `import { authRoutes as theirs } from 'their-router'\nconst others = theirs(auth, {})\nconst requireUser = (name) => async () => {}`
  expect(route(`{ path: '/a', middleware: [others.requireUser('isAdmin')], element: <p /> }`, before)).toEqual([
    '/a | unread: its code may ask for more: it is computed | unread unread unread unread',
  ])
  expect(route(`{ path: '/a', middleware: [requireUser('isAdmin')], element: <p /> }`, before)).toEqual([
    '/a | - | yes yes yes yes',
  ])
})

test('a question that a loader may pass by is none', () => {
  const loader = (body: string) => route(`{ path: '/a', async loader(args) { ${body} }, element: <p /> }`)
  const unread = ['/a | unread: its own code may ask for more | unread unread unread unread']
  expect(loader(`if (args.x) return null; await routes.requireUser('isAdmin')(args)`)).toEqual(unread)
  expect(loader(`try { await routes.requireUser('isAdmin')(args) } catch {}`)).toEqual(unread)
  expect(loader(`await routes.requireUser('isAdmin')(args).catch(() => null)`)).toEqual(unread)
  expect(loader(`routes.requireUser('isAdmin')(args)`)).toEqual(unread)
  expect(loader(`if (!mine()) throw redirect('/')`)).toEqual(unread)
  expect(loader(`return load()`)).toEqual(['/a | - | yes yes yes yes'])
  expect(loader(`await auth.requireUser({ guard: 'isAdmin' }); return load()`)).toEqual(['/a | isAdmin | no yes no no'])
})

test('<Protected> around a part, behind a condition or in a fallback guards no page', () => {
  const before = `import { Outlet } from 'react-router'
const Part = () => <main><h1 /><Protected guard="isAdmin"><p /></Protected></main>
const Sometimes = () => (wanted ? <Protected guard="isAdmin"><p /></Protected> : <p />)
const Two = () => { if (wanted) return <p />; return <Protected guard="isAdmin"><p /></Protected> }
const Leak = () => <Protected guard="isAdmin" fallback={<Outlet />}><p /></Protected>
const Spread = () => <Protected {...given}><p /></Protected>`
  expect(
    route(
      `{ path: '/a', Component: Part }, { path: '/b', Component: Sometimes }, { path: '/c', Component: Two }, { Component: Leak, children: [{ path: '/d', element: <p /> }] }, { path: '/e', Component: Spread }`,
      before,
    ),
  ).toEqual([
    '/a | - | yes yes yes yes',
    '/b | - | yes yes yes yes',
    '/c | - | yes yes yes yes',
    '/d | unread: it is handed to another component | unread unread unread unread',
    '/e | unread: which guard it asks: its attributes are spread | unread unread unread unread',
  ])
})

test('guards from a package, from a call, and behind a condition are not read', () => {
  const report = read({
    'src/auth.ts': `import { createAuth, hasRole as role } from '@authchart/core'
import * as core from '@authchart/core'
import { theirGuard, roles } from 'guard-kit'
const ADMINS = ['admin', 'owner'] as const
const base = { isMember: role('member') }
export const auth = createAuth({
  client,
  guards: {
    ...base,
    isAdmin: core.hasRole(...ADMINS),
    isTheirs: theirGuard,
    isLoaded: role(...roles),
    isEither: dev ? role('a') : role('b'),
    isMade: make('x'),
    isNone: role(),
    canRead({ user }) { return user.canRead },
    ['is' + 'Sum']: role('sum'),
  } satisfies Record<string, unknown>,
})
`,
  })
  expect(
    report.guards.map(({ name, reading }) => [
      name,
      reading.kind,
      'roles' in reading ? reading.roles : 'why' in reading ? reading.why : '',
    ]),
  ).toEqual([
    ['isMember', 'roles', ['member']],
    ['isAdmin', 'roles', ['admin', 'owner']],
    ['isTheirs', 'unread', '"theirGuard" comes from the package guard-kit'],
    ['isLoaded', 'unread', 'its roles: "roles" comes from the package guard-kit'],
    ['isEither', 'unread', 'it is computed'],
    ['isMade', 'unread', 'it is made by a call'],
    ['isNone', 'roles', []],
    ['canRead', 'own', ''],
    ['isSum', 'roles', ['sum']],
  ])
})

test('a chart with a policy of its own takes the guards out of the table', () => {
  const guards = (machine: string) =>
    read({
      'src/auth.ts': `import { authMachine, createAuth, hasRole } from '@authchart/core'
export const auth = createAuth({ client, guards: { isAdmin: hasRole('admin') }, ${machine} })
`,
    }).guards.map(({ reading }) => reading.kind)
  expect(guards(`machine: authMachine.provide({ guards: { isAllowed: () => true } })`)).toEqual(['unread'])
  expect(guards('machine')).toEqual(['unread'])
  expect(guards('...options')).toEqual([])
  expect(guards(`machine: authMachine.provide({ delays: {} })`)).toEqual(['roles'])
  expect(guards(`...(session !== undefined && { initialSession: session })`)).toEqual(['roles'])
})

test('two auths of one app whose guards differ under one name are not shown as one', () => {
  const report = read({
    'src/a.ts': `import { createAuth, hasRole } from '@authchart/core'\nexport const a = createAuth({ client, guards: { isAdmin: hasRole('admin') } })\n`,
    'src/b.ts': `import { createAuth, hasRole } from '@authchart/core'\nexport const b = createAuth({ client, guards: { isAdmin: hasRole('owner') } })\n`,
  })
  expect(said(report.unread)).toEqual([
    'src/b.ts:2 the guard "isAdmin": another auth of the app defines it otherwise (src/a.ts:2)',
  ])
})

test('roles are read from a union in the type of the user, and two that differ are not', () => {
  const roles = (types: string, more = '') =>
    read({
      'src/auth.ts': `import { createAuth, type AuthClient, type GuardArgs } from '@authchart/core'\n${types}\nexport const auth = createAuth({ client, guards: {} })\n`,
      'src/more.ts': more,
    }).roles?.roles
  expect(roles(`interface User { id: string; role: 'admin' | 'editor' | null }`)).toEqual(['admin', 'editor'])
  expect(
    roles(
      `const all = ['a', 'b'] as const\ntype Person = { roles: readonly (typeof all)[number][] }\nconst c: AuthClient<Person> = x`,
    ),
  ).toEqual(['a', 'b'])
  expect(
    roles(
      `import type { Role } from './more'\ninterface AppUser { roles: Array<Role> }`,
      `export type Role = 'x' | 'y'`,
    ),
  ).toEqual(['x', 'y'])
  expect(roles(`interface Message { role: 'user' | 'assistant' }`)).toBeUndefined()
  expect(roles(`interface User { role: string }`)).toBeUndefined()
  expect(roles(`interface User { role: 'a' }\ninterface OtherUser { role: 'b' }`)).toBeUndefined()
})

test('an app without an auth is told so, and its guards are not taken for closed', () => {
  const report = read({
    'src/router.tsx': router(`[{ path: '/a', middleware: [routes.requireUser('isAdmin')], element: <p /> }]`),
  })
  expect(lines(report)).toEqual(['/a | isAdmin | no unread'])
  expect(said(report.unread)).toContain('.:1 no call of createAuth is found in the app')
})

test('routes in a component that may stand below another route have no path that is known', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/App.tsx': `import { Route, Routes } from 'react-router'
import { Shop } from './Shop'
export const App = () => <Routes><Route path="/shop/*" element={<Shop />} /><Route path="/" element={<p />} /></Routes>
`,
    'src/Shop.tsx': `import { Protected } from '@authchart/react'
import { Route, Routes } from 'react-router'
export const Shop = () => <Routes><Route path="cart" element={<Protected><p /></Protected>} /></Routes>
`,
  })
  expect(lines(report)).toEqual([
    '/ | - | yes yes yes yes',
    '/shop/* | - | yes yes yes yes',
    '? | unread: these routes may stand below /shop/* | unread unread unread unread',
  ])
})

test('routes that are added while the app runs are said', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/vue.ts': `import { createRouter } from 'vue-router'
const router = createRouter({ routes: [{ path: '/a', component: A, alias: '/b' }] })
router.addRoute({ path: '/later', component: B })
`,
    'src/react.ts': `import { createBrowserRouter } from 'react-router'
createBrowserRouter([], { patchRoutesOnNavigation: load })
`,
    'app/routes.ts': `import { route } from '@react-router/dev/routes'
export default [route('x', './x.tsx')]
`,
  })
  expect(said(report.unread)).toEqual([
    'app/routes.ts:1 the routes of the framework mode',
    'src/react.ts:2 routes that are added later',
    'src/vue.ts:2 the other paths (alias) of /a',
    'src/vue.ts:3 a route that is added later',
  ])
})

test('a layout of TanStack Router that loads its component later is still found as a parent', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.ts': `import { authRoutes } from '@authchart/react/tanstack-router'
import { createRootRoute, createRoute } from '@tanstack/react-router'
import { auth } from './auth'
const routes = authRoutes(auth, { signIn: '/sign-in' })
const root = createRootRoute()
const inside = createRoute({ getParentRoute: () => root, id: 'in', beforeLoad: routes.requireUser('isAdmin') }).lazy(() => import('./in'))
createRoute({ getParentRoute: () => inside, path: 'a' })
createRoute({ getParentRoute: () => elsewhere, path: 'b', beforeLoad: routes.requireUser() })
`,
  })
  expect(lines(report)).toEqual([
    '/a | isAdmin | no yes no no',
    '? | unread: the route that it is below of | unread unread unread unread',
  ])
})

test('meta.auth of a router that authGuard is not given is not taken for a guard', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/routers.ts': `import { authGuard } from '@authchart/vue/router'
import { createRouter } from 'vue-router'
import { auth } from './auth'
const one = createRouter({ routes: [{ path: '/one', component: A, meta: { auth: true } }] })
const two = createRouter({ routes: [{ path: '/two', component: A, meta: { auth: true } }] })
authGuard(one, auth, { signIn: '/sign-in' })
`,
  })
  expect(lines(report)).toEqual([
    '/one | user | no yes yes yes',
    '/two | unread: meta.auth asks nothing without a call of authGuard, and none is found | unread unread unread unread',
  ])
})

test('where the sign-in pages are computed, no page is shown as closed to visitors', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.ts': `import { authGuard } from '@authchart/vue/router'
import { createRouter } from 'vue-router'
import { auth } from './auth'
const router = createRouter({ routes: [{ path: '/:lang', component: A, meta: { auth: 'isAdmin' }, children: [{ path: 'sign-in', component: B }] }, { path: '/', component: A }] })
authGuard(router, auth, { signIn: (from) => '/' + from.split('/')[1] + '/sign-in' })
`,
  })
  expect(lines(report)).toEqual([
    '/ | - | yes yes yes yes',
    '/:lang | isAdmin | unread yes no no',
    '/:lang/sign-in | isAdmin | unread yes no no',
  ])
  expect(said(report.unread)).toEqual(['src/router.ts:5 the paths of the sign-in pages'])
})

test('something else that is called children is not taken for the page in a layout', () => {
  const layout = (code: string) =>
    lines(
      read({
        'next.config.js': '',
        'app/auth.ts': auth,
        'app/page.tsx': 'export default () => <p />',
        'app/layout.tsx': code,
      }),
    )
  const head = `import { Protected } from '@authchart/react'\n`
  expect(layout(`${head}export default ({ children }) => <Protected>{children}</Protected>`)).toEqual([
    '/ | user | no yes yes yes',
  ])
  expect(layout(`${head}export default (props) => <Protected>{props.children}</Protected>`)).toEqual([
    '/ | user | no yes yes yes',
  ])
  expect(
    layout(
      `${head}const children = <p />\nexport default ({ children: page }) => <><Protected>{children}</Protected>{page}</>`,
    ),
  ).toEqual(['/ | - | yes yes yes yes'])
  expect(
    layout(`${head}export default ({ page }) => <List>{(children) => <Protected>{children}</Protected>}</List>`),
  ).toEqual(['/ | - | yes yes yes yes'])
})

test('what a page throws at a click is no rule of the page, and what it throws before it is shown may be one', () => {
  const before = `const Click = () => <button onClick={() => { throw new Error() }} />
const Save = () => { const save = () => { throw new Error() }; return <button onClick={save} /> }
const Leave = () => { if (!mine()) throw redirect('/'); return <p /> }`
  expect(
    route(
      `{ path: '/a', Component: Click }, { path: '/b', Component: Save }, { path: '/c', Component: Leave }`,
      before,
    ),
  ).toEqual([
    '/a | - | yes yes yes yes',
    '/b | - | yes yes yes yes',
    '/c | unread: its own code may ask for more | unread unread unread unread',
  ])
})

test('a guard that may be defined in a file that is not read is not taken for one that is not defined', () => {
  const files = {
    'src/auth.ts': auth,
    'src/router.tsx': router(`[{ path: '/a', middleware: [routes.requireUser('isElsewhere')], element: <p /> }]`),
  }
  expect(lines(read(files))).toEqual(['/a | isElsewhere | no no no no'])
  const report = read({ ...files, 'src/broken.ts': 'createAuth({ guards: {' })
  expect(lines(report)).toEqual(['/a | isElsewhere | no unread unread unread'])
  expect(said(report.warnings)[0]).toBe(
    'src/auth.ts:10 The guard "isAdmin" is used nowhere, unless by what cannot be read.',
  )
})

test('a middleware in <Routes>, which no data router runs, is not taken for a guard', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/App.tsx': `import { authRoutes } from '@authchart/react/react-router'
import { createBrowserRouter, createRoutesFromElements, Route, Routes } from 'react-router'
import { auth } from './auth'
const routes = authRoutes(auth, { signIn: '/sign-in' })
export const App = () => <Routes><Route path="/a" element={<p />} middleware={[routes.requireUser('isAdmin')]} /></Routes>
export const router = createBrowserRouter(createRoutesFromElements(<Route path="/b" element={<p />} middleware={[routes.requireUser('isAdmin')]} />))
`,
  })
  expect(lines(report)).toEqual([
    '/a | unread: this route: its middleware is run by a data router alone | unread unread unread unread',
    '/b | isAdmin | no yes no no',
  ])
})
