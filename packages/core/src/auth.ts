import { createActor } from 'xstate'
import { fieldOf, isSameData } from './data.ts'
import { AuthError, toAuthError, type AuthErrorCode } from './errors.ts'
import { createAuthFetch } from './fetch.ts'
import { ageLimitsOf, isAllowedBy } from './guards.ts'
import { register } from './internals.ts'
import { shared } from './shared.ts'
import { guarded, report } from './report.ts'
import { later } from './ports/clock.ts'
import { authMachine } from './machine/machine.ts'
import type { Attempt } from './machine/types.ts'
import { attemptOutcome, renewalOutcome, settledOutcome, userOutcome, type Decide } from './outcomes.ts'
import { provideEffects } from './provide.ts'
import { isAnotherUser, isGood, isSameGrant, sinceSignIn, stillOurs, type Session } from './session/session.ts'
import { isSigningOut, isVerifying, keepEqual, renewalOf, statusOf, toState, type AuthSnapshot } from './state.ts'
import { withTimeout } from './timeout.ts'
import type { Auth, AuthClient, AuthOptions, AuthState, Guards, IdentityField } from './types.ts'
import { wire } from './wire.ts'

/** A client whose users have none of the fields that name one has to say who each is. */
interface NeedsUserId<TUser> {
  readonly client: [unknown extends TUser ? 'id' : IdentityField & keyof NonNullable<TUser>] extends [never]
    ? { userId: NonNullable<unknown> }
    : unknown
}

/**
 * Makes the session of one user. Nothing happens until the first `subscribe` or command; `destroy()` ends it.
 *
 * @example
 * const auth = createAuth({
 *   client: bkend({ publishableKey: 'pk_…' }),
 *   storage: browserStorage(),
 *   guards: { isEditor: hasRole('admin', 'editor') },
 * })
 * const user = await auth.signIn({ email, password })
 * const posts = await auth.fetch('https://api-client.bkend.ai/v1/data/posts')
 */
export function createAuth<TUser, TCredentials, TGuards extends Guards<TUser> = Record<never, never>>(
  // named once more without the type to be found: so `user` is typed in guards that are written in place
  options: AuthOptions<TUser, TCredentials, TGuards> & {
    readonly guards?: Guards<NoInfer<TUser>>
  } & NeedsUserId<TUser>,
): Auth<TUser, TCredentials, TGuards> {
  // the chart and the effects know no user type: this is the one place where it is forgotten, `asUser` where it returns
  const parts = wire(options as unknown as AuthOptions<unknown, unknown, unknown>)
  const asUser = (user: unknown): TUser => user as TUser
  const { vault, clock, rules, waking, signOut, settings } = parts
  const ageLimits = ageLimitsOf(options.guards as Guards<never> | undefined)
  const age = (): number | null => vault.session && sinceSignIn(vault.session, clock)
  const limitsPassed = (): number => {
    const since = vault.session ? (age() ?? Infinity) : 0
    return ageLimits.filter((limit) => limit <= since).length
  }
  const isAllowed = isAllowedBy((options.guards ?? {}) as Guards<never>, age, parts.warn, parts.confirm)
  const actor = createActor(provideEffects(options.machine ?? authMachine, parts, ageLimits, isAllowed), {
    id: 'auth',
    input: { persistence: settings.storage.scope === 'memory' ? 'memory' : 'stored', hint: settings.hint },
    ...(options.inspect && { inspect: guarded(options.inspect) }),
  })

  /** Why no command is taken any more. */
  let over: AuthErrorCode | null = null
  const initialState = toState(actor.getSnapshot()) as AuthState<TUser>
  let state = initialState
  /** How many of the guards' age limits had been passed when listeners were last told. */
  let toldOf = 0
  const listeners = new Set<(state: AuthState<TUser>) => void>()
  const waiters = new Set<(snapshot: AuthSnapshot) => void>()
  const tellWaiters = (snapshot: AuthSnapshot): void => {
    for (const waiter of waiters) waiter(snapshot)
  }

  /** A part that the app replaced has thrown, and the chart stands still: no promise may hang, no guard may stay open. */
  const fail = (error: unknown): void => {
    over ??= 'unknown'
    report(error)
    parts.warn(new AuthError('unknown', { cause: error }))
    tellWaiters(actor.getSnapshot())
  }

  const change = (snapshot: AuthSnapshot): void => {
    tellWaiters(snapshot)
    const seen = toState(snapshot) as AuthState<TUser>
    const kept = keepEqual(state, seen)
    // a guard that depends on the age of the sign-in answers otherwise than it did, and nothing else shows it
    const passed = limitsPassed()
    const next = passed !== toldOf && kept === state ? { ...state } : kept
    if (next === state) return
    toldOf = passed
    state = next
    // who comes during this change is not told of it, who goes is told no more
    for (const listener of Array.from(listeners)) {
      if (!listeners.has(listener)) continue
      try {
        listener(next)
      } catch (error) {
        report(error)
      }
    }
  }
  actor.subscribe({ next: change, error: fail })

  const start = (): void => {
    if (!over) actor.start()
  }

  const send: typeof actor.send = (event) => {
    start()
    if (!over) actor.send(event)
  }

  /** The user has signed out in this turn, inside a listener: the chart comes to it when the listeners are done. */
  let isLeaving = false

  /** Settles by the first snapshot that `decide` has an answer for. */
  function until<T>(decide: Decide<T>, signal?: AbortSignal, longest = Infinity): Promise<T> {
    return new Promise((resolve, reject) => {
      let isLate = false
      let cancel = (): void => {}
      const settle = (snapshot: AuthSnapshot): void => {
        const decided = over ? { error: new AuthError(over) } : decide(snapshot)
        const settled = decided ?? (isLate && { error: new AuthError('timeout') })
        if (!settled) return
        cancel()
        waiters.delete(settle)
        signal?.removeEventListener('abort', abort)
        if ('value' in settled) resolve(settled.value)
        else reject(settled.error)
      }
      const abort = (): void => {
        cancel()
        waiters.delete(settle)
        reject(signal?.reason as Error)
      }
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort, { once: true })
      start()
      // after this turn's events: a command given inside a listener waits for its place in the queue
      queueMicrotask(() => {
        if (signal?.aborted) return
        waiters.add(settle)
        if (longest < Infinity)
          cancel = later(clock, longest, () => {
            isLate = true
            settle(actor.getSnapshot())
          })
        settle(actor.getSnapshot())
      })
    })
  }

  const signedIn = (attempt: Attempt): Promise<TUser> => until(attemptOutcome(attempt)).then(asUser)

  function begin(method: 'signIn' | 'signUp', input: TCredentials): Promise<TUser> {
    if (over) return Promise.reject(new AuthError(over))
    const pending = vault.credentials
    const { context } = actor.getSnapshot()
    const isSame = pending?.method === method && isSameData(pending.input, input) && pending.handle === undefined
    if (isSame && context.attempt === pending.attempt) return signedIn(pending.attempt)
    const attempt = vault.setCredentials({ method, input })
    send({ type: method, attempt })
    return signedIn(attempt)
  }

  /** The chart takes longer: it is asked where the app may have replaced its guard. Closed if that throws. */
  function isAllowedIn(snapshot: AuthSnapshot, guard: string, params: readonly unknown[]): boolean {
    try {
      if (snapshot.context.session === null) return false
      return options.machine ? snapshot.can({ type: 'access', guard, params }) : isAllowed(snapshot, { guard, params })
    } catch (error) {
      report(error)
      return false
    }
  }

  /** What a request needs: joins a renewal or begins one, but does not hurry one that was put off. */
  const renew = shared(async (before: Session): Promise<void> => {
    // nothing can renew it: it is over, whatever the timers say
    if (!before.renewable && !isGood(before, clock)) {
      await parts.endToken(before)
      const { session: held } = vault
      // the server still takes it: the wall clock was wrong
      if (held && isSameGrant(held, before) && isGood(held, clock)) return
    }
    const isWaiting = renewalOf(actor.getSnapshot()) === 'waiting'
    if (isSameGrant(vault.session, before) && !isWaiting) send({ type: 'refresh' })
    return until(renewalOutcome(before, rules))
  })

  /** What is held once it is known whether anything is. */
  async function settledSession(): Promise<Session | null> {
    await waking.looked()
    return (await until(settledOutcome)) ? vault.session : null
  }

  const inTime = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withTimeout(clock, parts.requestTimeout, work, parts.lifetime())

  /** With a good token; null if signed out. Never the session of a user who signed in since `before` was held. */
  async function findSession(before: Session | null): Promise<Session | null> {
    const settled = await settledSession()
    if (before) stillOurs(before, settled, rules)
    if (!settled || isGood(settled, clock)) return settled
    await renew(settled)
    return stillOurs(settled, vault.session, rules)
  }

  const joinSession = shared(findSession)
  /** What was asked for after `signOut()` in one turn waits for nothing that was asked for before it. */
  const session = (before = vault.session): Promise<Session | null> => (isLeaving ? findSession : joinSession)(before)
  const mayLeave = (): boolean => !isLeaving && waking.before() === undefined

  const authFetch = createAuthFetch({
    vault,
    rules,
    // a page that has just woken up shows what it showed before
    session: () => session(waking.before() ?? vault.session),
    renew,
    client: options.client as AuthClient,
    origin: settings.origin,
    allowedOrigins: settings.allowedOrigins,
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    connection: parts.connection,
    mayLeave,
    warn: parts.warn,
    inTime,
  })

  const auth: Auth<TUser, TCredentials, TGuards> = {
    actor,
    getState: () => state,
    getInitialState: () => initialState,
    subscribe(listener) {
      // a set of wrappers, so that one function can listen twice
      if (typeof listener !== 'function') throw new TypeError('subscribe: give it a function.')
      const own = (next: AuthState<TUser>): void => listener(next)
      listeners.add(own)
      start()
      return () => listeners.delete(own)
    },
    signIn: (credentials) => begin('signIn', credentials),
    signUp: (details) => begin('signUp', details),
    async answerChallenge(answer) {
      if (over) throw new AuthError(over)
      const snapshot = actor.getSnapshot()
      if (isVerifying(snapshot)) throw new AuthError('in-progress')
      const { attempt } = snapshot.context
      const secrets = attempt === null ? null : vault.credentialsOf(attempt)
      if (!secrets || attempt === null || statusOf(snapshot) !== 'challenged') throw new AuthError('no-challenge')
      const code = fieldOf(answer, 'code')
      if (typeof code !== 'string') throw new AuthError('invalid-request')
      secrets.code = code
      send({ type: 'answerChallenge' })
      return signedIn(attempt)
    },
    cancel: () => send({ type: 'cancel' }),
    async signOut() {
      if (over) throw new AuthError(over)
      const before = signOut.revocation
      send({ type: 'signOut' })
      isLeaving = vault.session !== null
      await Promise.resolve()
      isLeaving = false
      // no user is shown, and the storage has not said yet whether it holds one
      if (signOut.revocation === before && parts.persistence.isUnknown()) signOut.drop('signed-out')
      const isUnderWay = signOut.revocation !== before || isSigningOut(actor.getSnapshot())
      if (!isUnderWay || !signOut.revocation) return { revoked: 'no' }
      // destroy() settles the promise; the request goes on
      return { revoked: await Promise.race([signOut.revocation, whenAborted(parts.lifetime())]) }
    },
    async refresh() {
      const held = await settledSession()
      if (!held) throw new AuthError('not-authenticated')
      if (vault.session?.spendUnknown) await parts.look()
      send({ type: 'refresh' })
      return until(renewalOutcome(held, rules))
    },
    dismiss: () => send({ type: 'dismiss' }),
    async getAccessToken() {
      if (over) throw new AuthError(over)
      const { session: held } = vault
      if (held && isGood(held, clock) && mayLeave()) return held.accessToken
      await waking.looked()
      return session().then(
        (current) => current?.accessToken ?? null,
        (error: AuthError) => {
          if (error.code === 'session-expired') return null
          throw error
        },
      )
    },
    fetch: (input, init) => (over ? Promise.reject(new AuthError(over)) : authFetch(input, init)),
    can: (guard, ...params) => !over && isAllowedIn(actor.getSnapshot(), guard, params),
    capabilities() {
      const { locks = 'page', broadcast = false } = parts.tabs.capabilities?.() ?? {}
      return { locks, broadcast, persistence: parts.persistence.isBehind() ? 'memory' : settings.storage.scope }
    },
    isSameUser: (one, other) => !isAnotherUser(one, other, rules),
    async reloadUser() {
      if (over) throw new AuthError(over)
      await waking.looked()
      const current = await session()
      if (!current) throw new AuthError('not-authenticated')
      return asUser(
        await parts.askUser(current).catch((thrown: unknown) => Promise.reject(toAuthError(thrown, 'network'))),
      )
    },
    onToken(listener) {
      if (typeof listener !== 'function') throw new TypeError('onToken: give it a function.')
      let told = vault.session
      start()
      return vault.onChange(() => {
        const { session: held } = vault
        // that of another user may be of the same generation
        if (!held || isSameGrant(held, told)) return
        told = held
        try {
          listener(held.generation)
        } catch (error) {
          report(error)
        }
      })
    },
    requireUser(wanted) {
      const { params = [], signal } = wanted ?? {}
      // a guard that was given and is none is closed: only one that is left out asks for no more than a user
      const isAllowed =
        wanted && 'guard' in wanted
          ? (snapshot: AuthSnapshot) => isAllowedIn(snapshot, wanted.guard as string, params)
          : null
      return until(userOutcome(isAllowed, parts.confirm), signal, parts.requestTimeout).then(asUser)
    },
    destroy() {
      if (over === 'destroyed') return
      over = 'destroyed'
      actor.stop()
      parts.destroy()
      tellWaiters(actor.getSnapshot())
      listeners.clear()
    },
  }

  register(auth, {
    version: 1,
    client: options.client as AuthClient,
    inTime,
    endSession: (reason) => parts.ending.endHeld(reason),
    replaceGrant: (exchange) =>
      parts.broker.spendOn(({ accessToken }, call) =>
        accessToken === null ? Promise.reject(new AuthError('not-authenticated')) : exchange({ accessToken }, call),
      ),
  })
  return auth
}

const whenAborted = (signal: AbortSignal): Promise<'unknown'> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('unknown')
    signal.addEventListener('abort', () => resolve('unknown'), { once: true })
  })
