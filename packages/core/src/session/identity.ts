import { fieldOf } from '../data.ts'
import type { AuthClient, IdentityField } from '../types.ts'

/** Who a user is, for telling two apart; null if that cannot be read, which is never equal to anything. */
export type UserId = (user: unknown) => string | null

const fields: readonly IdentityField[] = ['id', 'sub', '_id', 'uid', 'userId', 'user_id', 'uuid']

/** The first own field that names the user. */
export function userIdOf(user: unknown): string | null {
  for (const field of fields) {
    const id = Object.hasOwn(Object(user) as object, field) ? readId(fieldOf(user, field)) : null
    if (id !== null) return id
  }
  return null
}

/** By the client's own word where it has one. */
export function userIdBy(client: Pick<AuthClient, 'userId'>): UserId {
  return (user) => {
    try {
      return client.userId ? readId(client.userId(user)) : userIdOf(user)
    } catch {
      return null
    }
  }
}

/** A number beyond 2^53 is read as its neighbour is: it names neither. */
function readId(id: unknown): string | null {
  const isId =
    typeof id === 'number'
      ? Math.abs(id) <= Number.MAX_SAFE_INTEGER
      : typeof id === 'bigint' || (typeof id === 'string' && id !== '')
  return isId ? String(id) : null
}
