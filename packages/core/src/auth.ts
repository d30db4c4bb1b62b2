import { createActor } from 'xstate'
import { answerChallenge, authenticate } from './effects/authenticate.ts'
import { watchChallenge } from './effects/challenge.ts'
import { watchExpiry } from './effects/expiry.ts'
import { awaitRetry, refresh } from './effects/refresh.ts'
import { restore } from './effects/restore.ts'
import { revoke, watchSession, watchTabs } from './effects/tabs.ts'
import { confirmUser } from './effects/user.ts'
import { AuthError } from './errors.ts'
import { createAuthFetch } from './fetch.ts'
import { isAllowedBy } from './guards.ts'
import { register } from './internals.ts'
import { authMachine, type AuthMachine } from './machine/machine.ts'
import type { Attempt, SessionView } from './machine/types.ts'
import { isGood, isSameGrant, type Held } from './session.ts'
import { withTimeout } from './timeout.ts'
import { keepEqual, toState, type AuthSnapshot } from './state.ts'
import type { Auth, AuthOptions, AuthState, Guards } from './types.ts'
import { createWorld, type InnerWorld } from './create-world.ts'

/** What a waiter makes of a snapshot: an answer, an error, or undefined to wait on. */
type Settled<T> = { readonly value: T } | { readonly error: AuthError } | undefined

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
  options: AuthOptions<TUser, TCredentials, TGuards>,
): Auth<TUser, TCredentials, TGuards> {
  // the chart and the effects know no user type: this is the one place where it is forgotten, `asUser` where it returns
  const world = createWorld(options as unknown as AuthOptions<unknown, unknown, unknown>)
  const asUser = (user: unknown): TUser => user as TUser
  const { vault, clock } = world
  const actor = createActor(provideEffects(options.machine ?? authMachine, world, options.guards), {
    id: 'auth',
    input: { persistence: world.persistenceAtStart, hint: options.initialSession },
    ...(options.inspect && { inspect: options.inspect }),
  })

  let destroyed = false
  let state = toState(actor.getSnapshot()) as AuthState<TUser>
  const listeners = new Set<(state: AuthState<TUser>) => void>()
  const waiters = new Set<(snapshot: AuthSnapshot) => void>()

  actor.subscribe((snapshot) => {
    for (const waiter of waiters) waiter(snapshot)
    const next = keepEqual(state, toState(snapshot) as AuthState<TUser>)
    if (next === state) return
    state = next
    for (const listener of listeners) {
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
  function until<T>(decide: (snapshot: AuthSnapshot) => Settled<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (snapshot: AuthSnapshot): void => {
        const settled: Settled<T> = destroyed ? { error: new AuthError('destroyed') } : decide(snapshot)
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
      waiters.add(settle)
      start()
      // after this turn's events: a command given inside a listener waits for its place in the queue
      queueMicrotask(() => {
        if (waiters.has(settle)) settle(actor.getSnapshot())
      })
    })
  }

  /** How a sign-in stands: by the session it began, by the error it left, or by a later one. */
  const attemptOutcome =
    (attempt: Attempt) =>
    (snapshot: AuthSnapshot): Settled<TUser> => {
      const { context } = snapshot
      if (context.session?.attempt === attempt && snapshot.matches('authenticated')) {
        return { value: asUser(context.session.user) }
      }
      if (context.attempt === attempt) {
        if (!snapshot.matches({ authenticating: { challenged: 'awaitingCode' } })) return undefined
        return { error: context.error ?? new AuthError('challenge-required') }
      }
      if (context.attempt !== null) return { error: new AuthError('superseded') }
      return { error: context.error ?? new AuthError('cancelled') }
    }

  function begin(method: 'signIn' | 'signUp', input: TCredentials): Promise<TUser> {
    if (destroyed) return Promise.reject(new AuthError('destroyed'))
    const pending = vault.pending()
    const { context } = actor.getSnapshot()
    const isSame = pending?.method === method && isEqualInput(pending.input, input) && pending.handle === undefined
    if (isSame && context.attempt === pending.attempt) return until(attemptOutcome(pending.attempt))
    const attempt = vault.propose({ method, input })
    send({ type: method, attempt })
    return until(attemptOutcome(attempt))
  }

  /** The session that a renewal is waited for, once it is another generation of it; or why there will be none. */
  const renewalOutcome =
    (before: Pick<SessionView, 'id' | 'generation'>) =>
    (snapshot: AuthSnapshot): Settled<void> => {
      const { session, error } = snapshot.context
      if (!snapshot.matches('authenticated') || !session) return notSignedIn(snapshot)
      if (session.id !== before.id) return { error: new AuthError('identity-changed') }
      if (session.generation > before.generation) return { value: undefined }
      if (snapshot.matches({ authenticated: 'refreshing' })) return undefined
      if (snapshot.matches({ authenticated: 'indeterminate' })) return { error: new AuthError('refresh-indeterminate') }
      return { error: error ?? new AuthError('not-supported') }
    }

  /** What a request needs: joins a renewal or begins one, but does not hurry one that was put off. */
  async function renew(before: Held): Promise<void> {
    const isWaiting = actor.getSnapshot().matches({ authenticated: 'waiting' })
    if (isSameGrant(vault.held, before) && !isWaiting) send({ type: 'refresh' })
    return until(renewalOutcome(before))
  }

  /** Who is signed in, as soon as that is known. A sign-in that would switch the user is waited for. */
  const settledSession = (snapshot: AuthSnapshot): Settled<Held | null> => {
    if (snapshot.matches('restoring')) return undefined
    if (snapshot.matches('authenticating') && snapshot.context.session) return undefined
    if (snapshot.matches('authenticated')) return { value: vault.held }
    if (snapshot.matches('expired')) return { error: new AuthError('session-expired') }
    return { value: null }
  }

  const authFetch = createAuthFetch({
    vault,
    clock,
    allowedOrigins: options.allowedOrigins ?? (options.client.origin ? [options.client.origin] : []),
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    settled: () => until(settledSession),
    renew,
  })

  const auth: Auth<TUser, TCredentials, TGuards> = {
    actor,
    getState: () => state,
    subscribe(listener) {
      // a set of wrappers, so that one function can listen twice
      const own = (next: AuthState<TUser>): void => listener(next)
      listeners.add(own)
      start()
      return () => listeners.delete(own)
    },
    signIn: (credentials) => begin('signIn', credentials),
    signUp: (details) => begin('signUp', details),
    async answerChallenge({ code }) {
      if (destroyed) throw new AuthError('destroyed')
      const snapshot = actor.getSnapshot()
      if (snapshot.matches({ authenticating: { challenged: 'verifyingCode' } })) throw new AuthError('in-progress')
      const { attempt } = snapshot.context
      const secrets = attempt === null ? null : vault.secretsOf(attempt)
      if (!secrets || attempt === null || !snapshot.matches({ authenticating: 'challenged' }))
        throw new AuthError('no-challenge')
      secrets.code = code
      send({ type: 'answerChallenge' })
      return until(attemptOutcome(attempt))
    },
    cancel: () => send({ type: 'cancel' }),
    async signOut() {
      if (destroyed) throw new AuthError('destroyed')
      const before = world.revocation
      send({ type: 'signOut' })
      await Promise.resolve() // a command given inside a listener waits for its place in the queue
      const isUnderWay = world.revocation !== before || actor.getSnapshot().matches('signingOut')
      if (!isUnderWay || !world.revocation) return { revoked: 'no' }
      // destroy() settles the promise; the request goes on
      return { revoked: await Promise.race([world.revocation, world.destroyed.then(() => 'unknown' as const)]) }
    },
    async refresh() {
      await until(settledSession)
      const { held } = vault
      if (!held) throw new AuthError('not-authenticated')
      send({ type: 'refresh' })
      return until(renewalOutcome(held))
    },
    dismiss: () => send({ type: 'dismiss' }),
    async getAccessToken() {
      if (destroyed) throw new AuthError('destroyed')
      const { held } = vault
      if (held && isGood(held, clock)) return held.accessToken
      const settled = await until(settledSession).catch((error: AuthError) => {
        if (error.code === 'session-expired') return null
        throw error
      })
      if (!settled) return null
      if (!isGood(settled, clock)) await renew(settled)
      return vault.held?.accessToken ?? null
    },
    fetch: (input, init) => (destroyed ? Promise.reject(new AuthError('destroyed')) : authFetch(input, init)),
    can: (guard, ...params) => actor.getSnapshot().can({ type: 'access', guard, params }),
    requireUser({ guard, params, signal } = {}) {
      return until((snapshot) => {
        if (snapshot.matches('restoring')) return undefined
        const { session } = snapshot.context
        if (!snapshot.matches('authenticated') || !session) {
          return snapshot.matches('authenticating') && session ? undefined : notSignedIn(snapshot)
        }
        if (guard === undefined) return { value: asUser(session.user) }
        if (!session.confirmed && world.canConfirm) return undefined
        const isAllowed = snapshot.can({ type: 'access', guard: String(guard), params: params ?? [] })
        return isAllowed ? { value: asUser(session.user) } : { error: new AuthError('forbidden') }
      }, signal)
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
    client: world.client,
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

/** A listener of the app that throws is the app's to know about; the others are told all the same. */
function report(error: unknown): void {
  if (typeof reportError === 'function') reportError(error)
  else console.error(error)
}

function notSignedIn(snapshot: AuthSnapshot): { readonly error: AuthError } {
  return { error: new AuthError(snapshot.matches('expired') ? 'session-expired' : 'not-authenticated') }
}

/** Whether two credentials are the same: a double click is one sign-in. */
function isEqualInput(one: unknown, other: unknown): boolean {
  try {
    return JSON.stringify(one) === JSON.stringify(other)
  } catch {
    return one === other
  }
}

/** The chart with the real effects; what the app replaced in it stays replaced. */
function provideEffects(machine: AuthMachine, world: InnerWorld, guards: object | undefined): AuthMachine {
  const { vault } = world
  const replaced = <K extends 'actors' | 'actions' | 'guards'>(kind: K): AuthMachine['implementations'][K] =>
    Object.fromEntries(
      Object.entries(machine.implementations[kind]).filter(
        ([name, implementation]) =>
          implementation !== (authMachine.implementations[kind] as Record<string, unknown>)[name],
      ),
    ) as AuthMachine['implementations'][K]
  return authMachine
    .provide({
      actors: {
        watchTabs: watchTabs(world),
        watchSession: watchSession(world),
        restore: restore(world),
        authenticate: authenticate(world),
        watchChallenge: watchChallenge(world),
        answerChallenge: answerChallenge(world),
        watchExpiry: watchExpiry(world),
        confirmUser: confirmUser(world),
        refresh: refresh(world),
        awaitRetry: awaitRetry(world),
        revoke: revoke(world),
      },
      actions: {
        holdTokens: (_, { session }) => world.hold(session),
        replaceTokens: (_, { session }) => world.replace(session),
        dropTokens: (_, { reason }) => world.drop(reason),
        dropAttempt: ({ context }) => vault.forget(context.attempt),
        forgetEnded: () => world.forgetEnded(),
      },
      ...(guards && { guards: { isAllowed: isAllowedBy(guards as Guards<never>) } }),
    })
    .provide({ actors: replaced('actors'), actions: replaced('actions'), guards: replaced('guards') })
}
