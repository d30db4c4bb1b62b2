import { expect, test } from 'vitest'
import { app, auth, lines, read, said } from './rbac-app.ts'
import { reportOf } from '../src/rbac/report.ts'

const columns = [null, 'admin', 'editor', 'member']

test('a list of React Router is read with its middleware, its loaders and its parents', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.tsx': `import { authRoutes } from '@authchart/react/react-router'
import { createBrowserRouter } from 'react-router'
import { auth } from './auth.ts'
const routes = authRoutes(auth, { signIn: '/sign-in', forbidden: '/forbidden' })
export const router = createBrowserRouter([
  { path: '/sign-in', middleware: [routes.signInPage], Component: SignIn },
  { path: '/sign-up', loader: routes.signUpPage, Component: SignUp },
  { path: '/forbidden', element: <p>No</p> },
  {
    path: '/',
    middleware: [routes.requireUser()],
    children: [
      { index: true, element: <Home /> },
      { path: 'admin', middleware: [routes.requireUser('isAdmin')], Component: Admin, children: [{ path: 'keys', loader: routes.requireUser('isFresh'), element: <Keys /> }] },
      {
        path: 'posts/:author/edit',
        async loader(args) {
          const user = await routes.requireUser('canEdit', { authorId: args.params.author })(args)
          return { name: user.name }
        },
        element: <p>Edit</p>,
      },
      { path: 'welcome', middleware: [routes.signInPage], element: <p>Welcome</p> },
    ],
  },
  { path: 'about', element: <p>About</p> },
])
`,
  })
  expect(report.columns).toEqual(columns)
  expect(lines(report)).toEqual([
    '/ | user | no yes yes yes',
    '/about | - | yes yes yes yes',
    '/admin | user + isAdmin | no yes no no',
    '/admin/keys | user + isAdmin + isFresh | no depends no no',
    '/forbidden | - | yes yes yes yes',
    '/posts/:author/edit | user + canEdit | no depends depends depends',
    '/sign-in | entrance | yes yes yes yes',
    '/sign-up | entrance | yes yes yes yes',
    '/welcome | entrance | yes yes yes yes',
  ])
  expect(said(report.warnings)).toEqual([
    'src/router.tsx:26 /about has no guard. If all may enter it, say so with --public.',
    'src/auth.ts:11 The guard "isEditor" is used nowhere.',
    'src/auth.ts:5 No guard asks for the role "member" with hasRole.',
  ])
  expect(report.unread).toEqual([])
})

test('<Route> elements are read with <Protected> around a page, around a layout, and with what they load later', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/App.tsx': `import { Protected, AuthProvider, useRequiredUser } from '@authchart/react'
import { lazy } from 'react'
import { Outlet, Route, Routes } from 'react-router-dom'
import { auth } from './auth'
const Reports = lazy(() => import('./Reports'))
function Shell() {
  return <main><nav /><Protected fallback={<p>Sign in</p>}><Outlet /></Protected></main>
}
function Part() {
  return <main><h1>Part</h1><Protected guard="isEditor"><p>Publish</p></Protected></main>
}
const Strict = () => {
  const user = useRequiredUser('isFresh')
  return <p>{user.name}</p>
}
export const App = () => (
  <AuthProvider auth={auth}>
    <Routes>
      <Route path="/" element={<Part />} />
      <Route element={<Shell />}>
        <Route path="account" element={<p>Account</p>} />
        <Route path="admin" element={<Protected guard="isAdmin"><p>Admin</p></Protected>} />
        <>
          <Route path="reports" element={<Reports />} />
          <Route path="keys" Component={Strict} />
        </>
      </Route>
    </Routes>
  </AuthProvider>
)
`,
    'src/Reports.tsx': `import { Protected as Gate } from '@authchart/react'
export default function Reports() {
  return <Gate guard={'isEditor'}><p>Reports</p></Gate>
}
`,
  })
  expect(lines(report)).toEqual([
    '/ | - | yes yes yes yes',
    '/account | user | no yes yes yes',
    '/admin | user + isAdmin | no yes no no',
    '/keys | user + isFresh | no depends depends depends',
    '/reports | user + isEditor | no yes yes no',
  ])
})

test('the routes of TanStack Router that are code are read with the parents they name', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.tsx': `import { authRoutes } from '@authchart/react/tanstack-router'
import { createRootRouteWithContext, createRoute, Outlet } from '@tanstack/react-router'
import { auth } from './auth.ts'
const routes = authRoutes(auth, { signIn: '/sign-in' })
const root = createRootRouteWithContext<{ title: string }>()({ component: () => <Outlet /> })
const getParentRoute = () => root
const signIn = createRoute({ getParentRoute, path: '/sign-in', beforeLoad: routes.signInPage })
const inside = createRoute({ getParentRoute, id: 'inside', beforeLoad: routes.requireUser() })
const home = createRoute({ getParentRoute: () => inside, path: '/' })
const admin = createRoute({ getParentRoute: () => inside, path: 'admin', beforeLoad: routes.requireUser('isAdmin') })
const keys = createRoute({ getParentRoute: () => admin, path: 'keys' })
const edit = createRoute({
  getParentRoute,
  path: '/posts/$author/edit',
  beforeLoad: (place) => routes.requireUser('canEdit', { authorId: place.params.author })(place),
})
export const tree = root.addChildren([signIn, inside.addChildren([home, admin.addChildren([keys])]), edit])
`,
  })
  expect(lines(report)).toEqual([
    '/ | user | no yes yes yes',
    '/admin | user + isAdmin | no yes no no',
    '/admin/keys | user + isAdmin | no yes no no',
    '/posts/$author/edit | canEdit | no depends depends depends',
    '/sign-in | entrance | yes yes yes yes',
  ])
})

test('the routes of TanStack Router that are files have the parents that their names say', () => {
  const route = (id: string, options: string) => `import { createFileRoute, Outlet } from '@tanstack/react-router'
import { Protected } from '@authchart/react'
import { routes } from '@/auth-routes'
export const Route = createFileRoute('${id}')({ ${options} })
`
  const report = read({
    'tsconfig.json': `{ /* as in a new app */ "compilerOptions": { "paths": { "@/*": ["./src/*"] }, } }`,
    'src/auth.ts': auth,
    'src/auth-routes.ts': `import { authRoutes } from '@authchart/react/tanstack-router'
import { auth } from './auth'
export const routes = authRoutes(auth, { signIn: '/sign-in' })
`,
    'src/routes/__root.tsx': `import { createRootRoute, Outlet } from '@tanstack/react-router'
export const Route = createRootRoute({ component: Outlet })
`,
    'src/routes/index.tsx': route('/', 'component: () => null'),
    'src/routes/sign-in.tsx': route('/sign-in', 'beforeLoad: routes.signInPage'),
    'src/routes/_shell.tsx': route('/_shell', 'beforeLoad: routes.requireUser(), component: Outlet'),
    'src/routes/_shell/admin.tsx': route('/_shell/admin', `beforeLoad: routes.requireUser('isAdmin')`),
    'src/routes/_shell/admin.index.tsx': route('/_shell/admin/', 'component: () => null'),
    'src/routes/_shell/posts.tsx': route(
      '/_shell/posts',
      'component: () => <Protected guard="isEditor"><Outlet /></Protected>',
    ),
    'src/routes/_shell/posts.$id.tsx': route('/_shell/posts/$id', 'component: () => null'),
    'src/routes/_shell/posts_.$id.print.tsx': route('/_shell/posts_/$id/print', 'component: () => null'),
    'src/routes/(info)/about.tsx': route('/(info)/about', 'component: () => null'),
    'src/routes/keys.tsx': route('/keys', ''),
    'src/routes/keys.lazy.tsx': `import { createLazyFileRoute } from '@tanstack/react-router'
import { Protected } from '@authchart/react'
export const Route = createLazyFileRoute('/keys')({ component: Keys })
function Keys() {
  return <Protected guard="isFresh"><p>Keys</p></Protected>
}
`,
  })
  expect(lines(report)).toEqual([
    '/ | - | yes yes yes yes',
    '/about | - | yes yes yes yes',
    '/admin | user + isAdmin | no yes no no',
    '/keys | isFresh | no depends depends depends',
    '/posts | user + isEditor | no yes yes no',
    '/posts/$id | user + isEditor | no yes yes no',
    '/posts/$id/print | user | no yes yes yes',
    '/sign-in | entrance | yes yes yes yes',
  ])
})

test('the routes of Vue Router ask by meta.auth, a child beside its parent', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.ts': `import { authGuard } from '@authchart/vue/router'
import { createRouter, createWebHistory, RouterView } from 'vue-router'
import { auth } from './auth'
import Home from './Home.vue'
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: Home },
    { path: '/sign-in', component: Page },
    { path: '/reset', component: Page, meta: { auth: true } },
    { path: '/forbidden', component: Page },
    { path: '/old', redirect: '/' },
    {
      path: '/admin',
      component: RouterView,
      meta: { auth: 'isAdmin' },
      children: [
        { path: 'keys', component: () => import('./Keys.vue'), meta: { auth: 'isFresh' } },
        { path: 'open', component: Page, meta: { auth: false } },
      ],
    },
    { path: '/account', component: Page, meta: { auth: true } },
    { path: '/edit/:author', component: Page, meta: { auth: { guard: 'canEdit', params: ({ params }) => [params] } } },
    { path: '/list', component: Page, meta: { auth: ['isAdmin'] } },
  ],
})
authGuard(router, auth, { signIn: '/sign-in', signUp: ['/reset'], forbidden: '/forbidden' })
`,
    'src/Home.vue': `<script setup lang="ts">
import { Can, Protected, useCan } from '@authchart/vue'
const canPublish = useCan('isEditor')
</script>

<template>
  <Protected>
    <button v-can="['canEdit', post]">Edit</button>
    <Can guard="nothing">Never</Can>
  </Protected>
</template>
`,
    'src/Keys.vue': `<template><p>Keys</p></template>
`,
  })
  expect(lines(report)).toEqual([
    '/ | user | no yes yes yes',
    '/account | user | no yes yes yes',
    '/admin | isAdmin | no yes no no',
    '/admin/keys | isAdmin + isFresh | no depends no no',
    '/admin/open | isAdmin | no yes no no',
    '/edit/:author | canEdit | no depends depends depends',
    '/forbidden | - | yes yes yes yes',
    '/list | closed: meta.auth is not true, a guard or { guard, params } | no no no no',
    '/reset | entrance | yes yes yes yes',
    '/sign-in | entrance | yes yes yes yes',
  ])
  expect(said(report.warnings)).toEqual([
    'src/Home.vue:9 The guard "nothing" is not defined, so it is closed to all.',
    'src/auth.ts:5 No guard asks for the role "member" with hasRole.',
  ])
  expect(report.guards.find(({ name }) => name === 'canEdit')?.uses.map(({ file, line }) => `${file}:${line}`)).toEqual(
    ['src/Home.vue:8', 'src/router.ts:23'],
  )
})

test('meta.auth without a call of authGuard is not taken for a guard', () => {
  const report = read({
    'src/auth.ts': auth,
    'src/router.ts': `import { createRouter } from 'vue-router'
export const router = createRouter({ routes: [{ path: '/admin', component: Page, meta: { auth: 'isAdmin' } }] })
`,
  })
  expect(lines(report)).toEqual([
    '/admin | unread: meta.auth asks nothing without a call of authGuard, and none is found | unread unread unread unread',
  ])
})

test('the pages of Next are read with the layouts around them and the proxy before them', () => {
  const report = read({
    'next.config.ts': 'export default {}',
    'proxy.ts': `import { NextResponse, type NextRequest } from 'next/server'
import { handler } from './app/session'
export async function proxy(request: NextRequest) {
  if (await handler.readSession(request)) return NextResponse.next()
  return NextResponse.redirect(new URL('/sign-in', request.url))
}
export const config = { matcher: ['/account/:path*', '/billing'] }
`,
    'app/session.ts': `import { createAuthHandler } from '@authchart/core/server'
export const handler = createAuthHandler({ secrets })
`,
    'app/auth.ts': `'use client'
import { signInRedirect } from '@authchart/core'
${auth}
export const redirect = signInRedirect({ signIn: '/sign-in' })
`,
    'app/layout.tsx': `export default function Layout({ children }) { return <html><body>{children}</body></html> }`,
    'app/page.tsx': `export default () => <p>Home</p>`,
    'app/sign-in/page.tsx': `export default () => <p>Sign in</p>`,
    'app/account/page.tsx': `export default () => <p>Account</p>`,
    'app/account/[id]/page.tsx': `export default () => <p>Account</p>`,
    'app/billing/page.tsx': `export default () => <p>Bill</p>`,
    'app/billing/all/page.tsx': `import { redirect } from 'next/navigation'
export default async function All() {
  if (!(await mayRead())) redirect('/')
  return <p>All</p>
}
`,
    'app/(inside)/layout.tsx': `import { Protected } from '@authchart/react'
import { Frame } from './frame'
export default function Inside({ children }) { return <Frame><Protected guard="isAdmin">{children}</Protected></Frame> }
`,
    'app/(inside)/frame.tsx': `import { Protected } from '@authchart/react'
export function Frame({ children }) { return <div><Protected guard="isFresh">{children}</Protected></div> }
`,
    'app/(inside)/admin/page.tsx': `export default () => <p>Admin</p>`,
    'app/(inside)/@side/admin/page.tsx': `export default () => <p>Side</p>`,
    'app/(inside)/(.)admin/page.tsx': `export default () => <p>Shown over another page</p>`,
    'app/api/route.ts': `export const GET = () => new Response()`,
  })
  expect(lines(report)).toEqual([
    '/ | - | yes yes yes yes',
    '/account | user | no yes yes yes',
    '/account/[id] | user | no yes yes yes',
    '/admin | isFresh + isAdmin | no depends no no',
    '/admin | isFresh + isAdmin | no depends no no',
    '/billing | user | no yes yes yes',
    '/billing/all | unread: its own code may ask for more | unread unread unread unread',
    '/sign-in | entrance | yes yes yes yes',
  ])
})

test('a proxy of Next that decides otherwise is not taken for a guard', () => {
  const report = read({
    'next.config.mjs': 'export default {}',
    'middleware.ts': `import { createAuthHandler } from '@authchart/core/server'
import { NextResponse } from 'next/server'
const handler = createAuthHandler({ secrets })
export async function middleware(request) {
  if (request.cookies.has('beta')) return NextResponse.next()
  if (await handler.readSession(request)) return NextResponse.next()
  return NextResponse.redirect('/sign-in')
}
`,
    'app/auth.ts': auth,
    'app/page.tsx': `export default () => <p>Home</p>`,
  })
  expect(lines(report)).toEqual(['/ | unread: the proxy before it may ask for more | unread unread unread unread'])
  expect(said(report.unread)).toEqual([
    'middleware.ts:4 what the proxy asks by its own code',
    'middleware.ts:4 /: the proxy before it may ask for more',
  ])
})

test('the pages of Nuxt ask by definePageMeta, and those below a page by that of its own, too', () => {
  const page = (meta: string, template = '<p />') => `<script setup lang="ts">
import { Protected } from '@authchart/vue'
${meta}
</script>

<template>${template}</template>
`
  const report = read({
    'nuxt.config.ts': 'export default defineNuxtConfig({})',
    'app/auth.ts': auth,
    'app/plugins/auth.ts': `import { authGuard } from '@authchart/vue/router'
import { auth } from '~/auth'
export default defineNuxtPlugin(() => authGuard(useRouter(), auth, { signIn: '/sign-in' }))
`,
    'app/pages/index.vue': page(''),
    'app/pages/sign-in.vue': page(''),
    'app/pages/account.vue': page('definePageMeta({ auth: true })'),
    'app/pages/admin.vue': page(
      `definePageMeta({ auth: 'isAdmin' })`,
      '<Protected guard="isFresh"><NuxtPage /></Protected>',
    ),
    'app/pages/admin/[id].vue': page(`definePageMeta({ auth: { guard: 'isEditor' } })`),
    'app/pages/(shop)/[[lang]]/[...all].vue': page(''),
    'app/pages/moved.vue': page(`definePageMeta({ path: '/elsewhere', auth: true, middleware: 'own' })`),
    'app/pages/lost.vue': page(`definePageMeta({ ...more, auth: true })`),
  })
  expect(lines(report)).toEqual([
    '/ | - | yes yes yes yes',
    '/:lang?/:all(.*)* | - | yes yes yes yes',
    '/account | user | no yes yes yes',
    '/admin | isAdmin + isFresh | no depends no no',
    '/admin/:id | isAdmin + isEditor + isFresh | no depends no no',
    '/elsewhere | user + unread: its own middleware may ask for more | no unread unread unread',
    '/lost | unread: this page: what is spread into it is not known | unread unread unread unread',
    '/sign-in | entrance | yes yes yes yes',
  ])
})

test('a way in that a view guards is not shown as open', () => {
  const folder = app({
    'src/auth.ts': auth,
    'src/router.tsx': `import { Protected } from '@authchart/react'
import { authRoutes } from '@authchart/react/react-router'
import { createHashRouter, Outlet } from 'react-router'
import { auth } from './auth'
const { requireUser, signInPage } = authRoutes(auth, { signIn: '/sign-in' })
createHashRouter([
  { path: '/', element: <Protected><Outlet /></Protected>, children: [{ path: 'sign-in', middleware: [requireUser(), signInPage], element: <p /> }] },
])
`,
  })
  expect(lines(reportOf(folder))).toEqual(['/ | user | no yes yes yes', '/sign-in | entrance + user | no yes yes yes'])
})
