import { fieldOf } from '../data.ts'
import { AuthError } from '../errors.ts'
import { randomId } from '../session/session.ts'
import type { AuthStorage, CallOptions, StoredRecord } from '../types.ts'
import { createNames, nameOf, type Named, type Names } from './names.ts'

/**
 * The record as pages see it. They read names where refresh tokens are, and write them back. A mark that a page writes is a
 * word between pages, which the lock makes good: the one that lasts is the worker's, from when the token really leaves.
 */
export interface Records extends Pick<AuthStorage, 'read' | 'compareAndSet'> {
  readonly names: Names
  /** The token of this name, also where the worker has been stopped since it was told; null: it is nowhere any more. */
  readonly tokenOf: (key: string, name: string) => Promise<string | null>
  /** A renewal goes through its writes, one at a time. What the page expects meanwhile is the record before it. */
  readonly renewal: <T>(key: string, work: (writes: Writes) => Promise<T>) => Promise<T>
}

export interface Writes {
  readonly find: () => Promise<unknown>
  readonly swap: (expected: string, next: StoredRecord) => Promise<boolean>
  /** Keeps the token of a session, and says its name. */
  readonly keep: (session: Named & { readonly refreshToken: string | null }) => string
}

/** Runs work while no other worker of this origin runs work under the same name. */
export type WorkerLock = <T>(name: string, work: () => Promise<T>) => Promise<T>

export function createRecords(storage: AuthStorage, lock: WorkerLock): Records {
  const parts: Parts = { storage, lock, names: createNames(), renewing: new Map(), moved: new Map() }
  const { names } = parts
  return {
    names,
    read: (key, options) => read(parts, key, options),
    compareAndSet: (key, expected, next, options) => compareAndSet(parts, key, expected, next, options),
    async tokenOf(key, name) {
      if (names.token(name) === null) await find(parts, key)
      return names.token(name)
    },
    renewal: (key, work) => renewal(parts, key, work),
  }
}

interface Parts {
  readonly storage: AuthStorage
  readonly lock: WorkerLock
  readonly names: Names
  readonly renewing: Map<string, Renewing>
  /** What the worker has made of the record that a page wrote: the page does not know the new revision. */
  readonly moved: Map<string, string>
}

interface Renewing {
  done: Promise<unknown>
  /** The session that is being renewed; undefined until its record has been read. */
  id?: unknown
}

const lockOf = (key: string): string => `${key} in its worker`

async function find({ storage, names }: Parts, key: string, options?: CallOptions): Promise<Fields | null> {
  const found = (await storage.read(key, options)) as Fields | null
  const token = fieldOf(found, 'refreshToken')
  if (found && typeof token === 'string') names.keep(nameOf(found), token)
  return found
}

async function read(parts: Parts, key: string, options?: CallOptions): Promise<unknown> {
  const { lock, renewing } = parts
  const found = await find(parts, key, options)
  if (found?.['marked'] !== true || renewing.has(key)) return masked(found, renewing.has(key))
  // by a worker that is being replaced; one that was stopped has left its lock, and the mark stays
  await lock(lockOf(key), async () => {})
  return masked(await find(parts, key, options), renewing.has(key))
}

async function compareAndSet(
  parts: Parts,
  key: string,
  expected: string | null,
  next: StoredRecord | null,
  options?: CallOptions,
): Promise<boolean> {
  const { storage, names, moved } = parts
  await untilRenewed(parts, key, next)
  // what is replaced may have to be revoked
  const found = await find(parts, key, options)
  if (next === null) return storage.compareAndSet(key, expected, null, options)
  const isSame = found?.['id'] === next['id'] && found?.['generation'] === next['generation']
  const revision = fieldOf(found, 'revision') as string
  const isMoved = isSame && expected !== null && moved.get(expected) === revision
  const record = unmasked(names, next, isSame ? found : null)
  const isWritten = await storage.compareAndSet(key, isMoved ? revision : expected, record, options)
  if (!isWritten) return false
  const token = record['refreshToken']
  if (typeof token === 'string') names.keep(nameOf(next), token)
  if (expected !== null) moved.delete(expected)
  return true
}

/** A renewal of this session comes to its end first. What ends or replaces it need not wait. */
async function untilRenewed({ renewing }: Parts, key: string, next: StoredRecord | null): Promise<void> {
  const own = renewing.get(key)
  if (own && next && next['ended'] === undefined && (own.id === undefined || own.id === next['id'])) await own.done
}

async function renewal<T>(parts: Parts, key: string, work: (writes: Writes) => Promise<T>): Promise<T> {
  const { lock, renewing } = parts
  await renewing.get(key)?.done
  const own: Renewing = { done: Promise.resolve() }
  const done = lock(lockOf(key), () => work(writesOf(parts, key, own)))
  own.done = done.catch(() => {})
  renewing.set(key, own)
  await own.done
  if (renewing.get(key) === own) renewing.delete(key)
  return done
}

function writesOf(parts: Parts, key: string, own: Renewing): Writes {
  const { storage, names, moved } = parts
  let before: string | undefined
  return {
    async find() {
      const found = await find(parts, key)
      own.id = found?.['id']
      before = found?.['revision'] as string | undefined
      return found
    },
    async swap(expected, next) {
      const isWritten = await storage.compareAndSet(key, expected, next)
      if (isWritten && before !== undefined) moved.set(before, next.revision)
      return isWritten
    },
    keep(session) {
      const name = nameOf(session)
      if (session.refreshToken !== null) names.keep(name, session.refreshToken)
      return name
    },
  }
}

type Fields = Readonly<Record<string, unknown>>

/**
 * As it is kept. A mark that the worker has set stays, and counts from when it was set.
 *
 * @throws AuthError `'storage-unavailable'` for a token that is nowhere any more
 */
function unmasked(names: Names, next: StoredRecord, found: Fields | null): StoredRecord {
  const { refreshToken } = next
  const token = names.isName(refreshToken) ? names.token(refreshToken) : refreshToken
  if (names.isName(refreshToken) && token === null) throw new AuthError('storage-unavailable')
  const isMarked = next['marked'] === true && found?.['marked'] === true
  const since = isMarked ? { markedAt: found['markedAt'], markedBy: found['markedBy'] } : {}
  return { ...next, refreshToken: token, ...since, ...('marked' in next && { marked: isMarked }) }
}

/** As a page may see it. What this version cannot read may hold a token anywhere: nothing is told of it but that it is there. */
function masked(found: Fields | null, isRenewing: boolean): unknown {
  if (found === null || typeof found !== 'object') return found === null ? null : {}
  if (found['version'] !== 1) return { version: found['version'], revision: randomId() }
  const { refreshToken } = found
  return {
    ...found,
    ...(isRenewing && { marked: false }),
    ...(refreshToken !== undefined && { refreshToken: typeof refreshToken === 'string' ? nameOf(found) : null }),
  }
}
