/** Looking at what others made: users, credentials, records. None of it may throw, hang or lie about being the same. */

const DEEPEST = 16

/** Whether two values are the same plain data. What is not plain data (a form, a map, a class of one's own) never is. */
export function isSameData(one: unknown, other: unknown, depth = 0): boolean {
  if (Object.is(one, other)) return true
  if (depth > DEEPEST || !isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false
  try {
    const keys = Reflect.ownKeys(one)
    const isSameKey = (key: string | symbol): boolean =>
      Object.hasOwn(other, key) && isSameData(Reflect.get(one, key), Reflect.get(other, key), depth + 1)
    return keys.length === Reflect.ownKeys(other).length && keys.every(isSameKey)
  } catch {
    return false
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}

/** Plain data that no form and no guard can write into from here on. An object of a class of its own stays as it is. */
export function freeze<T>(value: T, seen = new Set<unknown>()): T {
  try {
    // its parts may still be open where it is frozen itself
    if (isPlain(value) && !seen.has(value))
      for (const part of Object.values(Object.freeze(value))) freeze(part, seen.add(value))
  } catch {
    // a proxy, or a getter that throws
  }
  return value
}

/** A field, where it can be read at all. */
export function fieldOf(value: unknown, key: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  } catch {
    return undefined
  }
}
