import { subjectOf } from './claims.ts'
import { verdictOf, type Verdict } from './classify.ts'
import { AuthError, toAuthError } from './errors.ts'
import type { EndReason, SessionView } from './machine/types.ts'
import type { Persistence } from './persistence.ts'
import {
  ageOf,
  fromGrant,
  isAnotherUser,
  isGood,
  isSameGrant,
  keepSame,
  readUser,
  toView,
  type Held,
  type SessionRules,
  type Stored,
} from './session.ts'
import { schedule, stopwatch } from './ports/clock.ts'
import { report } from './report.ts'
import { withTimeout } from './timeout.ts'
import type { AuthClient, CallOptions, Grant, Network } from './types.ts'
import type { Vault } from './vault.ts'

/** What became of a renewal. `settled`: the session is another one now, or none; who changed it has said so. */
type Outcome =
  | { readonly type: 'settled' }
  | { readonly type: 'deferred'; readonly error: AuthError; readonly retryAt: number }
  | { readonly type: 'lost'; readonly error: AuthError }

type StoredSession = Extract<Stored, { kind: 'session' }>
type Deferred = Extract<Outcome, { type: 'deferred' }>

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
  /** The held session is over. */
  readonly onEnded: (held: Held, reason: EndReason) => Promise<void>
  /** A grant that came too late for its session is good for one thing only. */
  readonly onStale: (held: Held) => void
  /** Resolves when no sign-in of this tab is being stored, which may yet be undone. */
  readonly stored: () => Promise<void>
}

const FIRST_BACKOFF = 1000
const LONGEST_BACKOFF = 60_000
const LONGEST_PING = 10_000
/** However long a server wants to be left alone. */
const LONGEST_WAIT = 600_000
/** A frozen tab keeps the lock. It is never stolen, but waiting for it times out. */
const LONGEST_LOCK_WAIT = 120_000
/** A storage that has not answered for so long will not answer in this page any more. */
const LONGEST_BLINDNESS = 120_000
/** A server that refuses every new token is asked this often in a minute. */
const PREMATURE_PER_MINUTE = 6

export function createBroker(options: BrokerOptions): Broker {
  const { client, vault, persistence, rules, network, observe } = options
  const { clock } = rules
  let flight: { readonly held: Held | null; readonly outcome: Promise<Outcome> } | null = null
  let failures = 0
  /** The server's own word on when it may be asked again. */
  let pause: { readonly error: AuthError; readonly left: () => number } | null = null
  /** How long the storage has kept a session waiting whose access token has ended. */
  let blindness: (() => number) | null = null
  let premature: { readonly id: string; readonly at: number[] } = { id: '', at: [] }

  const deferred = (error: AuthError, delay: number): Deferred => ({
    type: 'deferred',
    error,
    retryAt: clock.now() + delay,
  })

  const backOff = (error: AuthError): Outcome => {
    const longest = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** failures)
    failures += 1
    const asked = Math.min(LONGEST_WAIT, (error.retryAfter ?? 0) * 1000)
    const elapsed = stopwatch(clock)
    // our own back-off yields to a person who wants to try now; the server's word does not
    pause = asked > 0 ? { error, left: () => asked - elapsed() } : null
    // between half of the step and the whole: never at once, and not all clients together
    const chance = rules.random()
    return deferred(error, Math.max(asked, (longest * (1 + (chance >= 0 && chance <= 1 ? chance : 1))) / 2))
  }

  /** A renewal asked for long before it is due was asked for by a 401 or by hand: neither may hammer the server. */
  function isTooMuch(held: Held): boolean {
    if (ageOf(held, clock) >= Math.min(held.renewAge, held.lifetime) && held.lifetime > 0) return false
    const now = clock.monotonic()
    const recent = premature.id === held.id ? premature.at.filter((at) => now - at < 60_000) : []
    const isFull = recent.length >= PREMATURE_PER_MINUTE
    premature = { id: held.id, at: isFull ? recent : [...recent, now] }
    return isFull
  }

  async function underLock(meant: Held | null, on: Spend, judge: typeof verdictOf): Promise<Outcome> {
    // what was to be renewed may have been, while this waited for the lock
    if (!meant || !isSameGrant(meant, vault.held)) return { type: 'settled' }
    if (!(await persistence.recover())) return awaitStorage(meant)
    blindness = null
    let stored = await persistence.read()
    if (stored?.kind === 'foreign' && !stored.isNewer && isSameGrant(meant, vault.held)) {
      // another script wrote over it
      await persistence.put(meant)
      stored = await persistence.read()
    }
    const unnamed = unnamedIn(stored, meant)
    const known = unnamed && (await settle(meant, unnamed.held, unnamed.revision))
    if (known) return known
    if (observe(stored)) return { type: 'settled' }
    const { held } = vault
    if (stored?.kind !== 'session' || stored.held.id !== meant.id) return { type: 'settled' }
    // a newer token whose owner could not be asked for is good for this one thing
    const spent = unnamed?.held ?? held
    if (!held || !spent?.refreshToken || !isSameGrant(meant, held)) return { type: 'settled' }
    if (pause && pause.left() > 0) return deferred(pause.error, pause.left())
    if (!network.isOnline()) return deferred(new AuthError('offline'), 0)
    if (stored.marked && client.replay !== 'tolerated')
      return { type: 'lost', error: new AuthError('refresh-indeterminate') }
    if (isTooMuch(held)) return deferred(new AuthError('rate-limited'), 10_000)

    const unreached = await reach()
    if (unreached) return unreached
    if (!isSameGrant(meant, vault.held)) return { type: 'settled' }

    // durable before the request leaves: a tab that finds the mark knows that the token may be spent
    const marked = await persistence.replace(stored.revision, spent, true)
    if (marked === null) {
      observe(await persistence.read())
      return isSameGrant(held, vault.held) ? backOff(new AuthError('in-progress')) : { type: 'settled' }
    }
    if (!(await persistence.isSafeToSpend(spent))) {
      await persistence.replace(marked, spent, false)
      return backOff(new AuthError('storage-unavailable'))
    }
    const { accessToken, refreshToken } = spent
    try {
      const grant = await withTimeout(clock, options.requestTimeout, (signal) =>
        on({ accessToken, refreshToken }, { signal }),
      )
      const isKept = client.replay === 'tolerated' && (grant.refreshToken ?? null) === null
      const user = knownUser(grant.user)
      const next = fromGrant({ ...grant, user, ...(isKept && { refreshToken }) }, user ?? held.user, spent, rules)
      // a server that takes a token once does not hand it out again
      const isOldToken = next.refreshToken === refreshToken && client.replay === 'forbidden'
      if (!next.accessToken || !next.refreshToken || isOldToken) throw new AuthError('invalid-response')
      return await commit(held, next, marked)
    } catch (thrown) {
      return fail(spent, marked, toAuthError(thrown, 'network'), judge)
    }
  }

  /** The tokens are good whatever the answer says of the user: one that cannot be told from others is not given. */
  function knownUser(user: unknown): unknown {
    try {
      return readUser(user, rules)
    } catch {
      return undefined
    }
  }

  /** Its token is not spent unseen: with a storage that does not come back, the session ends with its access token. */
  async function awaitStorage(held: Held): Promise<Outcome> {
    blindness = isGood(held, clock) ? null : (blindness ?? stopwatch(clock))
    if (!blindness || blindness() < LONGEST_BLINDNESS) return backOff(new AuthError('storage-unavailable'))
    // in other tabs it may go on
    persistence.abandon()
    await options.onEnded(held, 'access-token-expired')
    return { type: 'settled' }
  }

  /** Null: the server answers. Else the token is not risked. */
  async function reach(): Promise<Outcome | null> {
    if (!client.ping || !options.isDoubtful()) return null
    try {
      await withTimeout(clock, LONGEST_PING, (signal) => client.ping!({ signal }))
      return null
    } catch (thrown) {
      return backOff(toAuthError(thrown, 'network'))
    }
  }

  async function commit(held: Held, next: Held, marked: string): Promise<Outcome> {
    if (isSomebodyElse(held, next, rules)) return endAsMismatch(held, next)
    const commitNow = async () => (vault.held?.id === held.id ? persistence.replace(marked, next, false) : null)
    let committed = await commitNow()
    if (committed === null && vault.held?.id === held.id) {
      // a sign-in that is being stored in its place may yet be given up: then the marked record is back
      await options.stored()
      committed = await commitNow()
    }
    if (committed === null) {
      options.onStale(next)
      observe(await persistence.read())
      return { type: 'settled' }
    }
    // a sign-out that came during the write has removed the record, or will: nothing is held any more
    if (vault.held?.id !== held.id) {
      options.onStale(next)
      return { type: 'settled' }
    }
    failures = 0
    pause = null
    return (await settle(held, next, committed)) ?? backOff(new AuthError('session-expired'))
  }

  /** Uses new tokens once it is known whom they are for. Null: only the next token can tell. */
  async function settle(held: Held, received: Held, revision: string): Promise<Outcome | null> {
    // for who waits for a renewal it is one, also where these tokens were found and nothing else was held
    const isFound = !received.isNamed && isSameGrant(received, vault.held)
    const next = isFound ? { ...received, generation: received.generation + 1 } : received
    const known = await identify(held, next)
    if (known === 'somebody else') return endAsMismatch(held, next)
    if (known instanceof AuthError) return known.code === 'session-expired' ? null : cannotTell(held, known)
    const isStored = next.isNamed || (await persistence.replace(revision, known, false)) !== null
    if (isFound && !isStored) {
      observe(await persistence.read())
      return isSameGrant(received, vault.held) ? backOff(new AuthError('in-progress')) : { type: 'settled' }
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
    if (error.code !== 'account-banned') return backOff(error)
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

  async function fail(held: Held, marked: string, error: AuthError, judge: typeof verdictOf): Promise<Outcome> {
    const verdict = judge(error)
    if (verdict === 'refused') {
      await options.onEnded(held, error.code === 'account-banned' ? 'account-banned' : 'session-expired')
      return { type: 'settled' }
    }
    if (verdict === 'unknown' && client.replay !== 'tolerated') {
      return { type: 'lost', error: new AuthError('refresh-indeterminate', { cause: error }) }
    }
    await persistence.replace(marked, held, false)
    return judge === verdictOf ? backOff(error) : deferred(error, 0)
  }

  /** Gives up waiting for a lock that does not come; what comes of it later does nothing. */
  function lockInTime(work: () => Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      let isOver = false
      const elapsed = stopwatch(clock)
      const cancel = schedule(
        clock,
        () => LONGEST_LOCK_WAIT - elapsed(),
        () => {
          isOver = true
          resolve(backOff(new AuthError('timeout')))
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
    const outcome = lockInTime(() => underLock(held, on, judge)).catch((thrown: unknown) => {
      // the lock of the app, say
      if (!(thrown instanceof AuthError)) report(thrown)
      return backOff(toAuthError(thrown))
    })
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
    },
  }
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
