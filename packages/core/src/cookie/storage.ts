import { fieldOf } from '../data.ts'
import { AuthError } from '../errors.ts'
import { mayReplace } from '../storage/record.ts'
import { twinIn } from '../storage/twin.ts'
import type { AccessTokens, AuthStorage, StoredRecord } from '../types.ts'
import type { Ask, SessionAnswer } from './client.ts'

export interface CookieStorage extends AuthStorage {
  /** The highest generation that this page has seen. */
  readonly seen: () => number
  /** The session that this page goes on with. */
  readonly current: () => string | null
}

interface CookieStorageOptions {
  readonly ask: Ask
  readonly now: () => number
  readonly toTokens: (session: SessionAnswer) => AccessTokens
}

/**
 * The record of the session, where the handler keeps it: a read asks the handler, and what the page writes is kept in the
 * page. What the handler knows outranks it, up to the same tokens: their mark is the page's own.
 */
export function cookieStorage({ ask, now, toTokens }: CookieStorageOptions): CookieStorage {
  let record: StoredRecord | null = null
  let isKnown = false
  let seen = 0

  function set(next: StoredRecord | null): void {
    record = next
    isKnown = true
    seen = Math.max(seen, Number(next?.['generation']) || 0)
  }

  function take(found: StoredRecord | null): void {
    const isSame = found !== null && record?.['id'] === found['id']
    // the end of a session that the handler has not heard of is the page's word, up to its generation
    const isOverHere = isSame && record?.['ended'] !== undefined && !isNewer(found, record)
    const isNews = !isSame || isNewer(found, record) || found['ended'] !== undefined
    // a handler that knows no session any more has forgotten what it ended with
    const isForgotten = found === null && record?.['ended'] !== undefined
    if (isNews && !isOverHere && !isForgotten) set(found)
    isKnown = true
  }

  return {
    name: 'cookie',
    scope: 'shared',
    timeout: LONGEST_ASK,
    lossless: true,
    custody: () => 'server',
    twin: twinIn(() => localStorage, 'authchart'),
    seen: () => seen,
    current: () => (record ? String(record['id']) : null),
    async read(_key, call) {
      try {
        take(toRecord(await ask('session', {}, call), now(), toTokens))
      } catch (error) {
        // out of reach it keeps what it kept
        if (!isKnown || !isOutage(error)) throw error
      }
      return record
    },
    async compareAndSet(_key, expected, next) {
      if (!mayReplace(record, expected)) return false
      // the word that a session is over has been read
      if (next === null && record?.['ended'] !== undefined)
        await ask('sign-out', { session: record['id'] }).catch(() => {})
      set(next)
      return true
    },
  }
}

/** Milliseconds: an answer comes over the network, and not from a disk. */
const LONGEST_ASK = 10_000

const isNewer = (found: StoredRecord, before: StoredRecord | null): boolean =>
  Number(found['generation']) > Number(before?.['generation'] ?? -1)

function isOutage(error: unknown): boolean {
  return error instanceof AuthError && (error.status === undefined || error.status >= 500 || error.status === 429)
}

function toRecord(
  answer: object,
  now: number,
  toTokens: (session: SessionAnswer) => AccessTokens,
): StoredRecord | null {
  const ended = fieldOf(answer, 'ended') as
    | { id: string; generation: number; reason: string; user: unknown }
    | undefined
  if (ended) {
    const { id, generation, reason, user } = ended
    return { version: 1, revision: `${id}.${generation} ended`, id, generation, ended: reason, user }
  }
  const session = fieldOf(answer, 'session') as SessionAnswer | null | undefined
  if (session === undefined) throw new AuthError('invalid-response')
  if (session === null) return null
  const { id, generation, user, age, lifetime, signedInAgo } = session
  return {
    version: 1,
    revision: `${id}.${generation}`,
    id,
    generation,
    user,
    ...toTokens(session),
    receivedAt: now - age,
    lifetime,
    signedInAt: now - signedInAgo,
  }
}
