import { createAuth, hasRole, type AuthClient, type AuthState } from '@authchart/core'
import {
  Can,
  createAuthPlugin,
  Protected,
  useAuth,
  useAuthState,
  useCan,
  useUser,
  type GuardName,
} from '@authchart/vue'
import { expectTypeOf } from 'vitest'
import { h, ref } from 'vue'

declare const client: AuthClient<{ id: string }, { pin: string }>
const auth = createAuth({ client, guards: { isAdmin: hasRole('admin') } })
const withoutGuards = createAuth({ client })

// until an auth is registered, nothing is known of it
export function setup() {
  createAuthPlugin(auth)
  createAuthPlugin(withoutGuards)
  expectTypeOf(useUser().value).toEqualTypeOf<unknown>()
  expectTypeOf(useAuthState().value).toEqualTypeOf<AuthState>()
  expectTypeOf(useAuthState(({ status }) => status === 'expired').value).toEqualTypeOf<boolean>()
  expectTypeOf(useCan('whatever', 1, ref('two')).value).toEqualTypeOf<boolean>()
  expectTypeOf<GuardName>().toEqualTypeOf<string>()
  expectTypeOf(useAuth().signIn({ pin: '0000' })).toEqualTypeOf<Promise<unknown>>()

  // @ts-expect-error not an auth
  createAuthPlugin({})
  // @ts-expect-error a guard has a name
  useCan(1)
  // @ts-expect-error a user of whom nothing is known
  useUser().value?.id
}

export const nodes = [
  h(Can, { guard: 'whatever', params: [1, 'two'] }, () => 'yes'),
  h(Protected, { guard: 'whatever' }, { fallback: () => 'no' }),
]
