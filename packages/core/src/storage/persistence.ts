import { isOverwritten } from '../custody/spend.ts'
import type { AuthError } from '../errors.ts'
import type { Session, SessionRules } from '../session/session.ts'
import { generationOf, idOf, isGarbage, type EndedTokens, type Spend, type Stored } from '../session/stored.ts'
import type { AuthStorage, StoredRecord } from '../types.ts'
import { createBacklog, type Change } from './backlog.ts'
import { createDisk } from './disk.ts'
import { put, type Parts } from './put.ts'
import { fromRecord, toEndedRecord, toRecord } from './record.ts'
import { createRetry, type Retry } from './retry.ts'

/**
 * The one stored record. What is wanted there is kept as a list of changes until the storage has taken them, however long
 * that lasts: a storage that is slow, full or gone costs persistence and never the session, and is brought up to date as
 * soon as it answers. A read that fails says nothing, and changes nothing.
 */
export interface Persistence {
  /**
   * What is stored; while the storage is behind, what is wanted there.
   *
   * @throws AuthError `'storage-unavailable'` if the storage does not say: that is not "nothing"
   */
  readonly read: () => Promise<Stored | null>
  /**
   * Replaces whatever is stored. Hands out how to put that back, as long as it was not replaced again; a session that
   * is over by then is not brought back. Writes nothing when it is not wanted any more.
   */
  readonly put: (
    session: Session,
    isWanted?: () => boolean,
  ) => Promise<(isOver: (id: string) => boolean) => Promise<void>>
  /** Replaces the record of that revision, and says the new one's; null when another was faster. */
  readonly replace: (revision: string, session: Session, spend: Spend | null) => Promise<string | null>
  /**
   * New tokens whose marked record, of that revision, made way for a sign-in of another tab: they are stored if that is given
   * up and the record is back when it is read next, and are missed else.
   */
  readonly land: (revision: string, session: Session) => void
  /** Removes the record of such a session, leaving word of why it ended where there is one. `isMeant` may be asked late, and again. */
  readonly end: (isMeant: (id: string, found: Stored) => boolean, ended: EndedTokens | null) => Promise<void>
  /** Removes the word of an ended session. */
  readonly forgetEnded: () => Promise<unknown>
  /**
   * This token is marked by this very tab, in the record of that revision, and no later page can find it unmarked. False:
   * the storage is behind and may still have it unmarked, or another tab has marked it meanwhile.
   */
  readonly isSafeToSpend: (session: Session, revision: string) => Promise<boolean>
  /** Leaves the storage as it is: nothing is wanted there any more. */
  readonly leave: () => void
  /** The storage did not say what it holds: listens until it does. */
  readonly listen: (error: unknown) => void
  /** The storage has not said yet what it holds. */
  readonly isUnknown: () => boolean
  /** The storage is behind what is wanted there. */
  readonly isBehind: () => boolean
}

export interface PersistenceOptions {
  readonly storage: AuthStorage
  readonly key: string
  readonly rules: SessionRules
  readonly storageTimeout: number
  /** Fires on destroy: who only wants to know gets no answer any more. What is being written is let finish. */
  readonly lifetime: () => AbortSignal
  /** This session was signed out by a page that may not have reached the record. */
  readonly isOver: (id: string) => boolean
  readonly onOver: (session: Session) => void
  /** Tokens that were to land have no place any more. */
  readonly onMissed: (session: Session) => void
  /** The storage is behind what is wanted. */
  readonly onLost: (error: AuthError) => void
  /** It is not any more. */
  readonly onBack: () => void
  /** What the storage holds has changed since other tabs were told of it. */
  readonly onLate: () => void
  /** What the storage holds is known again. */
  readonly onKnown: () => void
}

export function createPersistence(options: PersistenceOptions): Persistence {
  const { storage, rules, lifetime, onLate } = options
  const catchUp = (): void => void backlog.catchUp()
  const retry = createRetry(rules.clock, lifetime, catchUp)
  const disk = createDisk({ ...options, onLateAnswer: catchUp })
  const onBack = (): void => {
    options.onBack()
    onLate()
  }
  // nothing brings back what was in memory
  const patient = storage.scope === 'memory' ? { ...retry, later() {} } : retry
  const backlog = createBacklog({ ...options, disk, retry: patient, onBack })
  const parts: Parts = { disk, backlog, rules, givenUp: new Map(), landing: null }
  const { givenUp } = parts

  return {
    read: () => read(parts, options, patient),
    put: (session, isWanted) => put(parts, session, isWanted),
    replace: (revision, session, spend) => replace(parts, revision, session, spend),
    land(revision, session) {
      parts.landing = { revision, session }
      // a hint may be lost: it is looked at soon
      patient.later()
    },
    async end(isMeant, ended) {
      void land(parts, options, null)
      // and what is over is kept nowhere
      givenUp.clear()
      const apply: Change['apply'] = (found) => {
        const id = idOf(found)
        if (found === null || id === null || !isMeant(id, found)) return undefined
        return ended && toEndedRecord(id, ended)
      }
      const health = backlog.health()
      const left = health.type === 'alone' ? apply(fromRecord(health.record, rules), health.record) : undefined
      if (left === undefined) await backlog.want({ apply })
      else backlog.step({ type: 'left', record: left })
    },
    forgetEnded: () => backlog.want({ apply: (found) => (found?.kind === 'ended' ? null : undefined) }),
    isSafeToSpend: (session, revision) => isSafeToSpend(parts, session, revision),
    leave() {
      backlog.set([])
      // what it holds may be the session of another tab, which renews it where this page cannot see it
      disk.forget()
      backlog.step({ type: 'left', record: null })
    },
    listen: (error) => backlog.step({ type: 'failed' }, error),
    isUnknown: () => disk.seen() === undefined,
    isBehind: () => backlog.health().type !== 'working',
  }
}

const isAhead = ({ backlog }: Parts): boolean => backlog.health().type === 'alone' || !backlog.isEmpty()

async function read(parts: Parts, options: PersistenceOptions, retry: Retry): Promise<Stored | null> {
  const { backlog, rules, givenUp } = parts
  if (!backlog.isEmpty()) await backlog.bring()
  const found = isAhead(parts) ? null : await findOrListen(parts, options, retry)
  const seen = isAhead(parts) ? fromRecord(backlog.view(), rules) : (found?.stored ?? null)
  const stored = await land(parts, options, seen)
  if (stored?.kind !== 'session') return stored
  const { id } = stored.session
  const before = givenUp.get(id)
  if (before) {
    givenUp.delete(id)
    await backlog.want({ apply: (other) => (idOf(other) === id ? before() : undefined) })
    options.onLate()
    return fromRecord(backlog.view(), rules)
  }
  if (!options.isOver(id)) return stored
  options.onOver(stored.session)
  return null
}

/** New tokens land where their marked record is back. Else they have no place any more. */
async function land(parts: Parts, options: PersistenceOptions, stored: Stored | null): Promise<Stored | null> {
  const { backlog, rules, landing } = parts
  if (!landing) return stored
  const { revision, session } = landing
  parts.landing = null
  if (stored?.revision !== revision) {
    options.onMissed(session)
    return stored
  }
  const record = toRecord(session, rules)
  await backlog.want({ apply: (found) => (found?.revision === revision ? record : undefined) })
  options.onLate()
  return fromRecord(backlog.view(), rules)
}

async function findOrListen({ disk }: Parts, { lifetime }: PersistenceOptions, retry: Retry) {
  try {
    return await disk.find(lifetime())
  } catch (error) {
    retry.later()
    throw error
  }
}

/** The same session, further on than what is found. A record that another script wrote over is ours. */
const goOn = (expected: string, record: StoredRecord, session: Session): Change => ({
  apply(found) {
    const { id, generation } = session
    if (found && isOverwritten(found, session)) return record
    if (found?.kind !== 'session' || found.session.id !== id || found.session.generation > generation) return undefined
    // the mark of another tab stands: this very token may be on its way
    const isMarked = found.session.generation === generation && found.spend !== null && found.revision !== expected
    return isMarked ? undefined : record
  },
})

async function replace(
  { disk, backlog, rules, givenUp }: Parts,
  revision: string,
  session: Session,
  spend: Spend | null,
) {
  // what a sign-in had replaced has gone on: it must not be put back
  givenUp.clear()
  const record = toRecord(session, rules, spend)
  const isAlone = (): boolean => backlog.health().type === 'alone'
  if (!backlog.isEmpty()) await backlog.bring()
  if (isAlone() || !backlog.isEmpty()) {
    if (backlog.view()?.revision !== revision) return null
    if (isAlone()) backlog.step({ type: 'left', record })
    else backlog.add(goOn(revision, record, session))
    return record.revision
  }
  try {
    if (await disk.swap(revision, record)) return record.revision
    const { stored } = await disk.find()
    return isGarbage(stored) && (await disk.swap(stored?.revision ?? null, record)) ? record.revision : null
  } catch (error) {
    backlog.add(goOn(revision, record, session))
    backlog.step({ type: 'failed' }, error)
    return record.revision
  }
}

async function isSafeToSpend(
  { disk, backlog, rules }: Parts,
  { id, generation }: Session,
  revision: string,
): Promise<boolean> {
  const isMarkedHere = (): boolean => disk.seen()?.['revision'] === revision
  if (backlog.health().type === 'alone') return true
  if (backlog.isEmpty()) return isMarkedHere()
  if (disk.isWriting(id)) return false
  // it may work again, and then the mark belongs there
  await backlog.bring()
  if (backlog.isEmpty()) return isMarkedHere()
  if (disk.isWriting(id)) return false
  const found = fromRecord(disk.seen(), rules)
  if (!found || idOf(found) !== id || generationOf(found) < generation) return true
  // another tab may have been faster, or ended it
  if (found.kind !== 'session' || found.spend || generationOf(found) > generation) return isMarkedHere()
  // a full disk still deletes
  const mine = backlog.view()
  const putBack: Change = { apply: (other) => (other === null ? mine : undefined) }
  // before it is known whether it is removed: the answer may come late
  backlog.add(putBack)
  const isRemoved = await disk.swap(found.revision, null).catch(() => false)
  if (isRemoved) backlog.set([putBack])
  return isRemoved
}
