import { AuthError, type AuthOptions } from '@authchart/core'
import { createAuthPlugin } from '@authchart/vue'
import { authGuard, type AuthGuardOptions } from '@authchart/vue/router'
import { createApp, defineComponent, h } from 'vue'
import {
  createMemoryHistory,
  createRouter,
  RouterView,
  type Router,
  type RouterHistory,
  type RouterOptions,
  type RouteRecordRaw,
} from 'vue-router'
import { ann, createServer, createTestAuth, type credentials, type Server, type TestAuth } from './server.ts'

// this program registers no auth: any guard name will do
export const page = (name: string) => defineComponent({ name, render: () => h('p', name) })

export const routes: RouteRecordRaw[] = [
  { path: '/', component: page('home') },
  { path: '/sign-in', component: page('sign in') },
  { path: '/forbidden', component: page('forbidden') },
  { path: '/account', component: page('account'), meta: { auth: true } },
  { path: '/admin', component: page('admin'), meta: { auth: 'isAdmin' } },
  {
    path: '/posts/:author',
    component: page('post'),
    meta: { auth: { guard: 'canEdit', params: ({ params }) => [{ authorId: params['author'] }] } },
  },
]
export const without = (path: string) => routes.filter((route) => route.path !== path)
export const options: AuthGuardOptions = { signIn: '/sign-in', forbidden: '/forbidden' }

export const reader = { ...ann, role: 'reader' }
export const bob = { ...ann, id: '2', name: 'Bob' }

export interface Setting {
  readonly history?: RouterHistory
  readonly routes?: readonly RouteRecordRaw[]
  readonly options?: AuthGuardOptions
  readonly auth?: Partial<AuthOptions<typeof ann, typeof credentials, Record<string, never>>>
  readonly router?: Partial<RouterOptions>
}

const stops: (() => void)[] = []

/** Called once the test is over. */
export const atEnd = (stop: () => void): void => void stops.push(stop)

export function stopAll(): void {
  for (const stop of stops.splice(0)) stop()
}

export function start(setting: Setting = {}): { auth: TestAuth; server: Server; router: Router; stop: () => void } {
  const server = createServer()
  const auth = createTestAuth(server, setting.auth as object)
  const router = createRouter({
    history: setting.history ?? createMemoryHistory(),
    routes: setting.routes ?? routes,
    ...setting.router,
  })
  atEnd(() => auth.destroy())
  const stop = authGuard(router, auth, setting.options ?? options)
  atEnd(stop)
  return { auth, server, router, stop }
}

/** Puts the app on the screen. Returns what is to be read there. */
export function mount(auth: TestAuth, router: Router): () => string | null {
  const root = document.body.appendChild(document.createElement('div'))
  const app = createApp(() => h(RouterView))
    .use(createAuthPlugin(auth))
    .use(router)
  app.mount(root)
  atEnd(() => {
    app.unmount()
    root.remove()
  })
  return () => root.textContent
}

/** The server ends the session. */
export async function expire(auth: TestAuth, server: Server): Promise<void> {
  const renewed = auth.refresh().catch(() => {})
  const request = await server.next('refresh')
  request.refuse(new AuthError('session-expired'))
  await renewed
}

/** Once all is done that goes on by itself. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 30; turns += 1) await Promise.resolve()
  await new Promise((resolve) => requestAnimationFrame(resolve))
}

export const at = async ({ currentRoute }: Router) => (await settled(), currentRoute.value.fullPath)
