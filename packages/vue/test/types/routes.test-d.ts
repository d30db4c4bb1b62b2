import { createAuth, type AuthClient } from '@authchart/core'
import { authGuard, type RouteAuth } from '@authchart/vue/router'
import { expectTypeOf } from 'vitest'
import type { RouteLocationNormalized, RouteMeta, Router, RouteRecordRaw } from 'vue-router'
import { auth } from './auth.ts'

declare const router: Router
declare const otherClient: AuthClient<{ id: number }, { pin: string }>
const page = { template: '' }
const path = '/'

expectTypeOf<RouteMeta['auth']>().toEqualTypeOf<RouteAuth | undefined>()
expectTypeOf<RouteAuth>().toEqualTypeOf<
  | true
  | 'isAdmin'
  | { readonly guard: 'isAdmin'; readonly params?: (to: RouteLocationNormalized) => readonly [] }
  | {
      readonly guard: 'canEdit'
      readonly params: (to: RouteLocationNormalized) => readonly [post: { authorId: string }]
    }
>()

export const routes: RouteRecordRaw[] = [
  { path, component: page },
  { path, component: page, meta: { auth: true, title: 'other fields stay free' } },
  { path, component: page, meta: { auth: 'isAdmin' } },
  {
    path,
    component: page,
    meta: { auth: { guard: 'canEdit', params: ({ params }) => [{ authorId: String(params['author']) }] } },
  },
  { path, component: page, meta: { auth: { guard: 'isAdmin' } } },
  // @ts-expect-error a misspelt guard
  { path, component: page, meta: { auth: 'isAdmn' } },
  // @ts-expect-error a list of guards
  { path, component: page, meta: { auth: ['isAdmin'] } },
  // @ts-expect-error a key that there is not
  { path, component: page, meta: { auth: { guard: 'isAdmin', roles: [] } } },
  // @ts-expect-error a guard that needs a parameter
  { path, component: page, meta: { auth: 'canEdit' } },
  // @ts-expect-error a guard without its parameters
  { path, component: page, meta: { auth: { guard: 'canEdit' } } },
  // @ts-expect-error a parameter of the wrong type
  { path, component: page, meta: { auth: { guard: 'canEdit', params: () => [{ authorId: 1 }] } } },
  // @ts-expect-error a parameter too few
  { path, component: page, meta: { auth: { guard: 'canEdit', params: () => [] } } },
  // @ts-expect-error what asks for nothing says nothing
  { path, component: page, meta: { auth: false } },
]

expectTypeOf(authGuard(router, auth, { signIn: '/sign-in', fallback: '/', forbidden: '/no' })).toEqualTypeOf<
  () => void
>()
authGuard(router, auth, { signIn: '/sign-in' })
authGuard(router, auth, { signIn: (from) => `${from.slice(0, 3)}/sign-in`, signUp: '/sign-up' })
authGuard(router, auth, { signIn: '/sign-in', signUp: ['/sign-up', '/reset'] as const })
// @ts-expect-error no sign-in page
authGuard(router, auth, { fallback: '/' })
// @ts-expect-error another auth than the registered one
authGuard(router, createAuth({ client: otherClient }), { signIn: '/sign-in' })
