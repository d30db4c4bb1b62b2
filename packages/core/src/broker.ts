import { subjectOf } from './claims.ts'
import { verdictOf, type Verdict } from './classify.ts'
import { AuthError, toAuthError } from './errors.ts'
import type { EndReason, SessionView } from './machine/types.ts'
import { createPace, deferred, type Deferred, type Pace } from './pace.ts'
import { isGarbage, type Persistence } from './persistence.ts'
import {
  ageOf,
  fromGrant,
  isAnotherUser,
  isSameGrant,
  keepSame,
  readUser,
  toView,
  randomId,
  type Held,
  type Mark,
  type SessionRules,
  type Stored,
} from './session.ts'
import { schedule, stopwatch } from './ports/clock.ts'
import { report } from './report.ts'
import { withTimeout } from './timeout.ts'
import { mayReplay, toleranceOf } from './tolerance.ts'
import type { AuthClient, CallOptions, Grant, Network } from './types.ts'
import type { Vault } from './vault.ts'

/** What became of a renewal. `settled`: the session is another one now, or none; who changed it has said so. */
type Outcome = { readonly type: 'settled' } | Deferred | { readonly type: 'lost'; readonly error: AuthError }

type StoredSession = Extract<Stored, { kind: 'session' }>

/** Spends the refresh token: the only place that does, one flight per tab, one tab per browser. */
export interface Broker {
  renew(): Promise<Outcome>
  /** Spends it on something else that hands out a new pair, under the same lock and with the same care. */
  spend(on: Spend): Promise<void>
  /** Resolves when nothing is on its way. */
  landed(): Promise<void>
}

type Spend = (tokens: { accessToken: string | null; refreshToken: string }, options: CallOptions) => Promise<Grant>

export interface BrokerOptions {
  readonly client: AuthClient
  readonly vault: Vault
  readonly persistence: Persistence
  readonly rules: SessionRules
  readonly network: Network
  readonly requestTimeout: number
  /** The server may be out of reach: one cheap request goes first. */
  readonly isDoubtful: () => boolean
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>
  /** Takes up what another tab stored, when it differs from what is held. True: it did. */
  readonly observe: (stored: Stored | null) => boolean
  readonly onRenewed: (session: SessionView) => void
  /** These tokens are over; `isHere`: in this tab, and in others they may go on. */
  readonly onEnded: (held: Held, reason: EndReason, isHere?: boolean) => Promise<void>
  /** Its token may be spent. */
  readonly onLost: (held: Held) => void
  /** Other tabs may have seen a mark that is gone. */
  readonly onUnmarked: () => void
  /** A grant that came too late for its session is good for one thing only. */
  readonly onStale: (held: Held) => void
  /** Notes beside the record whose token is about to be spent; null: it was not. */
  readonly noteSpend: (held: Held | null) => void
  readonly mayBeSpent: (held: Held) => boolean
  /** Resolves when no sign-in of this tab is being stored, which may yet be undone. */
  readonly stored: () => Promise<void>
}

const LONGEST_PING = 10_000
/** A frozen tab keeps the lock. It is never stolen, but waiting for it times out. */
const LONGEST_LOCK_WAIT = 120_000
/** A storage that has not answered for so long will not answer in this page any more. */
const LONGEST_BLINDNESS = 120_000
/** What is wrong for so long after the access token has ended is no passing trouble. */
const LONGEST_STALL = 300_000

export function createBroker(options: BrokerOptions): Broker {
  const { client, vault, persistence, rules, network, observe } = options
  const { clock } = rules
  let flight: { readonly held: Held | null; readonly outcome: Promise<Outcome> } | null = null
  /** An answer that is not waited for any longer: it is taken up where the marked record still waits for it. */
  let late: Promise<unknown> | null = null
  const tolerance = toleranceOf(client.replay)
  let begun: { readonly since: number; readonly elapsed: () => number } | null = null
  /** Not made before it is needed: some runtimes allow nothing random while a module is evaluated. */
  let tab: string | undefined
  let pace = createPace('', rules)
  const paceOf = ({ id }: Held): Pace => (pace.id === id ? pace : (pace = createPace(id, rules)))

  async function underLock(meant: Held, on: Spend, judge: typeof verdictOf): Promise<Outcome> {
    // what was to be renewed may have been, while this waited for the lock
    if (!isSameGrant(meant, vault.held)) return { type: 'settled' }
    const { backOff, pause, isThrottled } = paceOf(meant)
    // a page that was asleep may have timed out, and no storage. While it does not say, its token is not spent
    let stored = await persistence.read().catch(persistence.read)
    if (stored?.kind === 'foreign' && stored.isNewer) return backOff(new AuthError('storage-unavailable'))
    if (observe(stored)) return { type: 'settled' }
    if (isOverwritten(stored, meant) && isSameGrant(meant, vault.held)) {
      // perhaps over a mark
      if (isGarbage(stored) && options.mayBeSpent(meant)) return lost(meant)
      await persistence.put(meant)
      stored = await persistence.read()
    }
    const unnamed = unnamedIn(stored, meant)
    const known = unnamed && (await settle(meant, unnamed.held, unnamed.revision))
    if (known) return known
    const { held } = vault
    if (stored?.kind !== 'session' || stored.held.id !== meant.id) return { type: 'settled' }
    // a newer token whose owner could not be asked for is good for this one thing
    const spent = unnamed?.held ?? held
    if (!held || !spent?.refreshToken || !isSameGrant(meant, held)) return { type: 'settled' }
    const paused = pause()
    if (paused) return paused
    // the browser may be wrong: an answer would show it
    if (!network.isOnline() && ((await reach(meant)) !== null || !network.isOnline()))
      return deferred(rules, new AuthError('offline'), 0)
    if (stored.marked && !isReplayable(stored.since)) return lost(held)
    if (isThrottled(held)) return deferred(rules, new AuthError('rate-limited'), 10_000)

    const unreached = await reach(meant)
    if (unreached) return unreached
    if (!isSameGrant(meant, vault.held)) return { type: 'settled' }

    // durable before the request leaves: a tab that finds the mark knows that the token may be spent
    options.noteSpend(spent)
    const mark = beginSpend(stored)
    const marked = await persistence.replace(stored.revision, spent, mark)
    if (marked === null) {
      observe(await persistence.read())
      return isSameGrant(held, vault.held) ? backOff(new AuthError('in-progress')) : { type: 'settled' }
    }
    if (!(await persistence.isSafeToSpend(spent))) {
      await unmark(marked, spent)
      return backOff(new AuthError('storage-unavailable'))
    }
    const { accessToken, refreshToken } = spent
    const take = (grant: Grant): Promise<Outcome> => commit(held, nextOf(grant, held, spent), marked)
    let sent: Promise<Grant> | undefined
    try {
      // nothing aborts it: the server may have taken the token, and then only the answer has the next one
      const { signal } = new AbortController()
      const grant = await withTimeout(
        clock,
        options.requestTimeout,
        () => (sent = on({ accessToken, refreshToken }, { signal })),
      )
      sent = undefined
      return await take(grant)
    } catch (thrown) {
      if (sent) late = sent.then(take).catch(() => {})
      return fail(spent, marked, mark.since, toAuthError(thrown, 'network'), judge)
    }
  }

  /** A spend that is tried again counts from its first try. */
  function beginSpend({ marked, since }: StoredSession): Mark {
    tab ??= randomId()
    if (marked && since !== null) return { since, tab }
    begun = { since: clock.now(), elapsed: stopwatch(clock) }
    return { since: begun.since, tab }
  }

  /** By both clocks: one may be put back, the other knows this page's own spends only. */
  function isReplayable(since: number | null): boolean {
    const isOver = begun !== null && begun.since === since && begun.elapsed() >= tolerance
    return !isOver && mayReplay(since, clock.now(), tolerance)
  }

  function nextOf(grant: Grant, held: Held, spent: Held): Held {
    const { refreshToken } = spent
    const isKept = tolerance > 0 && (grant.refreshToken ?? null) === null
    const user = knownUser(grant.user)
    const kept = isKept && refreshToken !== null && { refreshToken }
    const next = fromGrant({ ...grant, user, ...kept }, user ?? held.user, spent, rules)
    // a server that takes a token once does not hand it out again
    const isOldToken = next.refreshToken === refreshToken && client.replay === 'forbidden'
    if (!next.accessToken || !next.refreshToken || isOldToken) throw new AuthError('invalid-response')
    return next
  }

  function lost(held: Held, cause?: AuthError): Outcome {
    options.onLost(held)
    return { type: 'lost', error: new AuthError('refresh-indeterminate', { cause }) }
  }

  /** The tokens are good whatever the answer says of the user: one that cannot be told from others is not given. */
  function knownUser(user: unknown): unknown {
    try {
      return readUser(user, rules)
    } catch {
      return undefined
    }
  }

  /** It was not spent. */
  async function unmark(marked: string, held: Held): Promise<void> {
    options.noteSpend(null)
    await persistence.replace(marked, held, null)
  }

  /** A session whose access token has ended, and that nothing can renew for a reason that is no outage, is over. */
  async function unlessStalled(held: Held, outcome: Outcome): Promise<Outcome> {
    if (outcome.type !== 'deferred') return outcome
    const { code } = outcome.error
    const isBlind = code === 'storage-unavailable'
    const longest = isBlind ? LONGEST_BLINDNESS : LONGEST_STALL
    if (paceOf(held).stalled(held, outcome.error) < longest) return outcome
    if (isBlind) persistence.leave()
    // in other tabs it may go on where this one cannot see it
    await options.onEnded(held, 'access-token-expired', isBlind)
    return { type: 'settled' }
  }

  /** Null: the server answers. Else the token is not risked. */
  async function reach(meant: Held): Promise<Outcome | null> {
    if (!client.ping || !options.isDoubtful()) return null
    try {
      await withTimeout(clock, LONGEST_PING, (signal) => client.ping!({ signal }))
      return null
    } catch (thrown) {
      return paceOf(meant).backOff(toAuthError(thrown, 'network'))
    }
  }

  async function commit(held: Held, next: Held, marked: string): Promise<Outcome> {
    if (isSomebodyElse(held, next, rules)) return endAsMismatch(held, next)
    const commitNow = async () => (vault.held?.id === held.id ? persistence.replace(marked, next, null) : null)
    let committed = await commitNow()
    if (committed === null && vault.held?.id === held.id) {
      // a sign-in that is being stored in its place may yet be given up: then the marked record is back
      await options.stored()
      committed = await commitNow()
    }
    if (committed === null) {
      observe(await persistence.read())
      // what has gone on without them would be ended with them
      if (vault.held?.id !== held.id) options.onStale(next)
      return { type: 'settled' }
    }
    // a sign-out that came during the write has removed the record, or will: nothing is held any more
    if (vault.held?.id !== held.id) {
      options.onStale(next)
      return { type: 'settled' }
    }
    paceOf(held).succeeded()
    return (await settle(held, next, committed)) ?? paceOf(held).backOff(new AuthError('session-expired'))
  }

  /** Uses new tokens once it is known whom they are for. Null: only the next token can tell. */
  async function settle(held: Held, received: Held, revision: string): Promise<Outcome | null> {
    // for who waits for a renewal it is one, also where these tokens were found and nothing else was held
    const isFound = !received.isNamed && isSameGrant(received, vault.held)
    const next = isFound ? { ...received, generation: received.generation + 1 } : received
    const known = await identify(held, next)
    if (known === 'somebody else') return endAsMismatch(held, next)
    if (known instanceof AuthError) return known.code === 'session-expired' ? null : cannotTell(held, known)
    const isStored = next.isNamed || (await persistence.replace(revision, known, null)) !== null
    if (isFound && !isStored) {
      observe(await persistence.read())
      return isSameGrant(received, vault.held)
        ? paceOf(held).backOff(new AuthError('in-progress'))
        : { type: 'settled' }
    }
    const current = vault.held
    if (current?.id !== held.id) return { type: 'settled' }
    // the user may have been confirmed or doubted while this was on its way: only an answer that names the user is news
    const isSaid = known.userGeneration === known.generation || !client.getUser
    const isNews = isSaid && known.userGeneration > current.userGeneration
    const { user, userGeneration } = isNews ? known : current
    // what said for whom the tokens are says so no longer, and nothing else can
    const isUnproven = !next.isNamed && !client.getUser && subjectOf(held.accessToken) !== subjectOf(next.accessToken)
    const renewed = { ...known, user: keepSame(current.user, user), userGeneration: isUnproven ? 0 : userGeneration }
    vault.hold(renewed)
    options.onRenewed(toView(renewed))
    return { type: 'settled' }
  }

  async function cannotTell(held: Held, error: AuthError): Promise<Outcome> {
    if (error.code !== 'account-banned') return paceOf(held).backOff(error)
    await options.onEnded(held, 'account-banned')
    return { type: 'settled' }
  }

  async function endAsMismatch(held: Held, next: Held): Promise<Outcome> {
    options.onStale(next)
    await options.onEnded(held, 'user-mismatch')
    return { type: 'settled' }
  }

  /** If the token does not say whom it is for, the server does. An error if it cannot be told now. */
  async function identify(held: Held, next: Held): Promise<Held | 'somebody else' | AuthError> {
    const { accessToken } = next
    if (next.isNamed || !client.getUser || !accessToken) return { ...next, isNamed: true }
    if (ageOf(next, clock) >= next.lifetime) return new AuthError('session-expired')
    try {
      const answer = await withTimeout(clock, options.requestTimeout, (signal) =>
        client.getUser!({ accessToken }, { signal }),
      )
      const user = readUser(answer, rules)
      if (user === undefined) return new AuthError('invalid-response')
      return isAnotherUser(held.user, user, rules)
        ? 'somebody else'
        : { ...next, user, userGeneration: next.generation, isNamed: true }
    } catch (thrown) {
      return toAuthError(thrown, 'network')
    }
  }

  async function fail(
    held: Held,
    marked: string,
    since: number,
    error: AuthError,
    judge: typeof verdictOf,
  ): Promise<Outcome> {
    const verdict = judge(error)
    if (verdict === 'refused') {
      await options.onEnded(held, error.code === 'account-banned' ? 'account-banned' : 'session-expired')
      return { type: 'settled' }
    }
    if (verdict === 'unknown' && !isReplayable(since)) return lost(held, error)
    // of a spend that may have been done the mark stays, so that the time counts from its beginning
    if (verdict !== 'unknown') {
      await unmark(marked, held)
      options.onUnmarked()
    }
    return judge === verdictOf ? paceOf(held).backOff(error) : deferred(rules, error, 0)
  }

  /** Gives up waiting for a lock that does not come; what comes of it later does nothing. */
  function lockInTime(held: Held, work: () => Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      let isOver = false
      const elapsed = stopwatch(clock)
      const cancel = schedule(
        clock,
        () => LONGEST_LOCK_WAIT - elapsed(),
        () => {
          isOver = true
          resolve(paceOf(held).backOff(new AuthError('timeout')))
        },
      )
      const begin = async (): Promise<Outcome> => {
        cancel()
        return isOver ? { type: 'settled' } : work()
      }
      options.lock(begin).then(resolve, reject)
    })
  }

  function fly(on: Spend, judge: typeof verdictOf): Promise<Outcome> {
    const { held } = vault
    if (!held) return Promise.resolve({ type: 'settled' })
    const outcome = lockInTime(held, () => underLock(held, on, judge))
      .catch((thrown: unknown): Outcome => {
        // the lock of the app, say
        if (!(thrown instanceof AuthError)) report(thrown)
        return paceOf(held).backOff(toAuthError(thrown))
      })
      .then((landed) => unlessStalled(held, landed))
    const own = { held, outcome }
    flight = own
    void outcome.then(() => {
      if (flight === own) flight = null
    })
    return outcome
  }

  async function spend(on: Spend): Promise<void> {
    await flight?.outcome
    const before = vault.held
    let isAsked = false
    let failure: AuthError | undefined
    const outcome = await fly((tokens, call) => {
      isAsked = true
      return on(tokens, call).catch((thrown: unknown) => {
        failure = toAuthError(thrown)
        throw failure
      })
    }, verdictOfOther)
    if (failure) throw failure
    if (outcome.type !== 'settled') throw outcome.error
    const { held } = vault
    const isRenewed = before !== null && held?.id === before.id && held.generation > before.generation
    // another tab was faster with what it would have spent
    if (!isAsked && isRenewed) return spend(on)
    if (!isAsked || held?.generation === before?.generation) throw new AuthError('not-authenticated')
  }

  return {
    spend,
    renew() {
      const refresh = client.refresh?.bind(client) ?? (() => Promise.reject(new AuthError('not-supported')))
      // a flight that has landed may not be gone yet: what it brought is held by now
      if (flight && isSameGrant(flight.held, vault.held)) return flight.outcome
      return fly(({ refreshToken }, call) => refresh({ refreshToken }, call), verdictOf)
    },
    async landed() {
      await flight?.outcome
      await late
    },
  }
}

/** By another script, or by the word that older tokens of this sign-in, or another sign-in, are over. */
function isOverwritten(stored: Stored | null, { id, generation }: Held): boolean {
  if (stored?.kind === 'ended') return stored.id !== id || stored.generation < generation
  return isGarbage(stored)
}

/** Tokens of the same sign-in, as far or further on, whose owner is not known yet. */
function unnamedIn(stored: Stored | null, { id, generation }: Held): StoredSession | null {
  if (stored?.kind !== 'session' || stored.held.isNamed) return null
  return stored.held.id === id && stored.held.generation >= generation ? stored : null
}

/** Two answers of the server that name different people. */
function isSomebodyElse(held: Held, next: Held, rules: SessionRules): boolean {
  const before = subjectOf(held.accessToken)
  const after = subjectOf(next.accessToken)
  return (before !== null && after !== null && before !== after) || isAnotherUser(held.user, next.user, rules)
}

/** A spend that is no renewal: what the server refused, it did not do, and the session goes on. */
function verdictOfOther(error: AuthError): Verdict {
  const isRefused = error.status !== undefined && error.status >= 400 && error.status < 500
  return isRefused || verdictOf(error) !== 'unknown' ? 'deferred' : 'unknown'
}
