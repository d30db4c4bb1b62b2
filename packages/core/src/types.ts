import type { ActorRefFrom, InspectionEvent } from 'xstate'
import type { AuthError } from './errors.ts'
import type { AuthMachine } from './machine/machine.ts'
import type { EndReason } from './machine/types.ts'

export type { EndReason }

/* ------------------------------------------------------------------ what an app sees */

/** Whether the session outlives this page. */
export type Persistence = 'stored' | 'memory'

/** How the renewal of the access token stands while somebody is signed in. */
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

/** A sign-in while somebody is signed in leaves him so until it is granted: `user` is who that is, null for nobody. */
interface Entering<TUser> extends Common {
  readonly user: TUser | null
  /** As for whoever is signed in; false for nobody. */
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
      /** False while the user is only what the storage remembers; guards are closed until the server said so too. */
      readonly confirmed: boolean
    })
  | (Common & {
      readonly status: 'expired'
      readonly user: null
      readonly error: AuthError | null
      readonly reason: EndReason
      /** Who was signed in, for "sign in again as …". */
      readonly lastUser: TUser | null
    })
  | (Common & { readonly status: 'signingOut'; readonly user: null; readonly error: null })
  | (Common & { readonly status: 'signedOut'; readonly user: null; readonly error: null; readonly reason: EndReason })

export type AuthStatus = AuthState['status']

/** Whether the server heard of the sign-out: `'yes'`, `'no'` (not told, or it refused), `'unknown'` (no readable answer). */
export type Revoked = 'yes' | 'no' | 'unknown'

/** What a guard is asked about. */
export interface GuardArgs<TUser> {
  readonly user: TUser
  /** Milliseconds since somebody gave credentials: renewals and reloads do not count. Null where nobody knows. */
  readonly sinceSignIn: number | null
}

/** The roles a user can have, by the type of his `role` or `roles`. */
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
  /** The roles it looks for: one that no user can have does not compile. */
  readonly roles?: readonly RoleOf<TUser>[]
  /** Milliseconds after the sign-in at which its answer changes by itself: then whoever asked it is told. */
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
   * Signs in. While somebody is signed in it switches user, or asks the same one again: until it is granted he stays signed
   * in, and a failure changes nothing. While restoring it waits for that.
   *
   * @example
   * try {
   *   const user = await auth.signIn({ email, password })
   * } catch (error) {
   *   if (error.code === 'challenge-required') askForCode()
   * }
   * @throws AuthError `'challenge-required'` when a second factor is needed, else why it failed
   */
  readonly signIn: (credentials: TCredentials) => Promise<TUser>
  /** Creates an account and signs in with it. Errors as for {@link Auth.signIn}. */
  readonly signUp: (details: TCredentials) => Promise<TUser>
  /** Answers the second factor. A wrong code rejects `'invalid-code'` and the status stays `'challenged'`. */
  readonly answerChallenge: (answer: { readonly code: string }) => Promise<TUser>
  /** Gives up a sign-in. If the server grants it all the same, that session is revoked. Nothing to give up: nothing happens. */
  readonly cancel: () => void
  /** Ends the session here at once, in the other tabs within a second, and tells the server within a limit. Never rejects. */
  readonly signOut: () => Promise<{ readonly revoked: Revoked }>
  /** Renews the access token now, once for all callers in all tabs. */
  readonly refresh: () => Promise<void>
  /** Takes note of an ended session: `expired` or `signedOut` becomes `anonymous`. Elsewhere nothing happens. */
  readonly dismiss: () => void
  /** A good access token, renewed first when due; null where nobody is signed in. Prefer {@link Auth.fetch}. */
  readonly getAccessToken: () => Promise<string | null>
  /** Drop-in `fetch` that carries the session to the allowed origins, and to no other. */
  readonly fetch: typeof globalThis.fetch
  /** Asks a guard about the signed-in user. False where nobody is signed in or the guard fails. The server decides. */
  readonly can: <K extends keyof TGuards & string>(guard: K, ...params: GuardParams<TGuards[K]>) => boolean
  /** Waits until it is known who is signed in, then answers or rejects `'not-authenticated'`, `'session-expired'`, `'forbidden'`. */
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
  /** What this browser gives, as far as it is known. */
  readonly capabilities: () => Capabilities
  /** The XState actor: the door for `useSelector`, `waitFor` and inspection. Read it; the methods above command it. */
  readonly actor: AuthActor
  /** Ends all work. Every pending promise settles; later commands reject `'destroyed'`. Signs nobody out. */
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
  /** Left out where the server does not send it along: then `getUser` is asked. */
  readonly user?: TUser | undefined
}

/** The server wants a second factor before it grants anything. */
export interface ChallengeDemand {
  readonly challenge: {
    readonly kind: string
    /** What the client needs to go on. Kept in the vault, handed back to `answerChallenge`, shown to nobody. */
    readonly handle: unknown
    /** Seconds the user has; five minutes at most. */
    readonly expiresIn?: number | undefined
  }
}

export interface CallOptions {
  /** Aborted when the answer is waited for no longer. */
  readonly signal: AbortSignal
  /** The page may be closing: hand it to `fetch`, so that the request leaves all the same. Set for a sign-out only. */
  readonly keepalive?: boolean
}

export interface AccessTokens {
  readonly accessToken: string | null
  readonly refreshToken: string | null
}

/**
 * How to talk to one backend. Reject with an {@link AuthError} whose code says what happened; anything else counts as
 * an answer that was lost. Never retry inside: a refresh token must be shown once.
 *
 * @example
 * const client: AuthClient<User, { email: string; password: string }> = {
 *   async signIn(credentials, { signal }) {
 *     const response = await fetch('/session', { method: 'POST', body: JSON.stringify(credentials), signal })
 *     if (response.status === 401) throw new AuthError('invalid-credentials')
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
  /** Spends the refresh token. Called by one holder at a time; its signal only ever fires on the time limit. */
  refresh?(tokens: { readonly refreshToken: string }, options: CallOptions): Promise<Grant<TUser>>
  getUser?(tokens: { readonly accessToken: string }, options: CallOptions): Promise<TUser>
  /** Tells the server. Resolves when it heard. */
  signOut?(tokens: AccessTokens, options: CallOptions): Promise<void>
  /** Any cheap request: resolves when the server answers, whatever it answers. Asked before a spend that might be lost. */
  ping?(options: CallOptions): Promise<unknown>
  /** `'tolerated'`: the server takes a used refresh token again for a while, so a lost answer may be asked for again. */
  readonly replay?: 'tolerated' | 'forbidden'
  /** Where the server is (scheme, host, port): the default of `allowedOrigins`. */
  readonly origin?: string
  /** Tells two apps or environments on one page origin apart in the storage. Not a secret. */
  readonly id?: string
  /**
   * Who a user is: what the server never gives to another one. Default: the first own field of {@link IdentityField}
   * that is text, a number or a bigint. A sign-in whose user has none is refused.
   */
  userId?(user: TUser): string | number | bigint | null | undefined
  /**
   * Whether the server refused the access token with this answer, so that a renewal and a second try are worth it. It
   * is asked about every answer of `auth.fetch`, on a copy: reading the body is allowed. Default: a 401 whose
   * `WWW-Authenticate` asks for nothing but another Bearer token (RFC 6750 §3).
   */
  isRefused?(response: Response): boolean | Promise<boolean>
  /** Headers that the server wants on every call, an API key for one. `auth.fetch` adds them for {@link origin} only. */
  headers?(): Readonly<Record<string, string>>
}

/** Where a user's identity is looked for if the client has no `userId`. */
export type IdentityField = 'id' | 'sub' | '_id' | 'uid' | 'userId' | 'user_id' | 'uuid'

/** Time as the library sees it. The default reads the globals at call time. */
export interface Clock {
  /** Epoch milliseconds. May jump. */
  readonly now: () => number
  /** Milliseconds that only go forward; may stand still while the machine sleeps. */
  readonly monotonic: () => number
  readonly setTimeout: (callback: () => void, milliseconds: number) => unknown
  readonly clearTimeout: (handle: unknown) => void
}

/**
 * One record per key with compare-and-set. `revision` is a field of the record that every write changes.
 * Anything it throws, and anything slower than the storage time limit, costs persistence and never the session. When the
 * signal fires nobody waits any longer: what has not been written by then should not be written later.
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
  /** `'shared'`: all tabs of the origin see it at once. `'memory'`: gone with the page. */
  readonly scope: 'shared' | 'tab' | 'memory'
  /** Its own name, if it was given one: part of the names of record, lock and wire. */
  readonly name?: string | undefined
  /**
   * A few words beside the records, read and written at once: a page that closes right after `signOut()` leaves word for
   * the next one. No secrets are written. Both may throw.
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

/** What joins the tabs of one browser: a lock, and a wire for hints. */
export interface Tabs {
  /** What it is made of here. Default: unknown to it, taken as a page of its own. */
  readonly capabilities?: () => Pick<Capabilities, 'locks' | 'broadcast'>
  /** Runs `work` while no other tab of this browser runs one under the same name. */
  readonly lock: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** Opens the wire `name`. Hints carry a generation and nothing else. */
  readonly open: (name: string, listener: (hint: TabHint) => void) => TabWire
}

export interface TabHint {
  readonly generation: number
}

/** What this browser gives, and so what the session is safe from. */
export interface Capabilities {
  /** What keeps two tabs from spending one token: Web Locks, a lease in IndexedDB, or nothing beyond this page. */
  readonly locks: 'web' | 'lease' | 'page'
  /** Who sees the stored session. */
  readonly persistence: AuthStorage['scope']
  /** Tabs tell each other at once; else they find out when they wake up or renew. */
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
   * the page came back as it was left, from the back-forward cache: whoever it shows may be signed out by now.
   */
  readonly onWake: (listener: (wake?: { readonly restored: boolean }) => void) => () => void
}

export interface AuthOptions<TUser, TCredentials, TGuards> {
  readonly client: AuthClient<TUser, TCredentials>
  /** Where the session outlives the page. Default: it does not (`memoryStorage()`). */
  readonly storage?: AuthStorage
  /** Named questions about the user, for `can`, `requireUser` and the bindings. */
  readonly guards?: TGuards
  /** `authMachine.provide({ … })`: a chart with a part replaced. */
  readonly machine?: AuthMachine
  /** Sees every inspection event of the actor. None of them carries a secret. */
  readonly inspect?: (event: InspectionEvent) => void
  /** How tabs meet. Default: Web Locks and BroadcastChannel where the storage is shared. False: this tab is alone. */
  readonly tabs?: Tabs | false
  readonly network?: Network
  readonly clock?: Clock
  /** Milliseconds before the end of an access token at which it is renewed. Default: after about 55 % of its life. */
  readonly refreshBefore?: number
  /** Who the server that rendered the page found signed in (null: nobody). First paint only; guards stay closed. */
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
  /** Hears of trouble that costs no session, `'storage-unavailable'` for one. Default: `console.warn`, once per code. */
  readonly onWarning?: (warning: AuthError) => void
}
