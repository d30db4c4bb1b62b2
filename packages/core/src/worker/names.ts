import { randomId } from '../session/session.ts'
import type { StoredRecord } from '../types.ts'

/** Refresh tokens under names, by which pages speak of them. */
export interface Names {
  /** Keeps the token of a sign-in that no record has yet. */
  readonly add: (token: string) => string
  readonly keep: (name: string, token: string) => void
  readonly token: (name: string) => string | null
  /** It is a name, and no token. */
  readonly isName: (value: unknown) => value is string
}

export interface Named {
  readonly id?: unknown
  readonly generation?: unknown
}

const PREFIX = 'authchart:'
/** Pages speak of the last few: the one that is held, those that a renewal or a sign-in brings, and those that are revoked. */
const MOST = 50

/** It tells nothing, and is the same after the worker has been stopped. */
export const nameOf = ({ id, generation }: Named | StoredRecord): string =>
  `${PREFIX}${String(id)}.${String(generation)}`

export function createNames(): Names {
  const tokens = new Map<string, string>()
  function keep(name: string, token: string): void {
    tokens.delete(name)
    tokens.set(name, token)
    for (const oldest of tokens.keys()) if (tokens.size > MOST) tokens.delete(oldest)
  }
  return {
    add(token) {
      const name = `${PREFIX}new.${randomId()}`
      keep(name, token)
      return name
    },
    keep,
    token: (name) => tokens.get(name) ?? null,
    isName: (value): value is string => typeof value === 'string' && value.startsWith(PREFIX),
  }
}
