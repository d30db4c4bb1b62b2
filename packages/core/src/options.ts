import { explain } from './errors.ts'
import { userIdBy, type UserId } from './session/identity.ts'
import type { AuthInput } from './machine/types.ts'
import { systemClock } from './ports/clock.ts'
import { browserNetwork } from './ports/network.ts'
import { memoryStorage } from './storage/memory.ts'
import type { AuthClient, AuthOptions, AuthStorage, Clock, Network, Tabs } from './types.ts'

type Options = AuthOptions<unknown, unknown, unknown>

/** What `createAuth` was given, read once and without a guess. */
export interface Settings {
  readonly client: AuthClient
  readonly userId: UserId
  readonly storage: AuthStorage
  /** Names the record. */
  readonly key: string
  /** Names the lock and the wire: two storages of one client share neither. */
  readonly place: string
  readonly tabs: Tabs | false | undefined
  readonly network: Network
  readonly clock: Clock
  readonly random: () => number
  readonly requestTimeout: number
  readonly signOutTimeout: number
  readonly storageTimeout: number
  readonly refreshBefore: number | undefined
  /** The client's own. */
  readonly origin: string | undefined
  readonly allowedOrigins: readonly string[]
  /** What the chart begins with. */
  readonly input: AuthInput
}

/**
 * What could harm a session is refused here, in a few words; the development build says the rest, and the cure: see
 * `checks.ts`.
 *
 * @throws AuthError `'misconfigured'` for an option that cannot be read
 */
export function readOptions(options: Options): Settings {
  const { client, allowedOrigins, refreshBefore } = options
  const storage = options.storage ?? client.storage ?? memoryStorage()
  const origin = client.origin === undefined ? undefined : readOrigin('client.origin', client.origin)
  const name = client.id ?? origin ?? storage.name
  if (name === undefined && storage.scope !== 'memory') throw explain('misconfigured', 'client.id')
  const key = `authchart:${name ?? 'default'}`
  return {
    client,
    userId: userIdBy(client),
    storage,
    key,
    place: storage.name === undefined ? key : `${key} in ${storage.name}`,
    tabs: options.tabs,
    network: options.network ?? browserNetwork(),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    requestTimeout: readTime('requestTimeout', options.requestTimeout, 30_000),
    signOutTimeout: readTime('signOutTimeout', options.signOutTimeout, 5000),
    storageTimeout: readTime('storageTimeout', options.storageTimeout, storage.timeout ?? 2000),
    refreshBefore: refreshBefore === undefined ? undefined : readTime('refreshBefore', refreshBefore, 0, 0),
    origin,
    allowedOrigins: allowedOrigins?.map((own) => readOrigin('allowedOrigins', own)) ?? (origin ? [origin] : []),
    input: { persistence: storage.scope === 'memory' ? 'memory' : 'stored', hint: readHint(options.initialSession) },
  }
}

export function readTime(name: string, value: unknown, otherwise: number, least = 1): number {
  const milliseconds = value === undefined ? otherwise : value
  if (typeof milliseconds === 'number' && milliseconds >= least) return milliseconds
  throw explain('misconfigured', name)
}

/** An origin as URLs have it: without path, default port or capitals. */
export function readOrigin(name: string, value: unknown): string {
  try {
    const { origin } = new URL(value as string)
    if (/^[a-z]+:[^*]+$/.test(origin)) return origin
  } catch {
    // said below
  }
  throw explain('misconfigured', name)
}

/** Whom the server found. No user is null; what cannot be read says nothing. */
export function readHint(given: unknown): AuthInput['hint'] {
  if (given === null) return null
  const found = Object(given) as { readonly user?: unknown }
  if (typeof found.user === 'object' && found.user !== null) return { user: found.user }
  return Object.hasOwn(found, 'user') && (found.user ?? null) === null ? null : undefined
}
