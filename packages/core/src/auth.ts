import { createActor } from 'xstate'
import { createWorld } from './create-world.ts'
import { provideEffects } from './effects/provide.ts'
import { fieldOf, isSameData } from './data.ts'
import { AuthError } from './errors.ts'
import { createAuthFetch } from './fetch.ts'
import { isAllowedBy } from './guards.ts'
import { register } from './internals.ts'
import { authMachine } from './machine/machine.ts'
import type { Attempt } from './machine/types.ts'
import { attemptOutcome, renewalOutcome, settledOutcome, userOutcome, type Decide } from './outcomes.ts'
import { isGood, isSameGrant, sinceSignIn, type Held } from './session.ts'
import { isVerifying, keepEqual, renewalOf, statusOf, toState, type AuthSnapshot } from './state.ts'
import { withTimeout } from './timeout.ts'
import type { Auth, AuthClient, AuthOptions, AuthState, Guards } from './types.ts'

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
  options: AuthOptions<TUser, TCredentials, TGuards> & { readonly guards?: Guards<NoInfer<TUser>> },
): Auth<TUser, TCredentials, TGuards> {
  // the chart and the effects know no user type: this is the one place where it is forgotten, `asUser` where it returns
  const world = createWorld(options as unknown as AuthOptions<unknown, unknown, unknown>)
  const asUser = (user: unknown): TUser => user as TUser
  const { vault, clock } = world
  const age = (): number | null => vault.held && sinceSignIn(vault.held, clock)
  const limitsPassed = (): number => {
    const since = vault.held ? (age() ?? Infinity) : 0
    return world.ageLimits.filter((limit) => limit <= since).length
  }
  const isAllowed = options.guards && isAllowedBy(options.guards as Guards<never>, age)
  const actor = createActor(provideEffects(options.machine ?? authMachine, world, isAllowed), {
    id: 'auth',
    input: { persistence: world.persistenceAtStart, hint: options.initialSession },
    ...(options.inspect && { inspect: guarded(options.inspect) }),
  })

  let destroyed = false
  const initialState = toState(actor.getSnapshot()) as AuthState<TUser>
  let state = initialState
  /** How many of the guards' age limits had been passed when listeners were last told. */
  let toldOf = 0
  const listeners = new Set<(state: AuthState<TUser>) => void>()
  const waiters = new Set<(snapshot: AuthSnapshot) => void>()

  actor.subscribe((snapshot) => {
    for (const waiter of waiters) waiter(snapshot)
    const seen = toState(snapshot) as AuthState<TUser>
    const kept = keepEqual(state, seen)
    // a guard that depends on the age of the sign-in answers otherwise than it did, and nothing else shows it
    const passed = limitsPassed()
    const next = passed !== toldOf && kept === state ? { ...state } : kept
    if (next === state) return
    toldOf = passed
    state = next
    // who comes during this change is not told of it, who goes is told no more
    const present = Array.from(listeners)
    for (const listener of present) {
      if (!listeners.has(listener)) continue
      try {
        listener(next)
      } catch (error) {
        report(error)
      }
    }
  })

  const start = (): void => {
    if (!destroyed) actor.start()
  }

  const send: typeof actor.send = (event) => {
    start()
    if (!destroyed) actor.send(event)
  }

  /** Settles by the first snapshot that `decide` has an answer for. */
  function until<T>(decide: Decide<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (snapshot: AuthSnapshot): void => {
        const settled = destroyed ? { error: new AuthError('destroyed') } : decide(snapshot)
        if (!settled) return
        waiters.delete(settle)
        signal?.removeEventListener('abort', abort)
        if ('value' in settled) resolve(settled.value)
        else reject(settled.error)
      }
      const abort = (): void => {
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
        settle(actor.getSnapshot())
      })
    })
  }

  const signedIn = (attempt: Attempt): Promise<TUser> => until(attemptOutcome(attempt)).then(asUser)

  function begin(method: 'signIn' | 'signUp', input: TCredentials): Promise<TUser> {
    if (destroyed) return Promise.reject(new AuthError('destroyed'))
    const pending = vault.pending()
    const { context } = actor.getSnapshot()
    const isSame = pending?.method === method && isSameData(pending.input, input) && pending.handle === undefined
    if (isSame && context.attempt === pending.attempt) return signedIn(pending.attempt)
    const attempt = vault.propose({ method, input })
    send({ type: method, attempt })
    return signedIn(attempt)
  }

  /** What a request needs: joins a renewal or begins one, but does not hurry one that was put off. */
  async function renew(before: Held): Promise<void> {
    // nothing can renew it: it is over, whatever the timers say
    if (!before.renewable && !isGood(before, clock)) world.report({ type: 'expiry.reached' })
    const isWaiting = renewalOf(actor.getSnapshot()) === 'waiting'
    if (isSameGrant(vault.held, before) && !isWaiting) send({ type: 'refresh' })
    return until(renewalOutcome(before)).catch((error: AuthError) => {
      // a sign-in that was given up came between: the same tokens are held again, and wait to be renewed
      if (error.code === 'not-supported' && before.renewable && isSameGrant(vault.held, before)) return renew(before)
      throw error
    })
  }

  /** What is held once it is known whether anything is. */
  async function settledSession(): Promise<Held | null> {
    return (await until(settledOutcome)) ? vault.held : null
  }

  const authFetch = createAuthFetch({
    vault,
    clock,
    allowedOrigins: originsOf(options.allowedOrigins ?? [options.client.origin]),
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    connection: world.connection,
    settled: settledSession,
    renew,
  })

  const auth: Auth<TUser, TCredentials, TGuards> = {
    actor,
    getState: () => state,
    getInitialState: () => initialState,
    subscribe(listener) {
      // a set of wrappers, so that one function can listen twice
      const own = (next: AuthState<TUser>): void => listener(next)
      listeners.add(own)
      start()
      return () => listeners.delete(own)
    },
    signIn: (credentials) => begin('signIn', credentials),
    signUp: (details) => begin('signUp', details),
    async answerChallenge(answer) {
      if (destroyed) throw new AuthError('destroyed')
      const snapshot = actor.getSnapshot()
      if (isVerifying(snapshot)) throw new AuthError('in-progress')
      const { attempt } = snapshot.context
      const secrets = attempt === null ? null : vault.secretsOf(attempt)
      if (!secrets || attempt === null || statusOf(snapshot) !== 'challenged') throw new AuthError('no-challenge')
      const code = fieldOf(answer, 'code')
      if (typeof code !== 'string') throw new AuthError('invalid-request')
      secrets.code = code
      send({ type: 'answerChallenge' })
      return signedIn(attempt)
    },
    cancel: () => send({ type: 'cancel' }),
    async signOut() {
      if (destroyed) throw new AuthError('destroyed')
      const before = world.revocation
      send({ type: 'signOut' })
      await Promise.resolve() // a command given inside a listener waits for its place in the queue
      const isUnderWay = world.revocation !== before || statusOf(actor.getSnapshot()) === 'signingOut'
      if (!isUnderWay || !world.revocation) return { revoked: 'no' }
      // destroy() settles the promise; the request goes on
      return { revoked: await Promise.race([world.revocation, world.destroyed.then(() => 'unknown' as const)]) }
    },
    async refresh() {
      const held = await settledSession()
      if (!held) throw new AuthError('not-authenticated')
      send({ type: 'refresh' })
      return until(renewalOutcome(held))
    },
    dismiss: () => send({ type: 'dismiss' }),
    async getAccessToken() {
      if (destroyed) throw new AuthError('destroyed')
      const { held } = vault
      if (held && isGood(held, clock)) return held.accessToken
      const settled = await settledSession().catch((error: AuthError) => {
        if (error.code === 'session-expired') return null
        throw error
      })
      if (!settled) return null
      if (!isGood(settled, clock)) await renew(settled)
      return vault.held?.accessToken ?? null
    },
    fetch: (input, init) => (destroyed ? Promise.reject(new AuthError('destroyed')) : authFetch(input, init)),
    can: (guard, ...params) => !destroyed && isAllowedIn(actor.getSnapshot(), guard, params),
    capabilities: world.capabilities,
    isSameUser: world.isSameUser,
    reloadUser: () => Promise.reject(new AuthError('not-supported')),
    onToken: () => () => {},
    requireUser(wanted) {
      const { guard, params = [], signal } = wanted ?? {}
      const isAllowed =
        guard === undefined ? null : (snapshot: AuthSnapshot) => isAllowedIn(snapshot, String(guard), params)
      return until(userOutcome(isAllowed, world.canConfirm), signal).then(asUser)
    },
    destroy() {
      if (destroyed) return
      destroyed = true
      actor.stop()
      world.destroy()
      for (const waiter of waiters) waiter(actor.getSnapshot())
      listeners.clear()
    },
  }

  register(auth, {
    client: options.client as AuthClient,
    inTime: (work) => withTimeout(clock, world.requestTimeout, work, world.lifetime),
    endSession: (reason) => world.endHeld(reason),
    replaceGrant: (spend) =>
      world.broker.spend(({ accessToken, refreshToken }, call) =>
        accessToken === null
          ? Promise.reject(new AuthError('not-authenticated'))
          : spend({ accessToken, refreshToken }, call),
      ),
  })
  return auth
}

/** Asked of the chart, whose guards may be the app's own; nobody is never let in. */
function isAllowedIn(snapshot: AuthSnapshot, guard: string, params: readonly unknown[]): boolean {
  return snapshot.context.session !== null && snapshot.can({ type: 'access', guard, params })
}

/** A listener of the app that throws is the app's to know about; the others are told all the same. */
function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error)
  else console.error(error)
}

/** An observer of the app that throws is the app's to know about, once; nothing here depends on it. */
function guarded<T>(observe: (event: T) => void): (event: T) => void {
  let isBroken = false
  return (event) => {
    if (isBroken) return
    try {
      observe(event)
    } catch (error) {
      isBroken = true
      report(error)
    }
  }
}

/** Origins as URLs have them: without path, default port or capitals. What is none matches nothing. */
function originsOf(values: readonly (string | undefined)[]): readonly string[] {
  return values.flatMap((value) => {
    const origin = URL.canParse(value ?? '') ? new URL(value ?? '').origin : 'null'
    return origin === 'null' ? [] : [origin]
  })
}
