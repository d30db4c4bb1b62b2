import type { ErrorShape } from './errors.ts'

export const PROVIDERS = ['google', 'github'] as const
export type Provider = (typeof PROVIDERS)[number]

/** At most `max` within `window` seconds. */
export interface Limit {
  readonly max: number
  readonly window: number
}

/** `false` switches a limit off. */
export interface Limits {
  /** Bad sign-ins per account; the same number again locks it for one more window. */
  readonly signIn: Limit | false
  /** Wrong passwords of a signed-in user (password change, MFA). */
  readonly password: Limit | false
  /** Refreshes per session. With a short `accessTtl` the default grows, or a demo could not live. */
  readonly refresh: Limit | false
  /** E-mails per address and kind. */
  readonly codes: Limit | false
  /** Requests per client address. */
  readonly requests: Limit | false
}

export interface ServerOptions {
  /** SQLite file. Default: in memory. */
  readonly file?: string
  /** Epoch milliseconds. Default: `Date.now`. */
  readonly now?: () => number
  /** Waits that many milliseconds; used by the `slow` fault only. Default: a timer. */
  readonly wait?: (milliseconds: number) => Promise<void>
  /** Seconds an access token lives. Default: 3600. */
  readonly accessTtl?: number
  /** Seconds a session and its refresh tokens live; rotation does not prolong it. Default: 7 days. */
  readonly refreshTtl?: number
  /** Serve `/__control/…`, with which anyone who reaches the server can do anything. Default: false. */
  readonly control?: boolean
  /**
   * Answer several requests on one connection. Browsers by themselves send a POST again when a reused connection dies
   * (Chromium does), so that a dropped answer would be a refresh token shown twice. Default: false.
   */
  readonly reuseConnections?: boolean
  /** Wrap success bodies in `{ success: true, data }`. Default: false. */
  readonly envelope?: boolean
  /** Default: 'code'. */
  readonly errorShape?: ErrorShape
  /** `false`: none at all. */
  readonly limits?: Partial<Limits> | false
  /** Origins that may call from a browser and receive mail links. Default: any port of localhost and 127.0.0.1. */
  readonly origins?: readonly string[]
  /** What `X-API-Key` must be. Default: 'pk_demo'. */
  readonly publishableKey?: string
  /** What `x-project-id` must be in the early dialect. Default: 'demo'. */
  readonly projectId?: string
  /** Default: true. */
  readonly magicLink?: boolean
  /** Social providers that are configured. Default: both. */
  readonly providers?: readonly Provider[]
  /** Sign-up answers 403 until the address is verified. Default: false. */
  readonly requireVerifiedEmail?: boolean
}

/** What the control route may change while the server runs. */
export interface ProjectSettings {
  accessTtl: number
  envelope: boolean
  errorShape: ErrorShape
  publishableKey: string
  projectId: string
  magicLink: boolean
  providers: readonly Provider[]
  requireVerifiedEmail: boolean
}

export interface Settings extends ProjectSettings {
  readonly refreshTtl: number
  readonly limits: Limits
  readonly allowsOrigin: (origin: string) => boolean
  /** Back to what the server was started with. */
  readonly reset: () => void
}

const LOCAL_ORIGIN = /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?$/
const DAY = 24 * 3600

export function createSettings(options: ServerOptions): Settings {
  const initial: ProjectSettings = {
    accessTtl: positive('accessTtl', options.accessTtl ?? 3600),
    envelope: options.envelope ?? false,
    errorShape: options.errorShape ?? 'code',
    publishableKey: options.publishableKey ?? 'pk_demo',
    projectId: options.projectId ?? 'demo',
    magicLink: options.magicLink ?? true,
    providers: options.providers ?? PROVIDERS,
    requireVerifiedEmail: options.requireVerifiedEmail ?? false,
  }
  const { origins } = options
  const settings: Settings = {
    ...initial,
    refreshTtl: positive('refreshTtl', options.refreshTtl ?? 7 * DAY),
    limits: createLimits(options.limits ?? {}, initial.accessTtl),
    allowsOrigin: (origin) => (origins ? origins.includes(origin) : LOCAL_ORIGIN.test(origin)),
    reset: () => void Object.assign(settings, initial),
  }
  return settings
}

function createLimits(limits: Partial<Limits> | false, accessTtl: number): Limits {
  if (limits === false) return { signIn: false, password: false, refresh: false, codes: false, requests: false }
  return {
    signIn: { max: 5, window: 15 * 60 },
    password: { max: 5, window: 15 * 60 },
    refresh: { max: 10 * Math.max(1, Math.ceil(60 / accessTtl)), window: 60 },
    codes: { max: 5, window: 10 * 60 },
    requests: { max: 1000, window: 60 },
    ...limits,
  }
}

function positive(name: string, seconds: number): number {
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds
  throw new RangeError(`${name} is a whole number of seconds above zero, not ${seconds}`)
}
