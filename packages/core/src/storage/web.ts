import type { AuthStorage } from '../types.ts'
import { mayReplace } from './record.ts'
import { twinIn } from './twin.ts'

export interface WebStorageOptions {
  /** Goes before each key, with a colon. Default `'authchart'`. */
  readonly name?: string
}

/**
 * Keeps the session as JSON in localStorage or sessionStorage. Prefer {@link browserStorage}: tabs cannot share a
 * session through this one. What a tab reads from localStorage may be older than what another tab has written, even
 * under a lock, and two writes at once are not told apart; a server that rotates refresh tokens then sees one twice.
 * A sessionStorage belongs to one tab, but "duplicate tab" copies it, token and all. Only what JSON can carry comes
 * back (a Date comes back as text).
 *
 * @param area by name, or a function that returns a Storage. Asked for at each operation, never before.
 * @example
 * const auth = createAuth({ client, storage: webStorage('sessionStorage') })
 */
export function webStorage(
  area: 'localStorage' | 'sessionStorage' | (() => Storage),
  { name }: WebStorageOptions = {},
): AuthStorage {
  const open = typeof area === 'function' ? area : () => globalThis[area]
  const prefix = name ?? 'authchart'
  return {
    name,
    scope: 'tab',
    twin: twinIn(open, prefix),
    read: async (key) => parse(open().getItem(`${prefix}:${key}`)),
    async compareAndSet(key, expected, next) {
      const storage = open()
      const path = `${prefix}:${key}`
      if (!mayReplace(parse(storage.getItem(path)), expected)) return false
      if (next) storage.setItem(path, JSON.stringify(next))
      else storage.removeItem(path)
      return true
    },
  }
}

/** What is no JSON is handed back as the text it is. */
function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return text
  }
}
