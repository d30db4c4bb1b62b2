import { createAuth, hasRole, type AuthClient, type AuthState } from '@authchart/core'
import {
  AuthProvider,
  Can,
  Protected,
  useAuth,
  useAuthState,
  useCan,
  useRequiredUser,
  useUser,
  type GuardName,
} from '@authchart/react'
import { expectTypeOf } from 'vitest'

declare const client: AuthClient<{ id: string }, { pin: string }>
const auth = createAuth({ client, guards: { isAdmin: hasRole('admin') } })
const withoutGuards = createAuth({ client })

// until an auth is registered, nothing is known of it
export function Hooks() {
  expectTypeOf(useUser()).toEqualTypeOf<unknown>()
  expectTypeOf(useRequiredUser()).toEqualTypeOf<unknown>()
  expectTypeOf(useRequiredUser('whatever', 1, 'two')).toEqualTypeOf<unknown>()
  expectTypeOf(useAuthState()).toEqualTypeOf<AuthState>()
  expectTypeOf(useAuthState(({ status }) => status === 'expired')).toEqualTypeOf<boolean>()
  expectTypeOf(useCan('whatever', 1, 'two')).toEqualTypeOf<boolean>()
  expectTypeOf<GuardName>().toEqualTypeOf<string>()
  expectTypeOf(useAuth().signIn({ pin: '0000' })).toEqualTypeOf<Promise<unknown>>()

  // @ts-expect-error a guard has a name
  useCan(1)
  // @ts-expect-error a user of whom nothing is known
  useUser()?.id
}

export const components = [
  <AuthProvider auth={auth} />,
  <AuthProvider auth={withoutGuards} />,
  <Can guard="whatever" params={[1, 'two']} />,
  <Protected guard="whatever" fallback={(state) => state.status} />,
  // @ts-expect-error not an auth
  <AuthProvider auth={{}} />,
  // @ts-expect-error the provider needs an auth
  <AuthProvider />,
]
