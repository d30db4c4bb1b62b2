import type { WorldParts } from '@authchart/core/testing/world'

/** What one tab has: its network, what is kept in the browser, and locks between tabs. */
export interface TortureTab {
  /** The auth server, which speaks as bkend.ai, as an OAuth server (`/.well-known/openid-configuration`) and as Supabase's. */
  readonly origin: string
  readonly fetch: typeof fetch
  /** As `localStorage`: shared by the tabs, synchronous. */
  readonly storage: Storage
  /** As `navigator.locks.request(name, work)`. The lock of a tab that was closed is free. */
  readonly lock: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /** For `createAuth` of `@authchart/core`. */
  readonly parts: WorldParts
}

/** What the torture needs of a client, in one tab. */
export interface TortureClient {
  readonly signIn: (credentials: { readonly email: string; readonly password: string }) => Promise<unknown>
  readonly signOut: () => Promise<unknown>
  /** The id of the user whom an app shows now, or null. */
  readonly userId: () => string | null | Promise<string | null>
  /** A request with the access token, as the app sends it. */
  readonly request: (url: string) => Promise<Response>
}

/** A client under torture: the default export of an adapter file. */
export interface TortureAdapter {
  readonly name: string
  /**
   * Opens the client in a tab, as an app does when its page loads. `BroadcastChannel` is that of the tab until it returns;
   * `window` and `document` are there, and time stands still unless the torture lets it pass.
   */
  readonly open: (tab: TortureTab) => TortureClient | Promise<TortureClient>
}
