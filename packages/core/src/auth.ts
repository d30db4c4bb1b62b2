import { createActor } from 'xstate'
import { fieldOf, isSameData } from './data.ts'
import { AuthError, toAuthError } from './errors.ts'
import { createCurrent } from './current.ts'
import { createAuthFetch } from './fetch.ts'
import { ageLimitsOf, isAllowedBy } from './guards.ts'
import { register, secretsOf } from './internals.ts'
import { guarded, report } from './report.ts'
import { authMachine } from './machine/machine.ts'
import { partsOf } from './machine/parts.ts'
import type { Attempt } from './machine/types.ts'
import { attemptOutcome, renewalOutcome, userOutcome } from './outcomes.ts'
import { partsFor } from './provide.ts'
import { isAnotherUser, isGood, isSameGrant, sinceSignIn } from './session/session.ts'
import { isSigningOut, isVerifying, statusOf, type AuthSnapshot } from './state.ts'
import { createStore } from './store.ts'
import { withTimeout } from './timeout.ts'
import type { Auth, AuthActor, AuthClient, AuthOptions, AuthState, Guards, IdentityField } from './types.ts'
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
  // the chart and the effects know no user type: it is forgotten here, and returns with `as` at the methods below
  const parts = wire(options as unknown as AuthOptions<unknown, unknown, unknown>)
  const { vault, clock, rules, waking, signOut, settings } = parts
  const { input } = settings
  const ageLimits = ageLimitsOf(options.guards as Guards<never> | undefined)
  const age = (): number | null => vault.session && sinceSignIn(vault.session, clock)
  const ageLimitsPassed = (): number => {
    const since = vault.session ? (age() ?? Infinity) : 0
    return ageLimits.filter((limit) => limit <= since).length
  }
  const isAllowed = isAllowedBy((options.guards ?? {}) as Guards<never>, age, parts.warn, parts.confirm)
  const actor: AuthActor = createActor(options.machine ?? authMachine, {
    id: 'auth',
    input,
    ...(options.inspect && { inspect: guarded(options.inspect) }),
  })
  const own = partsFor(parts, { ageLimits, ageLimitsPassed }, isAllowed)
  partsOf.set(actor.system, own).set(input, own)
  const store = createStore({ actor, clock, ageLimitsPassed, warn: parts.warn })
  const { send, until, over } = store
  const current = createCurrent(parts, store, actor)

  const signedIn = (attempt: Attempt) => until(attemptOutcome(attempt)) as Promise<TUser>

  function begin(method: 'signIn' | 'signUp', input: TCredentials): Promise<TUser> {
    const code = over()
    if (code) return Promise.reject(new AuthError(code))
    const pending = vault.credentials.current()
    const { context } = actor.getSnapshot()
    const isSame = pending?.method === method && isSameData(pending.input, input) && pending.handle === undefined
    if (isSame && context.attempt === pending.attempt) return signedIn(pending.attempt)
    const attempt = vault.credentials.set({ method, input })
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

  function throwIfOver(): void {
    const code = over()
    if (code) throw new AuthError(code)
  }

  const inTime = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withTimeout(clock, parts.requestTimeout, work, parts.lifetime())

  const authFetch = createAuthFetch({
    vault,
    rules,
    // a page that has just woken up shows what it showed before
    session: () => current.session(waking.before() ?? vault.session),
    renew: current.renew,
    client: options.client as AuthClient,
    origin: settings.origin,
    allowedOrigins: settings.allowedOrigins,
    fetch: (input, init) => (options.fetch ?? globalThis.fetch)(input, init),
    connection: parts.connection,
    mayLeave: current.mayLeave,
    warn: parts.warn,
    inTime,
  })

  const auth: Auth<TUser, TCredentials, TGuards> = {
    actor,
    getState: () => store.state() as AuthState<TUser>,
    getInitialState: () => store.initialState as AuthState<TUser>,
    subscribe(listener) {
      if (typeof listener !== 'function') throw new TypeError('subscribe: give it a function.')
      return store.subscribe(listener as (state: AuthState) => void)
    },
    signIn: (credentials) => begin('signIn', credentials),
    signUp: (details) => begin('signUp', details),
    async answerChallenge(answer) {
      throwIfOver()
      const snapshot = actor.getSnapshot()
      if (isVerifying(snapshot)) throw new AuthError('in-progress')
      const { attempt } = snapshot.context
      const secrets = attempt === null ? null : vault.credentials.of(attempt)
      if (!secrets || attempt === null || statusOf(snapshot) !== 'challenged') throw new AuthError('no-challenge')
      const code = fieldOf(answer, 'code')
      if (typeof code !== 'string') throw new AuthError('invalid-request')
      secrets.code = code
      send({ type: 'answerChallenge' })
      return signedIn(attempt)
    },
    cancel: () => send({ type: 'cancel' }),
    async signOut() {
      throwIfOver()
      const before = signOut.revocation
      send({ type: 'signOut' })
      await current.leave()
      // no user is shown, and the storage has not said yet whether it holds one
      if (signOut.revocation === before && parts.persistence.isUnknown()) signOut.drop('signed-out')
      const isUnderWay = signOut.revocation !== before || isSigningOut(actor.getSnapshot())
      if (!isUnderWay || !signOut.revocation) return { revoked: 'no' }
      // destroy() settles the promise; the request goes on
      return { revoked: await Promise.race([signOut.revocation, whenAborted(parts.lifetime())]) }
    },
    async refresh() {
      const held = await current.settled()
      if (!held) throw new AuthError('not-authenticated')
      if (vault.session?.spendUnknown) await parts.look()
      send({ type: 'refresh' })
      return until(renewalOutcome(held, rules))
    },
    dismiss: () => send({ type: 'dismiss' }),
    async getAccessToken() {
      throwIfOver()
      const { session: held } = vault
      if (held && isGood(held, clock) && current.mayLeave()) return held.accessToken
      await waking.looked()
      return current.session().then(
        (session) => session?.accessToken ?? null,
        (error: AuthError) => {
          if (error.code === 'session-expired') return null
          throw error
        },
      )
    },
    fetch(input, init) {
      const code = over()
      return code ? Promise.reject(new AuthError(code)) : authFetch(input, init)
    },
    can(guard, ...params) {
      if (over()) return false
      const answers = params.length === 0 ? store.answers() : null
      const answer = answers?.get(guard) ?? isAllowedIn(actor.getSnapshot(), guard, params)
      answers?.set(guard, answer)
      return answer
    },
    capabilities() {
      const { locks = 'page', broadcast = false } = parts.tabs.capabilities?.() ?? {}
      const { storage } = settings
      const persistence = parts.persistence.isBehind() ? 'memory' : storage.scope
      return { locks, broadcast, persistence, custody: storage.custody?.() ?? 'page' }
    },
    isSameUser: (one, other) => !isAnotherUser(one, other, rules),
    async reloadUser() {
      throwIfOver()
      await waking.looked()
      const session = await current.session()
      if (!session) throw new AuthError('not-authenticated')
      return parts
        .askUser(session)
        .catch((thrown: unknown) => Promise.reject(toAuthError(thrown, 'network'))) as Promise<TUser>
    },
    onToken(listener) {
      if (typeof listener !== 'function') throw new TypeError('onToken: give it a function.')
      let told = vault.session
      store.start()
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
      return until(userOutcome(isAllowed, parts.confirm), signal, parts.requestTimeout) as Promise<TUser>
    },
    destroy() {
      if (!store.end('destroyed')) return
      actor.stop()
      parts.destroy()
    },
  }

  secretsOf.set(auth, { vault, rules })
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
