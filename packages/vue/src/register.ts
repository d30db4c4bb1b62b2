import type { Auth, AuthState, GuardParams } from '@authchart/core'

/**
 * Names the app's auth, and with it the user, the credentials and the guards of the bare composables.
 *
 * @example
 * declare module '@authchart/vue' {
 *   interface Register {
 *     auth: typeof auth
 *   }
 * }
 */
export interface Register {}

type AnyGuards = Readonly<Record<string, (args: never, ...params: readonly unknown[]) => boolean>>

/** An auth of which nothing is known: an unknown user, any guard name, any parameters. */
export type AnyAuth = Auth<unknown, unknown, AnyGuards>

/** The app's auth, or one of which nothing is known until the app names it in {@link Register}. */
export type RegisteredAuth = Register extends { readonly auth: Auth<infer TUser, infer TCredentials, infer TGuards> }
  ? Auth<TUser, TCredentials, TGuards>
  : AnyAuth
/** What the plugin takes. Any auth can be used as one that is given no credentials and asked no guard. */
export type AcceptedAuth = Register extends { readonly auth: unknown } ? RegisteredAuth : Auth<unknown, never, never>
/** Who can be signed in. */
export type RegisteredUser = Awaited<ReturnType<RegisteredAuth['signIn']>>
/** What is true now, of such a user. */
export type RegisteredState = AuthState<RegisteredUser>

type RegisteredGuards = RegisteredAuth extends Auth<unknown, never, infer TGuards> ? TGuards : never
/** A guard that the app's auth was given. */
export type GuardName = Extract<keyof RegisteredGuards, string>
/** What that guard takes after its first argument. */
export type ParamsOf<K extends GuardName> = GuardParams<RegisteredGuards[K]>

/** A guard and its parameters as props; `params` may be left out where the guard needs none. */
export type GuardProps<K extends GuardName = GuardName> = K extends GuardName
  ? [] extends ParamsOf<K>
    ? { readonly guard: K; readonly params?: Readonly<ParamsOf<K>> | undefined }
    : { readonly guard: K; readonly params: Readonly<ParamsOf<K>> }
  : never

/** A guard and its parameters as one value: its name alone where it needs none. */
export type GuardCall<K extends GuardName = GuardName> = K extends GuardName
  ? readonly [K, ...ParamsOf<K>] | ([] extends ParamsOf<K> ? K : never)
  : never
