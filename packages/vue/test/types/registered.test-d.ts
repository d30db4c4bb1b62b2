import { AuthError, createAuth, type AuthClient, type AuthState } from '@authchart/core'
import type { BkendUser } from '@authchart/core/bkend'
import {
  Can,
  createAuthPlugin,
  Protected,
  useAuth,
  useAuthState,
  useCan,
  useUser,
  type GuardName,
  type RegisteredAuth,
  type RegisteredState,
  type RegisteredUser,
} from '@authchart/vue'
import { expectTypeOf } from 'vitest'
import { computed, h, ref, shallowRef } from 'vue'
import { auth } from './auth.ts'

const post = { authorId: '1' }
declare const otherClient: AuthClient<{ id: number }, { pin: string }>

const asStatus = ({ status }: RegisteredState) => status

// the composables know the user, the credentials and the guards of the registered auth
export function setup() {
  expectTypeOf(useAuth()).toEqualTypeOf<typeof auth>()
  expectTypeOf<RegisteredAuth>().toEqualTypeOf<typeof auth>()
  expectTypeOf<GuardName>().toEqualTypeOf<'isAdmin' | 'canEdit'>()
  expectTypeOf(useUser().value).toEqualTypeOf<BkendUser | null>()
  expectTypeOf(useAuthState().value).toEqualTypeOf<AuthState<BkendUser>>()
  expectTypeOf(useAuthState((state) => state.error).value).toEqualTypeOf<AuthError | null>()
  expectTypeOf(useAuthState(({ user }) => user?.email).value).toEqualTypeOf<BkendUser['email'] | undefined>()
  expectTypeOf(
    useAuthState(
      ({ user }) => ({ name: user?.name }),
      (before, after) => before.name === after.name,
    ).value.name,
  ).toEqualTypeOf<BkendUser['name'] | undefined>()
  expectTypeOf<RegisteredUser>().toEqualTypeOf<BkendUser>()
  expectTypeOf(useCan('isAdmin').value).toEqualTypeOf<boolean>()
  expectTypeOf(useCan('canEdit', post).value).toEqualTypeOf<boolean>()
  useCan('canEdit', ref(post))
  useCan('canEdit', shallowRef(post))
  useCan('canEdit', () => post)
  useCan(
    'canEdit',
    computed(() => post),
  )
  createAuthPlugin(auth)

  // @ts-expect-error only the auth changes its state
  useAuthState().value = auth.getState()
  // @ts-expect-error compares what the selector does not make
  useAuthState(asStatus, (before: number, after: number) => before === after)
  // @ts-expect-error a misspelt guard
  useCan('isAdmn')
  // @ts-expect-error a parameter too few
  useCan('canEdit')
  // @ts-expect-error a parameter of the wrong type
  useCan('canEdit', { authorId: 1 })
  // @ts-expect-error a ref of the wrong type
  useCan('canEdit', ref({ authorId: 1 }))
  // @ts-expect-error a parameter too many
  useCan('isAdmin', post)
  // @ts-expect-error credentials that no method of this client takes
  void useAuth().signIn({ pin: '0000' })
  // @ts-expect-error another auth than the registered one
  createAuthPlugin(createAuth({ client: otherClient }))
}

// and so do the components
export const nodes = [
  h(Can, { guard: 'isAdmin' }),
  h(Can, { guard: 'canEdit', params: [post] }, { default: () => 'yes', fallback: () => 'no' }),
  h(Protected, () => 'yes'),
  h(Protected, { guard: 'isAdmin' }),
  h(Protected, { guard: 'canEdit', params: [post] }),
]
