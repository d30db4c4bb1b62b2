import { AuthError } from '../errors.ts'
import type { Grant } from '../types.ts'

/** bkend's own roles, or one that a project added. */
export type BkendRole = 'admin' | 'user' | 'guest' | (string & {})

/** What bkend knows of a user. Strings are as the server sent them: text, never markup. */
export interface BkendUser<TRole extends string = BkendRole> {
  readonly id: string
  readonly email: string | null
  readonly name: string | null
  /** Null if the server named none. */
  readonly role: TRole | null
  readonly emailVerified: boolean
  /** An `http` or `https` URL. */
  readonly image: string | null
  readonly onboardingStatus: string | null
  /** ISO 8601. */
  readonly createdAt: string | null
}

/** An own field of what the server sent: nothing inherited, nothing of a primitive. */
export function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

/** A field under its name of today, or under the one of the early dialect. */
export function field(value: unknown, key: string): unknown {
  return own(value, key) ?? own(value, toSnake(key))
}

export function toSnake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export function text(value: unknown, key: string): string | null {
  const found = field(value, key)
  return typeof found === 'string' ? found : null
}

/**
 * Reads the tokens of an answer: beside everything else, or in `tokens` or `session`. `rotates`: without a new refresh
 * token it is no answer.
 */
export function toGrant(body: unknown, rotates = false): Grant<BkendUser> {
  const places = [body, own(body, 'tokens'), own(body, 'session')]
  const holders = places.filter((place) => isPrintable(field(place, 'accessToken')))
  // a place that has both comes first: the tokens of two places may be no pair
  const place = holders.find((holder) => isPrintable(field(holder, 'refreshToken'))) ?? holders[0]
  const find = (key: string): unknown => field(place, key) ?? field(body, key) ?? undefined
  const accessToken = find('accessToken')
  const refreshToken = find('refreshToken')
  const tokenType = find('tokenType') ?? 'bearer'
  const isBearer = typeof tokenType === 'string' && tokenType.toLowerCase() === 'bearer'
  const isRenewable = isPrintable(refreshToken) || (refreshToken === undefined && !rotates)
  if (!isPrintable(accessToken) || !isRenewable || !isBearer) throw new AuthError('invalid-response')
  return {
    accessToken,
    refreshToken,
    // as it came: the core reads it with care
    expiresIn: find('expiresIn') as Grant['expiresIn'],
    // half a user would close doors that are open to the whole one
    user: [body, place].map((holder) => readUser(own(holder, 'user'))).find((user) => user?.role) ?? undefined,
  }
}

export function toUser(body: unknown): BkendUser {
  const user = readUser(body) ?? readUser(own(body, 'user'))
  if (!user) throw new AuthError('invalid-response')
  return user
}

/** Only what can stand in a header (RFC 9110 §5.5). */
export function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]+$/.test(value)
}

function readUser(body: unknown): BkendUser | null {
  const id = text(body, 'id')
  if (!id) return null
  const role = text(body, 'role')
  const image = text(body, 'image')
  return {
    id,
    email: text(body, 'email'),
    name: text(body, 'name'),
    role: role && /^[\w-]{1,40}$/.test(role) ? role : null,
    // a flag, or since when
    emailVerified: field(body, 'emailVerified') === true || /^[12]\d{3}-/.test(text(body, 'emailVerified') ?? ''),
    image: image && /^https?:\/\//i.test(image) ? image : null,
    onboardingStatus: text(body, 'onboardingStatus'),
    createdAt: text(body, 'createdAt'),
  }
}
