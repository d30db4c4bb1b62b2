import { createAuth, hasRole, type Auth, type AuthClient } from '@authchart/core'
import { bkend } from '@authchart/core/bkend'
import { expectTypeOf } from 'vitest'

interface Person {
  readonly email: string
  readonly role: 'editor' | 'member'
}
type Credentials = { readonly pin: string }

declare const nameless: AuthClient<Person, Credentials>
declare const named: AuthClient<Person, Credentials> & { userId(user: Person): string }
declare const untyped: AuthClient
declare const each: {
  readonly id: AuthClient<Person & { id: number }, Credentials>
  readonly sub: AuthClient<Person & { sub: string }, Credentials>
  readonly _id: AuthClient<Person & { _id: string }, Credentials>
  readonly uid: AuthClient<Person & { uid: string }, Credentials>
  readonly userId: AuthClient<Person & { userId: bigint }, Credentials>
  readonly user_id: AuthClient<Person & { user_id: string }, Credentials>
  readonly uuid: AuthClient<Person & { uuid: string }, Credentials>
  readonly maybe: AuthClient<Person & { id?: string | null }, Credentials>
  readonly either: AuthClient<{ id: string; kind: 'guest' } | { id: string; kind: 'member'; name: string }, Credentials>
  readonly nullable: AuthClient<(Person & { id: string }) | null | undefined, Credentials>
  readonly dictionary: AuthClient<Record<string, unknown>, Credentials>
}

// a user type that has one of the fields needs no more
createAuth({ client: each.id })
createAuth({ client: each.sub })
createAuth({ client: each._id })
createAuth({ client: each.uid })
createAuth({ client: each.userId })
createAuth({ client: each.user_id })
createAuth({ client: each.uuid })
createAuth({ client: each.maybe })
createAuth({ client: each.either })
createAuth({ client: each.nullable })
createAuth({ client: each.dictionary })
createAuth({ client: bkend({ publishableKey: 'pk_1' }) })

// nor does one that is not known
createAuth({ client: untyped })
createAuth({ client: { signIn: async () => ({}) } })

// one without them needs the client's word
// @ts-expect-error no field names the user
createAuth({ client: nameless })
// @ts-expect-error no field names the user, whatever else is given
createAuth({ client: nameless, guards: { isEditor: hasRole('editor') } })
// @ts-expect-error a client that is written in place, too
createAuth({ client: { signIn: async () => ({ user: { email: 'ann@example.test' } }) } })
// @ts-expect-error the word of an object names no user
createAuth({ client: { ...nameless, userId: (user: Person) => user } })

createAuth({ client: named })
createAuth({ client: { ...nameless, userId: (user: Person) => user.email } })

// user, credentials and guards are known as before
const auth = createAuth({
  client: named,
  guards: {
    isEditor: hasRole('editor'),
    isAnn: ({ user }) => user.email === 'ann@example.test',
    owns: ({ user }: { user: Person }, email: string) => user.email === email,
  },
})
expectTypeOf(auth.requireUser()).toEqualTypeOf<Promise<Person>>()
expectTypeOf(auth.signIn).parameter(0).toEqualTypeOf<Credentials>()
expectTypeOf(auth.can('owns', 'ann@example.test')).toEqualTypeOf<boolean>()
expectTypeOf(auth).toExtend<Auth<Person, Credentials, never>>()
// @ts-expect-error a misspelt role
createAuth({ client: named, guards: { isEditor: hasRole('editr') } })
// @ts-expect-error a misspelt guard
auth.can('isEditr')

// the client's word knows its user where the client is written in place
createAuth({
  client: {
    signIn: async () => ({ user: { email: 'ann@example.test', age: 7 } }),
    userId: (user) => {
      expectTypeOf(user).toEqualTypeOf<{ email: string; age: number }>()
      return user.email
    },
  },
})

// a function that makes an auth for any user hands the word on
export const wrap = <TUser>(client: AuthClient<TUser, Credentials> & { userId(user: TUser): string }) =>
  createAuth({ client })
