import type { BkendUser } from '@authchart/core/bkend'
import { createTestAuth, type TestSituation } from '@authchart/core/testing'
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, vi } from 'vitest'
import * as vue from 'vue'
import { createRouter, createWebHistory, RouterLink, RouterView, type RouteRecordRaw } from 'vue-router'

/** The auth and the router of the app that is open. */
const open = vi.hoisted(() => ({ auth: null as unknown, router: null as unknown }))
vi.mock('~/client', async (load) => ({ ...(await load<object>()), makeAuth: () => open.auth }))

// what Nuxt imports by itself
const nuxt = {
  ...vue,
  definePageMeta: () => {},
  defineNuxtPlugin: (plugin: unknown) => plugin,
  useState: (_: string, init: () => unknown) => vue.ref(init()),
  useRequestEvent: () => undefined,
  useRouter: () => open.router,
}
for (const [name, value] of Object.entries(nuxt)) vi.stubGlobal(name, value)

const { default: App } = await import('~/app.vue')
const { SERVER } = await import('~/client')
const { default: Notes } = await import('~/components/Notes.vue')
const { default: account } = await import('~/pages/account.vue')
const { default: home } = await import('~/pages/index.vue')
const { default: signIn } = await import('~/pages/sign-in.vue')
const { default: authPlugin } = await import('~/plugins/auth')

export const ann: BkendUser = {
  id: 'u-ann',
  email: 'ann@example.com',
  name: 'Ann',
  role: 'user',
  emailVerified: true,
  image: null,
  onboardingStatus: null,
  createdAt: null,
}

/** What the backend answers to a request for notes. Unless a test says otherwise, there are none. */
export const backend = vi.fn<typeof fetch>()
beforeEach(() => {
  backend.mockReset().mockImplementation(async () => Response.json({ items: [] }))
})
enableAutoUnmount(afterEach)

/** The whole app at an address, in any situation. */
export async function openApp(situation: TestSituation<BkendUser>, address: string) {
  history.replaceState(null, '', address)
  const auth = createTestAuth<BkendUser>({ ...situation, fetch: backend, allowedOrigins: [SERVER] })
  const routes: readonly RouteRecordRaw[] = [
    { path: '/', component: home },
    { path: '/sign-in', component: signIn },
    { path: '/account', component: account, meta: { auth: true } },
  ]
  const router = createRouter({ history: createWebHistory(), routes })
  Object.assign(open, { auth, router })
  // Nuxt calls it with much more, and it uses this
  const install = (vueApp: vue.App) => (authPlugin as unknown as (nuxt: { vueApp: vue.App }) => void)({ vueApp })
  const components = { Notes, NuxtLink: RouterLink, NuxtPage: RouterView }
  const app = mount(App, { global: { plugins: [{ install }, router], components } })
  await flushPromises()
  return { app, auth, address: () => location.href.slice(location.origin.length) }
}
