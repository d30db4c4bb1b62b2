import { fieldOf } from './data.ts'
import { explain, type AuthError } from './errors.ts'
import { userIdBy, type UserId } from './identity.ts'
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
  readonly hint: AuthInput['hint']
  /** What is odd and costs nothing: the developer hears of it. */
  readonly warnings: readonly AuthError[]
}

/** The functions that an object has to have, the least number, or a function. Undefined: read below. */
const shapes: Readonly<Record<keyof Options, string | number | null | undefined>> = {
  client: 'signIn',
  storage: 'read compareAndSet',
  tabs: 'lock open',
  network: 'isOnline onWake',
  clock: 'now monotonic setTimeout clearTimeout',
  machine: 'provide',
  guards: '',
  inspect: null,
  random: null,
  fetch: null,
  onWarning: null,
  refreshBefore: 0,
  requestTimeout: 1,
  signOutTimeout: 1,
  storageTimeout: 1,
  allowedOrigins: undefined,
  initialSession: undefined,
}

const optionalMethods = [
  'signUp',
  'answerChallenge',
  'refresh',
  'getUser',
  'signOut',
  'ping',
  'userId',
  'isRefused',
  'headers',
]

/** @throws AuthError `'misconfigured'` for an option that cannot be read: the message names it, its value and the cure */
export function readOptions(options: Options): Settings {
  const warnings: AuthError[] = []
  const warn = (detail: string): void => void warnings.push(explain('misconfigured', detail))
  for (const name of Object.keys(options)) if (!Object.hasOwn(shapes, name)) warn(`There is no option "${name}".`)
  for (const [name, shape] of Object.entries(shapes)) check(name, fieldOf(options, name), shape)
  const { client, storage = memoryStorage(), guards = {} } = options
  for (const name of optionalMethods) check(`client.${name}`, fieldOf(client, name), null)
  const isPolicy = Object.getPrototypeOf(guards) !== Object.prototype
  for (const [name, guard] of Object.entries(guards as object)) {
    // an object of a class has fields beside its guards
    if (!isPolicy) check(`guards.${name}`, guard, null)
    const { roles } = Object(guard) as { readonly roles?: unknown }
    if (Array.isArray(roles) && roles.length === 0) warn(`guards.${name} names no role, so it is closed to all.`)
  }
  const own = client.origin === undefined ? [] : readOrigins('client.origin', [client.origin])
  const name = client.id ?? own[0] ?? storage.name
  if (name === undefined ? storage.scope !== 'memory' : typeof name !== 'string')
    refuse('client.id', name, 'others on this origin see what is stored, so name the client or the storage')
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
    requestTimeout: options.requestTimeout ?? 30_000,
    signOutTimeout: options.signOutTimeout ?? 5000,
    storageTimeout: options.storageTimeout ?? 2000,
    refreshBefore: options.refreshBefore,
    origin: own[0],
    allowedOrigins: options.allowedOrigins ? readOrigins('allowedOrigins', options.allowedOrigins) : own,
    hint: readHint(options.initialSession, warn),
    warnings,
  }
}

function check(name: string, value: unknown, shape: string | number | null | undefined): void {
  if (shape === undefined || (value === undefined && name !== 'client') || (value === false && name === 'tabs')) return
  if (shape === null) {
    if (typeof value !== 'function') refuse(name, value, 'give a function')
  } else if (typeof shape === 'number') {
    if (!((value as number) >= shape) || typeof value !== 'number')
      refuse(name, value, 'give milliseconds, as a number')
  } else if (typeof value !== 'object' || value === null) {
    refuse(name, value, 'give an object')
  } else {
    for (const method of shape.split(' ')) if (method) check(`${name}.${method}`, fieldOf(value, method) ?? null, null)
  }
}

/** Origins as URLs have them: without path, default port or capitals. */
function readOrigins(name: string, values: readonly unknown[]): readonly string[] {
  if (!Array.isArray(values)) refuse(name, values, 'give a list of origins')
  return values.map((value) => {
    try {
      const { origin } = new URL(value as string)
      if (origin !== 'null' && !origin.includes('*')) return origin
    } catch {
      // said below
    }
    return refuse(name, value, 'give an origin like "https://api.example"')
  })
}

/** Whom the server found. No user is null; what cannot be read says nothing. */
function readHint(given: unknown, warn: (detail: string) => void): AuthInput['hint'] {
  const user: unknown = given === null ? null : (Object(given) as { readonly user?: unknown }).user
  if (typeof user === 'object' && user !== null) return { user }
  if (given === undefined) return undefined
  if (user === null || (user === undefined && Object.hasOwn(Object(given) as object, 'user'))) return null
  warn('initialSession has no user that is an object, so it is left out. Give null if there is none.')
  return undefined
}

function refuse(name: string, value: unknown, cure: string): never {
  // no text that may be a secret: of what is given here only numbers and addresses are none
  const isShown = typeof value === 'number' || (typeof value === 'string' && /origin|timeout/i.test(name))
  throw explain(
    'misconfigured',
    `${name} is ${isShown ? `"${value}"` : value === null ? 'missing' : typeof value}: ${cure}.`,
  )
}
