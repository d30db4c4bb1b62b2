import { AuthError, createAuth, type AuthClient, type AuthState } from '@authchart/core'
import type { BkendUser } from '@authchart/core/bkend'
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
  type RegisteredAuth,
} from '@authchart/react'
import { expectTypeOf } from 'vitest'
import { auth } from './auth.ts'

const post = { authorId: '1' }
const sameNumbers = (before: number, after: number) => before === after
declare const otherClient: AuthClient<{ id: number }, { pin: string }>

// the hooks know the user, the credentials and the guards of the registered auth
export function Hooks() {
  expectTypeOf(useAuth()).toEqualTypeOf<typeof auth>()
  expectTypeOf<RegisteredAuth>().toEqualTypeOf<typeof auth>()
  expectTypeOf<GuardName>().toEqualTypeOf<'isAdmin' | 'canEdit'>()
  expectTypeOf(useUser()).toEqualTypeOf<BkendUser | null>()
  expectTypeOf(useAuthState()).toEqualTypeOf<AuthState<BkendUser>>()
  expectTypeOf(useAuthState((state) => state.error)).toEqualTypeOf<AuthError | null>()
  expectTypeOf(useAuthState(({ user }) => user?.email)).toEqualTypeOf<BkendUser['email'] | undefined>()
  expectTypeOf(useCan('isAdmin')).toEqualTypeOf<boolean>()
  expectTypeOf(useCan('canEdit', post)).toEqualTypeOf<boolean>()

  expectTypeOf(useRequiredUser()).toEqualTypeOf<BkendUser>()
  expectTypeOf(useRequiredUser('isAdmin')).toEqualTypeOf<BkendUser>()
  expectTypeOf(useRequiredUser('canEdit', post).id).toEqualTypeOf<string>()
  expectTypeOf(
    useAuthState(
      ({ user }) => user?.email,
      (before, after) => before === after,
    ),
  ).toEqualTypeOf<string | null | undefined>()

  // @ts-expect-error a misspelt guard
  useRequiredUser('isAdmn')
  // @ts-expect-error a parameter too few
  useRequiredUser('canEdit')
  // @ts-expect-error a parameter of the wrong type
  useRequiredUser('canEdit', { authorId: 1 })
  // @ts-expect-error a parameter too many
  useRequiredUser('isAdmin', post)
  // @ts-expect-error a comparison of something else
  useAuthState(({ user }) => user?.email, sameNumbers)
  // @ts-expect-error a misspelt guard
  useCan('isAdmn')
  // @ts-expect-error a parameter too few
  useCan('canEdit')
  // @ts-expect-error a parameter of the wrong type
  useCan('canEdit', { authorId: 1 })
  // @ts-expect-error a parameter too many
  useCan('isAdmin', post)
  // @ts-expect-error credentials that no method of this client takes
  void useAuth().signIn({ pin: '0000' })
}

// and so do the components
export const components = [
  <AuthProvider auth={auth} />,
  <Can guard="isAdmin" />,
  <Can guard="canEdit" params={[post]} fallback="no" />,
  <Protected fallback={(state) => (state.status === 'expired' ? state.lastUser?.name : state.status)} />,
  <Protected guard="isAdmin" pending="…" />,
  <Protected guard="canEdit" params={[post]} />,
  // @ts-expect-error another auth than the registered one
  <AuthProvider auth={createAuth({ client: otherClient })} />,
  // @ts-expect-error a misspelt guard
  <Can guard="isAdmn" />,
  // @ts-expect-error a parameter too few
  <Can guard="canEdit" />,
  // @ts-expect-error a parameter of the wrong type
  <Can guard="canEdit" params={[1]} />,
  // @ts-expect-error a parameter too many
  <Can guard="isAdmin" params={[post]} />,
  // @ts-expect-error no guard to ask
  <Can />,
  // @ts-expect-error a misspelt guard
  <Protected guard="isAdmn" />,
  // @ts-expect-error a parameter too few
  <Protected guard="canEdit" />,
  // @ts-expect-error parameters of no guard
  <Protected params={[post]} />,
]
