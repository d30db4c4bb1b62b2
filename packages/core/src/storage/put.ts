import type { Session, SessionRules } from '../session/session.ts'
import { generationOf, idOf } from '../session/stored.ts'
import type { StoredRecord } from '../types.ts'
import type { Backlog, Change } from './backlog.ts'
import type { Disk } from './disk.ts'
import { fromRecord, toRecord } from './record.ts'

/** What the operations on the record share. */
export interface Parts {
  readonly disk: Disk
  readonly backlog: Backlog
  readonly rules: SessionRules
  /** Sign-ins that were given up, with what they had replaced: another tab may put one back. */
  readonly givenUp: Map<string, () => StoredRecord | null>
  /** New tokens, with the revision of the marked record that they wait for. */
  landing: { readonly revision: string; readonly session: Session } | null
}

/** Replaces whatever is stored. Hands out how to put that back. */
export async function put({ disk, backlog, rules, givenUp }: Parts, session: Session, isWanted = (): boolean => true) {
  const record = toRecord(session, rules)
  const isKnown = disk.seen() !== undefined || !backlog.isEmpty()
  const basis = isKnown ? idOf(fromRecord(backlog.view(), rules)) : undefined
  let replaced: StoredRecord | null = null
  /** It may be there by a write whose answer was late, and marked or renewed by another tab since. */
  const unlessThere =
    (write: () => StoredRecord | undefined): Change['apply'] =>
    (found, raw) => {
      if (found && idOf(found) === session.id && generationOf(found) >= session.generation) return undefined
      replaced = raw
      return write()
    }
  const now: Change = { apply: unlessThere(() => (isWanted() ? record : undefined)) }
  const later: Change = {
    apply: unlessThere(() => record),
    isOthers: (found) =>
      basis !== undefined && found?.kind === 'session' && found.session.id !== basis && found.session.id !== session.id,
  }
  backlog.step({ type: 'joined' })
  // a full disk still deletes: the next page must not find the session before
  const makeRoom = (): void => {
    const seen = disk.seen()
    if (!backlog.isEmpty() && seen && isWanted() && idOf(fromRecord(seen, rules)) !== session.id)
      void disk.swap(seen.revision, null).catch(() => {})
  }
  // not waited for where the storage has not answered for a while
  if (backlog.health().type === 'working') {
    await backlog.want(now, later)
    makeRoom()
  } else {
    backlog.add(later)
    void backlog.bring().then(makeRoom)
  }
  // other tabs may have taken it up and renewed it meanwhile
  return async (isOver: (id: string) => boolean): Promise<void> => {
    const before = (): StoredRecord | null => (isOver(String(replaced?.['id'])) ? null : replaced)
    givenUp.set(session.id, before)
    const health = backlog.health()
    if (health.type === 'alone' && health.record['id'] === session.id) backlog.step({ type: 'joined' })
    await backlog.want({ apply: (found) => (idOf(found) === session.id ? before() : undefined) })
  }
}
