import type { ActorRefFrom, InspectionEvent } from 'xstate'
import type { AuthError } from './errors.ts'
import type { AuthMachine } from './machine/machine.ts'
import type { EndReason } from './machine/types.ts'

export type { EndReason }

/* ------------------------------------------------------------------ what an app sees */

/** Whether the session outlives this page. */
export type Persistence = 'stored' | 'memory'

/** How the renewal of the access token stands while a user is signed in. */
export type Renewal = 'idle' | 'refreshing' | 'waiting' | 'indeterminate'

/** A second factor the server asks for. The secret half of it stays in the vault. */
export interface Challenge {
  /** What to ask the user for, in the client's words: `'totp'`, say. */
  readonly kind: string
  /** The code is being checked right now. */
  readonly verifying: boolean
}

interface Common {
  readonly persistence: Persistence
}

/** The current session stays signed in until a new sign-in is granted. `user` is the current user, or null. */
interface Entering<TUser> extends Common {
  readonly user: TUser | null
  /** Whether the server confirmed the current user. False if there is none. */
  readonly confirmed: boolean
}

/** What is true now. A union on `status`: match on it and the rest is typed. */
export type AuthState<TUser = unknown> =
  | (Common & { readonly status: 'restoring'; readonly user: null; readonly error: null })
  | (Common & { readonly status: 'anonymous'; readonly user: null; readonly error: AuthError | null })
  | (Entering<TUser> & { readonly status: 'authenticating'; readonly error: null })
  | (Entering<TUser> & {
      readonly status: 'challenged'
      readonly error: AuthError | null
      readonly challenge: Challenge
    })
  | (Common & {
      readonly status: 'authenticated' | 'refreshing'
      readonly user: TUser
      readonly error: AuthError | null
      readonly renewal: Renewal
      /** False while the user is known from the storage alone. Guards are closed until the server confirms the user. */
      readonly confirmed: boolean
    })
  | (Common & {
      readonly status: 'expired'
      readonly user: null
      readonly error: AuthError | null
      readonly reason: EndReason
      /** The user whose session ended, for "sign in again as …". */
      readonly lastUser: TUser | null
    })
  | (Common & { readonly status: 'signingOut'; readonly user: null; readonly error: null })
  | (Common & {
      readonly status: 'signedOut'
      readonly user: null
      readonly error: AuthError | null
      readonly reason: EndReason
    })

export type AuthStatus = AuthState['status']

/** Whether the server heard of the sign-out: `'yes'`, `'no'` (not told, or it refused), `'unknown'` (no readable answer). */
export type Revoked = 'yes' | 'no' | 'unknown'

/** What a guard is asked about. */
export interface GuardArgs<TUser> {
  readonly user: TUser
  /** Milliseconds since the user gave credentials: renewals and reloads do not count. Null if that is not known. */
  readonly sinceSignIn: number | null
}

/** The roles that a user can have, by the type of `role` or `roles`. */
export type RoleOf<TUser> = TUser extends { readonly role?: infer TRole }
  ? Extract<unknown extends TRole ? string : TRole, string>
  : TUser extends { readonly roles?: readonly (infer TRole)[] | null }
    ? Extract<TRole, string>
    : string

/**
 * Answers whether the signed-in user may see something. Shapes the screen; the server decides.
 * Anything but `true` (a throw, a promise, a truthy object) is a no.
 */
export interface Guard<TUser, TParams extends readonly never[] = never[]> {
  (args: GuardArgs<TUser>, ...params: TParams): boolean
  /** The roles it looks for: a role that no user can have does not compile. */
  readonly roles?: readonly RoleOf<TUser>[]
  /** Milliseconds after the sign-in at which its answer changes by itself: listeners are told then. */
  readonly maxAge?: number
}

export type Guards<TUser> = Readonly<Record<string, Guard<TUser>>>

/** The parameters a guard takes after its first argument. */
export type GuardParams<TGuard> = TGuard extends (args: never, ...params: infer P) => boolean ? P : never

/** The whole client-side session of one user. Every method is bound: destructure freely. */
export interface Auth<TUser = unknown, TCredentials = unknown, TGuards = Guards<TUser>> {
  /** What is true now. The same reference until something changed. */
  readonly getState: () => AuthState<TUser>
  /** What was true before any work began: what a server rendered, and so what hydration has to show first. */
  readonly getInitialState: () => AuthState<TUser>
  /** Calls `listener` after every change it could see. Returns how to stop. The first subscriber starts the work. */
  readonly subscribe: (listener: (state: AuthState<TUser>) => void) => () => void
  /**
   * Signs in. If a user is signed in already, that user stays signed in until this sign-in is granted, and a failure changes
   * nothing. During the restore it waits for its end.
   *
   * @example
   * try {
   *   const user = await auth.signIn({ email, password })
   * } catch (error) {
   *   if (error.code === 'challenge-required') askForCode()
   * }
   * @throws AuthError `'challenge-required'` if a second factor is needed, else why it failed
   */
  readonly signIn: (credentials: TCredentials) => Promise<TUser>
  /** Creates an account and signs in with it. Errors as for {@link Auth.signIn}. */
  readonly signUp: (details: TCredentials) => Promise<TUser>
  /** Answers the second factor. A wrong code rejects `'invalid-code'` and the status stays `'challenged'`. */
  readonly answerChallenge: (answer: { readonly code: string }) => Promise<TUser>
  /** Cancels a sign-in. If the server grants it all the same, that session is revoked. Does nothing if none is under way. */
  readonly cancel: () => void
  /** Ends the session here at once, in other tabs within a second, and tells the server. Rejects only after `destroy()`. */
  readonly signOut: () => Promise<{ readonly revoked: Revoked }>
  /** Renews the access token now, once for all callers in all tabs. */
  readonly refresh: () => Promise<void>
  /** Forgets the session that ended: `expired` or `signedOut` becomes `anonymous`. Does nothing in another status. */
  readonly dismiss: () => void
  /** A valid access token, renewed first if it is due. Null if no user is signed in. Prefer {@link Auth.fetch}. */
  readonly getAccessToken: () => Promise<string | null>
  /** Like `fetch`, with the access token for the allowed origins and for no other. */
  readonly fetch: typeof globalThis.fetch
  /** Asks a guard about the signed-in user. False if no user is signed in or the guard fails. The server decides. */
  readonly can: <K extends keyof TGuards & string>(guard: K, ...params: GuardParams<TGuards[K]>) => boolean
  /** Waits until it is known whether a user is signed in. Rejects `'not-authenticated'`, `'session-expired'`, `'forbidden'`. */
  readonly requireUser: <K extends keyof TGuards & string>(options?: RequireUserOptions<TGuards, K>) => Promise<TUser>
  /**
   * Asks the server for the user again, without spending a refresh token: after a change of the profile, say.
   *
   * @throws AuthError `'not-authenticated'`, `'not-supported'` if the client has no `getUser`, else why it failed
   */
  readonly reloadUser: () => Promise<TUser>
  /**
   * Calls `listener` with the generation of each new access token: reconnect a socket then. No token is handed out.
   * Returns how to stop.
   */
  readonly onToken: (listener: (generation: number) => void) => () => void
  /** Whether two users are the same person, by `client.userId`. False if either cannot be told. */
  readonly isSameUser: (one: unknown, other: unknown) => boolean
  /** What this browser offers, as far as it is known. */
  readonly capabilities: () => Capabilities
  /** The XState actor, for `useSelector`, `waitFor` and inspection. Read it only; give commands by the methods above. */
  readonly actor: AuthActor
  /** Ends all work. Every pending promise settles; later commands reject `'destroyed'`. The session itself goes on. */
  readonly destroy: () => void
}

export interface RequireUserOptions<TGuards, K extends keyof TGuards = keyof TGuards> {
  readonly guard?: K
  readonly params?: GuardParams<TGuards[K]>
  readonly signal?: AbortSignal
}

export type AuthActor = ActorRefFrom<AuthMachine>

/* ------------------------------------------------------------------ what an app gives */

/** What a server hands out on sign-in and renewal. */
export interface Grant<TUser = unknown> {
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | undefined
  /** Seconds the access token lives (RFC 6749 §5.1). */
  readonly expiresIn?: number | string | undefined
  /** If the server does not send it along, `getUser` is asked. */
  readonly user?: TUser | undefined
  /** What a server that keeps the session itself calls it: no secret. Of a sign-in only. */
  readonly sessionId?: string | undefined
}

/** The server wants a second factor before it grants anything. */
export interface ChallengeDemand {
  readonly challenge: {
    readonly kind: string
    /** What the client needs to go on. It is kept in the vault and handed back to `answerChallenge`, and is never shown. */
    readonly handle: unknown
    /** Seconds the user has; five minutes at most. */
    readonly expiresIn?: number | undefined
  }
}

export interface CallOptions {
  /** Aborts when the core no longer waits for the answer. */
  readonly signal: AbortSignal
  /** The page may be closing: hand it to `fetch`, so that the request leaves all the same. Set for a sign-out only. */
  readonly keepalive?: boolean
}

export interface AccessTokens {
  readonly accessToken: string | null
  readonly refreshToken: string | null
}

/**
 * How to talk to one backend. Reject with an {@link AuthError} whose code says what happened. Anything else counts as an
 * answer that was lost. Never retry inside, because a refresh token must be sent once.
 *
 * @example
 * const client: AuthClient<User, { email: string; password: string }> = {
 *   origin: 'https://api.example',
 *   async signIn(credentials, { signal }) {
 *     const body = JSON.stringify(credentials)
 *     const response = await fetch('https://api.example/session', { method: 'POST', body, signal })
 *     if (response.status === 401) throw new AuthError('invalid-credentials')
 *     if (!response.ok) throw authErrorFrom(response)
 *     return response.json()
 *   },
 * }
 */
export interface AuthClient<TUser = unknown, TCredentials = unknown> {
  signIn(credentials: TCredentials, options: CallOptions): Promise<Grant<TUser> | ChallengeDemand>
  signUp?(details: TCredentials, options: CallOptions): Promise<Grant<TUser> | ChallengeDemand>
  answerChallenge?(
    answer: { readonly handle: unknown; readonly code: string },
    options: CallOptions,
  ): Promise<Grant<TUser> | ChallengeDemand>
  /** Spends the refresh token. Called by one tab at a time. Its signal never aborts. */
  refresh?(tokens: { readonly refreshToken: string }, options: CallOptions): Promise<Grant<TUser>>
  getUser?(tokens: { readonly accessToken: string }, options: CallOptions): Promise<TUser>
  /** Ends the session at the server. Resolves when the server has answered. */
  signOut?(tokens: AccessTokens, options: CallOptions): Promise<void>
  /** Any cheap request: resolves when the server gives any answer. Asked first if the connection may be dead. */
  ping?(options: CallOptions): Promise<unknown>
  /**
   * `toleratedFor`: the server accepts a used refresh token again for so many seconds, so a lost answer may be asked for
   * again within that time. `'tolerated'`: for 30 seconds.
   */
  readonly replay?: 'tolerated' | 'forbidden' | { readonly toleratedFor: number }
  /** Where the server is (scheme, host, port): the default of `allowedOrigins`. */
  readonly origin?: string
  /** Keeps two apps or environments on one page origin apart in the storage. Not a secret. */
  readonly id?: string
  /**
   * The id of a user, which the server gives to no other user. Default: the first own field of {@link IdentityField} that is
   * text, a number or a bigint. A sign-in whose user has none is refused.
   */
  userId?(user: TUser): string | number | bigint | null | undefined
  /**
   * Whether the server refused the access token with this answer, so that a renewal and a second try are worth it. It
   * is asked about every answer of `auth.fetch`, on a copy: reading the body is allowed. Default: a 401 whose
   * `WWW-Authenticate` asks for nothing but another Bearer token (RFC 6750 §3).
   */
  isRefused?(response: Response): boolean | Promise<boolean>
  /** Headers that the server wants on every call, such as an API key. `auth.fetch` adds them for {@link origin} only. */
  headers?(): Readonly<Record<string, string>>
  /** Where the session is kept if the options name no storage: with the server, for one. */
  readonly storage?: AuthStorage
}

/** Where the id of a user is looked for if the client has no `userId`. */
export type IdentityField = 'id' | 'sub' | '_id' | 'uid' | 'userId' | 'user_id' | 'uuid'

/** The source of time. The default reads the globals at call time. */
export interface Clock {
  /** Epoch milliseconds. May jump. */
  readonly now: () => number
  /** Milliseconds that never go back. May stand still while the machine sleeps. */
  readonly monotonic: () => number
  readonly setTimeout: (callback: () => void, milliseconds: number) => unknown
  readonly clearTimeout: (handle: unknown) => void
}

/**
 * One record per key with compare-and-set. `revision` is a field of the record that every write changes.
 * An error, or an answer after the storage time limit, costs persistence and never the session. When the signal aborts, the
 * core has gone on without the answer: what has not been written by then must not be written later.
 */
export interface AuthStorage {
  readonly read: (key: string, options?: CallOptions) => Promise<unknown>
  /** Writes `next` (null: removes) only if the stored record's revision is `expected` (null: nothing is stored). */
  readonly compareAndSet: (
    key: string,
    expected: string | null,
    next: StoredRecord | null,
    options?: CallOptions,
  ) => Promise<boolean>
  /** `'shared'`: all tabs of the origin see a write at once. `'memory'`: it is gone with the page. */
  readonly scope: 'shared' | 'tab' | 'memory'
  /** Milliseconds that one operation may take. Default 2,000. */
  readonly timeout?: number
  /**
   * It loses nothing: a session that it does not have is over. Default false, since a browser may lose a record, and the
   * session then goes on by what {@link twin} says of it.
   */
  readonly lossless?: boolean
  /** Where refresh tokens are spent. Default: in the page. */
  readonly custody?: () => Capabilities['custody']
  /** Its own name, if it was given one. It is part of the names of the record, the lock and the channel. */
  readonly name?: string | undefined
  /**
   * Small notes beside the records that are read and written synchronously, so that a page that closes right after
   * `signOut()` tells the next page: three keys, each kept by itself. No secrets are written. Both methods may throw.
   */
  readonly twin?: SyncTwin
}

export interface SyncTwin {
  readonly read: (key: string) => unknown
  readonly write: (key: string, value: unknown) => void
}

export interface StoredRecord {
  readonly version: 1
  readonly revision: string
  readonly [field: string]: unknown
}

/** What joins the tabs of one browser: a lock, and a channel for hints. */
export interface Tabs {
  /** What it is made of here. Default: a page of its own. */
  readonly capabilities?: () => Pick<Capabilities, 'locks' | 'broadcast'>
  /** Runs `work` while no other tab of this browser runs work under the same name. */
  readonly lock: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Opens the channel `name`. Hints carry a generation and nothing else. */
  readonly open: (name: string, listener: (hint: TabHint) => void) => TabWire
}

export interface TabHint {
  readonly generation: number
}

/** What this browser offers, and so what the session is safe from. */
export interface Capabilities {
  /** What keeps two tabs from spending one token: Web Locks, a lease in IndexedDB, or nothing beyond this page. */
  readonly locks: 'web' | 'lease' | 'page'
  /** Who sees the stored session. */
  readonly persistence: AuthStorage['scope']
  /** Where refresh tokens are: in this page, in a worker beside it, or with the app's own server. */
  readonly custody: 'page' | 'worker' | 'server'
  /** True: tabs tell each other at once. False: they find out when they wake up or renew. */
  readonly broadcast: boolean
}

export interface TabWire {
  readonly post: (hint: TabHint) => void
  readonly close: () => void
}

/** What the page knows of its own connection and wakefulness. */
export interface Network {
  readonly isOnline: () => boolean
  /**
   * Calls `listener` whenever the page wakes up: visible, online, shown again, resumed. Returns how to stop. `restored`:
   * the page came back from the back-forward cache as it was left, and the user it shows may be signed out by now.
   */
  readonly onWake: (listener: (wake?: { readonly restored: boolean }) => void) => () => void
}

export interface AuthOptions<TUser, TCredentials, TGuards> {
  readonly client: AuthClient<TUser, TCredentials>
  /** Where the session is kept. Default: as the client says, else in the page, `memoryStorage()`. */
  readonly storage?: AuthStorage
  /** Named questions about the user, for `can`, `requireUser` and the bindings. */
  readonly guards?: TGuards
  /** The chart with a part replaced: `authMachine.provide({ … })`. */
  readonly machine?: AuthMachine
  /** Called with every inspection event of the actor. None of them carries a secret. */
  readonly inspect?: (event: InspectionEvent) => void
  /** How tabs meet. Default: Web Locks and BroadcastChannel if the storage is shared. False: this tab is alone. */
  readonly tabs?: Tabs | false
  readonly network?: Network
  readonly clock?: Clock
  /** Milliseconds before the end of an access token at which it is renewed. Default: after about 55 % of its life. */
  readonly refreshBefore?: number
  /** The user that the server found when it rendered the page, or null. For the first frame only; guards stay closed. */
  readonly initialSession?: { readonly user: TUser } | null
  /** Milliseconds for one request of the client. Default 30,000. */
  readonly requestTimeout?: number
  /** Milliseconds that sign-out waits for the server. Default 5,000. */
  readonly signOutTimeout?: number
  /** Milliseconds for one storage operation. Default 2,000. */
  readonly storageTimeout?: number
  /** A number from 0 up to 1, for jitter and back-off. Default `Math.random`. */
  readonly random?: () => number
  /** The fetch behind `auth.fetch`. Default: the global one, read at call time. */
  readonly fetch?: typeof globalThis.fetch
  /** Origins that get the access token. Default: the client's own. */
  readonly allowedOrigins?: readonly string[]
  /** Told of trouble that costs no session, such as `'storage-unavailable'`. Default: `console.warn`, once per code. */
  readonly onWarning?: (warning: AuthError) => void
}
