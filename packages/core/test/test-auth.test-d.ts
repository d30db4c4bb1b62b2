import { hasRole, type Auth } from '@authchart/core'
import { createTestAuth, type TestAuth } from '@authchart/core/testing'
import { expectTypeOf } from 'vitest'

interface User {
  readonly id: string
  readonly role: 'admin' | 'editor'
}
declare const ann: User

const auth = createTestAuth({
  user: ann,
  guards: { isAdmin: hasRole('admin'), owns: ({ user }, id: string) => user.id === id },
})
expectTypeOf(auth.getState().user).toEqualTypeOf<User | null>()
expectTypeOf(auth.can).parameter(0).toEqualTypeOf<'isAdmin' | 'owns'>()
expectTypeOf(auth.world.signInElsewhere).parameter(0).toEqualTypeOf<User>()
auth.can('owns', '1')
// @ts-expect-error the guard takes an id
auth.can('owns')
// @ts-expect-error a role that no user can have
createTestAuth({ user: ann, guards: { isAdmin: hasRole('admn') } })

// it stands where an auth is asked for
expectTypeOf(createTestAuth<User, { pin: string }>({ user: ann })).toExtend<Auth<User, { pin: string }>>()
expectTypeOf(createTestAuth<User>({ status: 'anonymous' })).toEqualTypeOf<
  TestAuth<User, unknown, Record<never, never>>
>()

// @ts-expect-error a user has to be signed in
createTestAuth({})
// @ts-expect-error or to have been
createTestAuth({ status: 'expired' })
// @ts-expect-error only what ended has a reason
createTestAuth({ status: 'authenticated', user: ann, reason: 'account-banned' })
// @ts-expect-error no status of an auth
createTestAuth({ status: 'loggedIn', user: ann })
// @ts-expect-error the kit has a clock of its own: auth.world.advance(milliseconds)
createTestAuth({ user: ann, clock: {} })
