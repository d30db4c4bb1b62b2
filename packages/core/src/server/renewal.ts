import { reasonOf, verdictOf } from '../custody/judge.ts'
import { createTolerance } from '../custody/tolerance.ts'
import { AuthError, toAuthError } from '../errors.ts'
import type { EndReason } from '../machine/types.ts'
import { report } from '../report.ts'
import { subjectOf } from '../session/claims.ts'
import { withTimeout } from '../timeout.ts'
import type { Grant } from '../types.ts'
import { attempt, sessionOf, userOf } from './grants.ts'
import type { HandlerSettings } from './options.ts'
import type { Seal } from './seal.ts'
import { endOf, type EndedSession, type Kept, type ServerSession } from './session.ts'
import { createSpends, OVER, type Spend, type Spends } from './spends.ts'
import type { StoreEntries } from './store.ts'

/** One renewal per session at a time, and one answer for all who ask with the same cookie. */
export interface Renewal {
  /**
   * Spends the refresh token, or hands out what came of it when it was spent before.
   *
   * @throws AuthError `'session-expired'` and the other ends if the session is over; `'refresh-indeterminate'` if the token
   * may be spent and nothing says what for; else why it cannot be renewed now
   */
  readonly renew: (session: ServerSession) => Promise<ServerSession>
  /**
   * The newest tokens of the session of a cookie: its own, or those of a renewal whose answer did not reach the browser; or
   * the word that it is over. Null: it was signed out, or this cookie was replaced so long ago that it is good for nothing.
   */
  readonly latest: (session: ServerSession) => Promise<Kept | null>
  /** No cookie of this session is good for anything from here on. `reason`: left out for a sign-out. */
  readonly end: (session: ServerSession, reason?: EndReason) => Promise<void>
  /**
   * As end, unless the session has gone on since: the end of an older token touches no newer one. Resolves to the word that
   * the cookie says from here on, which is the first one; null if the session was signed out.
   */
  readonly endToken: (session: ServerSession, reason: EndReason) => Promise<EndedSession | null>
}

/** An upstream that has not answered for so long will not: the lock goes on to the next who asks. */
const LONGEST_SPEND = 120_000
const LONGEST_PING = 10_000

export function createRenewal(settings: HandlerSettings, seal: Seal): Renewal {
  const { store, clock } = settings
  const spends = createSpends(settings, seal)
  const tolerance = createTolerance(settings.upstream.replay, clock)

  async function renewAlone(entries: StoreEntries, session: ServerSession): Promise<ServerSession> {
    const { generation } = session
    const spend = await spends.read(entries, session)
    if (spend) await spends.confirm(entries, session, spend)
    const isSent = spend?.from === generation
    if (spend && spend.from >= generation && (spend.isDone || !isSent)) {
      const next = await spends.next(entries, session, spend)
      if (!next) throw new AuthError('session-expired')
      return identified(settings, session, next, {})
    }
    if (isSent && !tolerance.isReplayable(spend.startedAt)) throw new AuthError('refresh-indeterminate')
    // a spend that is tried again counts from its first try
    const startedAt = isSent ? spend.startedAt : clock.now()
    const mark = { from: generation, startedAt, isDone: false, isConfirmed: false }
    return exchange({ settings, spends, entries, isTolerated: tolerance.time > 0, isSent }, session, mark)
  }

  /** By what the store has now: a renewal may have ended while this one waited for its turn. */
  async function confirmAlone(entries: StoreEntries, session: ServerSession): Promise<void> {
    const spend = await spends.read(entries, session)
    if (spend) await spends.confirm(entries, session, spend)
  }

  return {
    renew: (session) => store.exclusive(session.id, (entries) => renewAlone(entries, session)),
    async latest(session) {
      const spend = await spends.read(store, session)
      if (!spend) return session
      if (spend.from === OVER) return wordOf(session, spend)
      if (spend.from < session.generation) {
        // if it fails, the next request with this cookie says it again
        if (!spend.isConfirmed)
          await attempt(() => store.exclusive(session.id, (entries) => confirmAlone(entries, session)))
        return session
      }
      // it may be spent: the access token goes on, and nothing more is known
      if (!spend.isDone) return spend.from === session.generation ? session : null
      return spends.next(store, session, spend)
    },
    end: (session, reason) => store.exclusive(session.id, (entries) => spends.bury(entries, session, reason)),
    endToken: (session, reason) =>
      store.exclusive(session.id, async (entries) => {
        const spend = await spends.read(entries, session)
        if (spend?.from === OVER) return wordOf(session, spend)
        const { from = 0, isDone = false } = spend ?? {}
        const isOlder = from > session.generation || (from === session.generation && isDone)
        if (!isOlder) await spends.bury(entries, session, reason)
        return endOf(session, reason)
      }),
  }
}

const wordOf = (session: ServerSession, { ended }: Spend): EndedSession | null =>
  ended ? { ...endOf(session, ended.reason), generation: ended.generation } : null

interface Exchanging {
  readonly settings: HandlerSettings
  readonly spends: Spends
  readonly entries: StoreEntries
  /** The upstream takes a token again for a while, and an answer without one leaves the one before. */
  readonly isTolerated: boolean
  /** An earlier try was sent, and its answer is lost. */
  readonly isSent: boolean
}

/** Sends the token, under a mark that says so from before it leaves until its answer is kept. */
async function exchange(
  { settings, spends, entries, isTolerated, isSent }: Exchanging,
  session: ServerSession,
  mark: Spend,
): Promise<ServerSession> {
  const { upstream, clock } = settings
  const { refreshToken, generation } = session
  const refresh = upstream.refresh?.bind(upstream)
  if (refreshToken === null || !refresh) throw new AuthError('not-supported')
  await probe(settings)
  await spends.write(entries, session, mark)
  let grant: Grant
  try {
    const { signal } = new AbortController()
    grant = await withTimeout(clock, LONGEST_SPEND, () => refresh({ refreshToken }, { signal }))
  } catch (thrown) {
    const error = toAuthError(thrown, 'network')
    // the next who waits for its turn finds how it ended; where the store fails, this browser hears of it all the same
    if (verdictOf(error) === 'refused') await attempt(() => spends.bury(entries, session, reasonOf(error)))
    // a token that is as good as before is sent again by the next who asks; of one that may be spent the mark stays
    if (verdictOf(error) === 'deferred' && !isSent)
      await spends.write(entries, session, { ...mark, from: generation - 1, isDone: true, isConfirmed: true })
    if (verdictOf(error) !== 'unknown' || isTolerated) throw error
    throw new AuthError('refresh-indeterminate', { cause: error })
  }
  const next = nextOf(settings, session, grant, isTolerated)
  // the browser gets the answer also when the store fails: then its cookie is all that has it
  await spends.keep(entries, session, mark, next).catch((thrown: unknown) => report(toAuthError(thrown, 'unavailable')))
  return identified(settings, session, next, grant)
}

/**
 * A connection that was idle may be closed by the other side in the moment in which it is used again. So that no token is lost
 * on one, a request that loses nothing goes first, and once more if it is the one that finds out.
 *
 * @throws AuthError `'unavailable'`: the token is as good as before
 */
async function probe({ upstream, isStale, clock }: HandlerSettings): Promise<void> {
  const ping = upstream.ping?.bind(upstream)
  if (!ping || !isStale()) return
  const ask = (): Promise<unknown> => withTimeout(clock, LONGEST_PING, (signal) => ping({ signal }))
  await ask()
    .catch(ask)
    .catch((cause: unknown) => {
      throw new AuthError('unavailable', { status: 503, cause })
    })
}

/** @throws AuthError `'invalid-response'` */
function nextOf(settings: HandlerSettings, before: ServerSession, grant: Grant, isTolerated: boolean): ServerSession {
  const kept = isTolerated &&
    (grant.refreshToken ?? null) === null && { refreshToken: before.refreshToken ?? undefined }
  const next = sessionOf(settings, { ...grant, ...kept }, before.user, before.generation)
  const isOldToken = next.refreshToken === before.refreshToken && settings.upstream.replay === 'forbidden'
  if (next.refreshToken === null || isOldToken) throw new AuthError('invalid-response')
  return { ...next, id: before.id, signedInAt: before.signedInAt }
}

/** Whose the new tokens are: by the answer, by the server, or by the tokens themselves. */
async function identified(
  settings: HandlerSettings,
  before: ServerSession,
  next: ServerSession,
  grant: Grant,
): Promise<ServerSession> {
  const { userId, upstream } = settings
  const [one, other] = [subjectOf(before.accessToken), subjectOf(next.accessToken)]
  const isProven = one !== null && one === other
  let user: unknown
  try {
    user = await userOf(settings, grant, next.accessToken)
  } catch (thrown) {
    // it is the same user, of whom nothing new is known
    if (!isProven && upstream.getUser) throw thrown
    user = before.user
  }
  const id = userId(user)
  if ((one !== null && other !== null && one !== other) || id === null || id !== userId(before.user)) {
    void attempt(() => upstream.signOut?.(next, { signal: new AbortController().signal }))
    throw new AuthError('user-mismatch')
  }
  return { ...next, user }
}
