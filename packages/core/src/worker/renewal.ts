import { reasonOf, verdictOf } from '../custody/judge.ts'
import { isForAnother, nextOf } from '../custody/store.ts'
import { createTolerance } from '../custody/tolerance.ts'
import { AuthError, toAuthError } from '../errors.ts'
import { userIdBy } from '../session/identity.ts'
import type { Session, SessionRules } from '../session/session.ts'
import type { EndedTokens } from '../session/stored.ts'
import { fromRecord, toEndedRecord, toRecord } from '../storage/record.ts'
import type { AuthClient, Clock, Grant, StoredRecord } from '../types.ts'
import { nameOf } from './names.ts'
import type { Records, Writes } from './records.ts'

/**
 * Spends the refresh token of this name. It is marked before it leaves, and what came of it is stored before it is told: the page
 * that asked may be gone by then.
 */
export type Renew = (key: string, name: string) => Promise<Grant>

export function createRenew(client: AuthClient, records: Records, clock: Clock): Renew {
  const rules: SessionRules = {
    clock,
    random: Math.random,
    refreshBefore: undefined,
    canRefresh: true,
    userId: userIdBy(client),
    issuer: client.origin === undefined ? null : new URL(client.origin).origin,
  }
  const parts = { client, rules, tolerance: createTolerance(client.replay, clock) }
  return (key, name) => records.renewal(key, (writes) => renew(parts, writes, name))
}

interface Parts {
  readonly client: AuthClient
  readonly rules: SessionRules
  readonly tolerance: ReturnType<typeof createTolerance>
}

async function renew(parts: Parts, { find, swap, keep }: Writes, name: string): Promise<Grant> {
  const { client, rules, tolerance } = parts
  const stored = fromRecord(await find().catch(() => null), rules)
  const spent = stored?.kind === 'session' ? stored.session : null
  const refreshToken = spent?.refreshToken ?? null
  // another page was faster, or has ended it
  if (stored?.kind !== 'session' || !spent || refreshToken === null || nameOf(spent) !== name) throw notSent()
  // the page may have read it before the mark was set, and waited for what came of that
  if (stored.spend && !tolerance.isReplayable(stored.spend.startedAt)) throw new AuthError('refresh-indeterminate')
  const marked = toRecord(spent, rules, tolerance.begin(stored.spend))
  if (!(await swap(stored.revision, marked).catch(() => false))) throw notSent()
  /** Rejects with nothing: what a storage does not take is told to the page all the same. */
  const change = (record: StoredRecord): Promise<boolean> => swap(marked.revision, record).catch(() => true)
  let grant: Grant
  try {
    grant = await client.refresh!({ refreshToken }, { signal: new AbortController().signal })
  } catch (thrown) {
    const error = toAuthError(thrown, 'network')
    const verdict = verdictOf(error)
    if (verdict === 'refused') await change(endOf(spent, reasonOf(error)))
    if (verdict === 'deferred') await change(toRecord(spent, rules, stored.spend))
    throw error
  }
  const next = nextOf(parts, { held: spent, spent }, grant)
  const told = keep(next)
  const isAnother = isForAnother(spent, next, rules)
  const isStored = await change(isAnother ? endOf(spent, 'user-mismatch') : toRecord(next, rules))
  // no page may be there to do it
  if (isAnother || !isStored) void client.signOut?.(next, { signal: new AbortController().signal }).catch(() => {})
  if (!isStored) throw new AuthError('superseded')
  return { ...grant, refreshToken: told }
}

const notSent = (): AuthError => new AuthError('unavailable', { notProcessed: true })

const endOf = ({ id, user, generation }: Session, reason: EndedTokens['reason']): StoredRecord =>
  toEndedRecord(id, { reason, user, generation })
