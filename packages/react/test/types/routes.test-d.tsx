import { hasRole, createAuth, type AuthClient } from '@authchart/core'
import type { BkendUser } from '@authchart/core/bkend'
import { authRoutes as reactRouterRoutes } from '@authchart/react/react-router'
import { authRoutes as tanstackRoutes } from '@authchart/react/tanstack-router'
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { createBrowserRouter, useLoaderData, type LoaderFunctionArgs, type RouteObject } from 'react-router'
import { expectTypeOf } from 'vitest'
import { auth } from './auth.ts'

const post = { authorId: '1' }
const pages = { signIn: '/sign-in' }

// the user and the guards are those of the auth that is given, registered or not
const routes = reactRouterRoutes(auth, pages)
const loader = routes.requireUser('canEdit', post)
declare const args: LoaderFunctionArgs
expectTypeOf(loader(args)).toEqualTypeOf<Promise<BkendUser>>()
export const useLoaded = () => expectTypeOf(useLoaderData<typeof loader>()).toEqualTypeOf<BkendUser>()
export const objects: RouteObject[] = [
  { middleware: [routes.requireUser(), routes.requireUser('isAdmin')], loader: routes.requireUser() },
  { middleware: [routes.signInPage], loader: routes.signInPage },
  { middleware: [routes.signUpPage], loader: routes.signUpPage },
]
routes.follow(createBrowserRouter(objects))

// the sign-in page may depend on where the user comes from
reactRouterRoutes(auth, { signIn: (from: string) => (from.startsWith('/de/') ? '/de/sign-in' : '/sign-in') })
// @ts-expect-error a guard that is given is one
routes.requireUser(undefined)
// @ts-expect-error a misspelt guard
routes.requireUser('isAdmn')
// @ts-expect-error a parameter too few
routes.requireUser('canEdit')
// @ts-expect-error a parameter of the wrong type
routes.requireUser('canEdit', { authorId: 1 })
// @ts-expect-error a parameter too many
routes.requireUser('isAdmin', post)
// @ts-expect-error the sign-in page has an address
reactRouterRoutes(auth, {})
// @ts-expect-error not an auth
reactRouterRoutes({}, pages)

declare const client: AuthClient<{ id: number }, { pin: string }>
const other = tanstackRoutes(createAuth({ client, guards: { isOwner: hasRole('owner') } }), pages)
const root = createRootRoute()
const getParentRoute = () => root
const owner = createRoute({
  getParentRoute,
  path: '/owner/$id',
  beforeLoad: other.requireUser('isOwner'),
  loader: ({ context, params }) => {
    expectTypeOf(context.user).toEqualTypeOf<{ id: number }>()
    expectTypeOf(params).toEqualTypeOf<{ id: string }>()
  },
})
export const signUp = createRoute({ getParentRoute, path: '/sign-up', beforeLoad: other.signUpPage })
const home = createRoute({
  getParentRoute,
  path: '/',
  beforeLoad: other.requireUser(),
  // @ts-expect-error a field that users do not have
  loader: ({ context }) => context.user.name,
})
other.follow(createRouter({ routeTree: root.addChildren([owner, home]) }))

// @ts-expect-error a guard of another auth
other.requireUser('isAdmin')
// @ts-expect-error a misspelt guard
other.requireUser('isOwnr')
// @ts-expect-error a parameter too many
other.requireUser('isOwner', post)
