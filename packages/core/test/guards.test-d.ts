import {
  createAuth,
  hasRecentSignIn,
  hasRole,
  type Auth,
  type AuthClient,
  type GuardArgs,
  type RoleOf,
} from '@authchart/core'
import { bkend, type BkendUser } from '@authchart/core/bkend'
import { expectTypeOf } from 'vitest'

interface User {
  readonly id: string
  readonly role: 'admin' | 'editor' | null
}
declare const client: AuthClient<User, { pin: string }>
declare const manyRoles: AuthClient<{ id: string; roles: readonly ('admin' | 'editor')[] }, object>
declare const anyRole: AuthClient<{ id: string; role: string }, object>
declare const noRole: AuthClient<{ id: string }, object>

expectTypeOf<RoleOf<User>>().toEqualTypeOf<'admin' | 'editor'>()
expectTypeOf<RoleOf<{ roles: readonly ('a' | 'b')[] }>>().toEqualTypeOf<'a' | 'b'>()
expectTypeOf<RoleOf<{ role: string }>>().toEqualTypeOf<string>()
expectTypeOf<RoleOf<{ id: string }>>().toEqualTypeOf<string>()
expectTypeOf<RoleOf<unknown>>().toEqualTypeOf<string>()
expectTypeOf<RoleOf<BkendUser<'owner'>>>().toEqualTypeOf<'owner'>()

// roles that users can have
createAuth({ client, guards: { isEditor: hasRole('admin', 'editor') } })
createAuth({ client: manyRoles, guards: { isEditor: hasRole('admin', 'editor') } })
createAuth({ client: anyRole, guards: { isEditor: hasRole('whatever') } })
createAuth({ client: noRole, guards: { isEditor: hasRole('whatever') } })
createAuth({ client: bkend({ publishableKey: 'pk_1' }), guards: { isEditor: hasRole('whatever') } })
createAuth({ client: bkend<'owner'>({ publishableKey: 'pk_1' }), guards: { isOwner: hasRole('owner') } })

// @ts-expect-error a misspelt role
createAuth({ client, guards: { isEditor: hasRole('admn') } })
// @ts-expect-error one of them is misspelt
createAuth({ client, guards: { isEditor: hasRole('admin', 'edtor') } })
// @ts-expect-error a misspelt role among many
createAuth({ client: manyRoles, guards: { isEditor: hasRole('admn') } })
// @ts-expect-error a role that this project does not have
createAuth({ client: bkend<'owner'>({ publishableKey: 'pk_1' }), guards: { isOwner: hasRole('ownr') } })

// guards of one's own know the user and the age of the sign-in
const auth = createAuth({
  client,
  guards: {
    isAnn: ({ user }) => user.id === 'ann',
    isFresh: hasRecentSignIn(300_000),
    isSure: (args) => {
      expectTypeOf(args).toEqualTypeOf<GuardArgs<User>>()
      return args.sinceSignIn !== null && args.sinceSignIn < 1000
    },
    canEdit: ({ user }: GuardArgs<User>, post: { authorId: string }) => user.id === post.authorId,
  },
})
expectTypeOf(auth.can('isAnn')).toEqualTypeOf<boolean>()
expectTypeOf(auth.can('canEdit', { authorId: 'ann' })).toEqualTypeOf<boolean>()
expectTypeOf(auth.requireUser({ guard: 'canEdit', params: [{ authorId: 'ann' }] })).toEqualTypeOf<Promise<User>>()
expectTypeOf(auth).toExtend<Auth<User, { pin: string }, never>>()

// @ts-expect-error a misspelt guard
auth.can('isAn')
// @ts-expect-error a parameter too few
auth.can('canEdit')
// @ts-expect-error a parameter of the wrong type
auth.can('canEdit', { authorId: 1 })
// @ts-expect-error a parameter too many
auth.can('isFresh', 1)
// @ts-expect-error a misspelt guard
void auth.requireUser({ guard: 'isAn' })
// @ts-expect-error a guard is no promise
createAuth({ client, guards: { isLate: async () => true } })
// @ts-expect-error a field that users do not have
createAuth({ client, guards: { isAdmin: ({ user }) => user.rol === 'admin' } })
