/**
 * An auth server as strict as bkend's contract, in memory: refresh tokens rotate, and one that is shown a second time
 * ends all sessions of its user. It answers at once, or when the virtual clock says, or never; it commits and loses the
 * answer. It writes down what happened, so that the invariants need not ask the library.
 */
import { AuthError } from '../errors.ts'
import type { AccessTokens, AuthClient, CallOptions, Clock, Grant } from '../types.ts'
import {
  createAccounts,
  type WorldAccount,
  type WorldPassword,
  type WorldServerSetup,
  type WorldUser,
} from './accounts.ts'
import type { WorldFault, WorldMethod } from './faults.ts'

/** The page a call comes from. */
export interface Caller {
  readonly isAlive: () => boolean
  readonly isOnline: () => boolean
  /** Waits for its turn, where turns are decided. */
  readonly turn: (what: string) => Promise<void>
  /** What reached this page of the user of a session. */
  readonly told: (sid: string, user: WorldUser) => void
  /** A request of the app that arrives at its server. */
  readonly arrived: (request: { readonly id: string; readonly token: string | null }) => void
}

/** One time that the library sent a refresh token. */
interface Spend {
  readonly sid: string
  readonly caller: Caller
  /** The library waits for its answer. */
  readonly isAwaited: () => boolean
  /** `declared`: the caller heard that it was not processed. */
  outcome: 'flying' | 'answered' | 'declared' | 'unknown'
}

const never = <T>(): Promise<T> => new Promise<T>(() => {})

/** The default of `requestTimeout`. */
const LONGEST_WAIT = 30_000

export interface StrictServerOptions {
  readonly accounts: readonly WorldAccount[]
  readonly setup: WorldServerSetup
  readonly clock: Pick<Clock, 'setTimeout'>
  /** Epoch milliseconds, by the server's own clock. */
  readonly now: () => number
  /** Milliseconds, without those of a sleep. */
  readonly awake: () => number
  readonly origin: string
}

export function strictServer({ accounts: given, setup, clock, now, awake, origin }: StrictServerOptions) {
  const accounts = createAccounts(given, setup, now)
  const spends = new Map<string, Spend[]>()
  /** Sessions whose user a page knows. */
  const told = new Set<string>()
  let faults: WorldFault[] = []
  const lost = (): TypeError => new TypeError(`Failed to fetch: ${setup.secret('the network is gone')}`)

  const facts = {
    /** What the library must never do, as it happens. */
    crimes: [] as string[],
    refreshes: 0,
    calls: 0,
    /** Sessions of which a page heard the definite word that they are over. */
    refused: new Set<string>(),
    banned: new Set<string>(),
    /** Sessions of which a renewal was sent. */
    spent: new Set<string>(),
    /** Sessions of which a renewal was sent and nothing definite came back. */
    unknown: new Set<string>(),
  }

  const sleep = (seconds: number): Promise<void> =>
    new Promise((resolve) => void clock.setTimeout(resolve, seconds * 1000))

  function takeFault(method: WorldMethod): WorldFault | undefined {
    const found = faults.find((fault) => fault.method === method)
    faults = faults.flatMap((fault) => {
      if (fault !== found) return [fault]
      const { times = 1 } = fault
      return times > 1 ? [{ ...fault, times: times - 1 }] : []
    })
    return found
  }

  function process(method: WorldMethod, input: unknown, fault: WorldFault | undefined): unknown {
    const kind = fault?.kind
    const isAsked = kind === 'banned' || (kind === 'someoneElse' && isDetectable(method, input))
    const disorder = isAsked ? kind : undefined
    if (method === 'signIn') return accounts.signIn(input as WorldPassword)
    if (method === 'signUp') return accounts.signUp(input as WorldPassword)
    if (method === 'answerChallenge')
      return accounts.answerChallenge(input as Parameters<typeof accounts.answerChallenge>[0])
    if (method === 'refresh') return accounts.refresh(input as { refreshToken: string }, disorder)
    if (method === 'getUser') return accounts.getUser(input as { accessToken: string }, disorder)
    return method === 'signOut' ? accounts.signOut(input as AccessTokens) : 'pong'
  }

  /** A wrong first answer cannot be told from a right one. */
  function isDetectable(method: WorldMethod, input: unknown): boolean {
    if (method !== 'getUser') return true
    const { accessToken } = input as { accessToken: string }
    return told.has(accounts.ownerOf(accessToken)?.sid ?? '')
  }

  /** From the page to the server and back, with everything that happens on the way. */
  async function travel(method: WorldMethod, input: unknown, caller: Caller): Promise<unknown> {
    facts.calls += 1
    const wasOnline = caller.isOnline()
    await caller.turn(`${method} arrives`)
    const fault = takeFault(method)
    const { kind, seconds = 0 } = fault ?? {}
    if (!wasOnline || kind === 'lostBefore') throw lost()
    if (kind === 'late') await sleep(seconds)
    const outcome = outcomeOf(method, input, fault)
    if (kind === 'slow') await sleep(seconds)
    if (kind === 'lostAfter') throw lost()
    if (kind === 'silent') return never()
    await caller.turn(`${method} is answered`)
    if (!caller.isOnline()) throw lost()
    return outcome()
  }

  /** Processes it now, unless it is refused unseen; what it returns hands out the answer, good or bad. */
  function outcomeOf(method: WorldMethod, input: unknown, fault: WorldFault | undefined): () => unknown {
    const { kind, seconds = 0 } = fault ?? {}
    const fail = (error: unknown) => () => {
      throw error
    }
    const retryAfter = seconds > 0 ? seconds : undefined
    if (kind === '429') return fail(new AuthError('rate-limited', { status: 429, retryAfter }))
    if (kind === '503') return fail(new AuthError('unavailable', { status: 503, retryAfter }))
    try {
      const value = process(method, input, fault)
      if (kind === '500') return fail(new AuthError('unknown', { status: 500 }))
      if (kind !== 'garbage') return () => value
      // whether a user is one is for the client to say
      return seconds % 2 || method === 'getUser'
        ? fail(new AuthError('invalid-response', { status: 200 }))
        : () => ({ html: setup.secret('html') })
    } catch (error) {
      return fail(error)
    }
  }

  const call =
    <T>(method: WorldMethod, caller: Caller) =>
    async (input: unknown, options?: CallOptions): Promise<T> => {
      const value = await travel(method, input, caller).catch((error: unknown) => {
        if (caller.isAlive()) throw error
        return null
      })
      if (!caller.isAlive()) return never()
      const { user, accessToken } = (
        method === 'getUser' ? { ...(input as object), user: value } : (value ?? {})
      ) as Grant<WorldUser>
      const owner = accounts.ownerOf(accessToken ?? '')
      // an answer that comes too late is not heard, and another user opens nothing
      if (user && user.id === owner?.id && !options?.signal.aborted) {
        told.add(owner.sid)
        caller.told(owner.sid, user)
      }
      return value as T
    }

  /** Sends it, and writes down I1 and I2 the moment they happen. */
  function refreshFor(caller: Caller): NonNullable<AuthClient<WorldUser>['refresh']> {
    const send = call<Grant<WorldUser>>('refresh', caller)
    return async (tokens, options) => {
      const own = noteSpend(tokens.refreshToken, caller)
      try {
        const grant = await send(tokens, options)
        settle(own, grant.accessToken === undefined ? 'unknown' : 'answered')
        return grant
      } catch (error) {
        const outcome = heard(error, own.sid)
        // of an answer that comes late only new tokens are taken
        if (own.isAwaited()) settle(own, outcome)
        throw error
      }
    }
  }

  function noteSpend(refreshToken: string, caller: Caller): Spend {
    const sid = accounts.sidOfRefresh(refreshToken)
    const since = awake()
    const own: Spend = { sid, caller, isAwaited: () => awake() - since < LONGEST_WAIT, outcome: 'flying' }
    const isUnderWay = ({ outcome, caller: other, isAwaited }: Spend): boolean =>
      outcome === 'flying' && other.isAlive() && isAwaited()
    facts.refreshes += 1
    const before = spends.get(refreshToken) ?? []
    if (before.some(({ outcome }) => outcome !== 'declared')) facts.crimes.push('I1: a refresh token was sent twice')
    if ([...spends.values()].flat().some(isUnderWay)) facts.crimes.push('I2: two renewals were under way at once')
    spends.set(refreshToken, [...before, own])
    facts.spent.add(sid)
    facts.unknown.add(sid)
    return own
  }

  function settle(spend: Spend, outcome: Spend['outcome']): void {
    spend.outcome = outcome
    if (outcome !== 'unknown') facts.unknown.delete(spend.sid)
  }

  function heard(error: unknown, sid: string): Spend['outcome'] {
    const code = error instanceof AuthError ? error.code : null
    if (code === 'rate-limited' || code === 'unavailable') return 'declared'
    if (code === 'session-expired') facts.refused.add(sid)
    if (code === 'account-banned') facts.banned.add(sid)
    return code === 'session-expired' || code === 'account-banned' ? 'answered' : 'unknown'
  }

  async function getUserFor(caller: Caller, tokens: { accessToken: string }, options: CallOptions): Promise<WorldUser> {
    try {
      return await call<WorldUser>('getUser', caller)(tokens, options)
    } catch (error) {
      const isBan = error instanceof AuthError && error.code === 'account-banned'
      if (isBan) facts.banned.add(accounts.ownerOf(tokens.accessToken)?.sid ?? '')
      throw error
    }
  }

  return {
    facts,
    accounts,
    connect: (caller: Caller): AuthClient<WorldUser, WorldPassword> => ({
      origin,
      signIn: call('signIn', caller),
      signUp: call('signUp', caller),
      answerChallenge: call('answerChallenge', caller),
      refresh: refreshFor(caller),
      signOut: call('signOut', caller),
      ...(setup.hasGetUser && { getUser: (tokens, options) => getUserFor(caller, tokens, options) }),
      ...(setup.hasPing && { ping: () => call('ping', caller)(undefined) }),
    }),
    /** The app's own server: believes good tokens, and answers 401 to others. */
    async api(caller: Caller, id: string, authorization: string | null): Promise<Response> {
      const token = authorization?.replace('Bearer ', '') ?? null
      caller.arrived({ id, token })
      const fault = takeFault('api')
      const kind = fault?.kind
      if (kind === 'slow' || kind === 'late') await sleep(fault?.seconds ?? 0)
      await caller.turn('api is answered')
      if (!caller.isAlive()) return never()
      if (!caller.isOnline() || kind === 'lostBefore' || kind === 'lostAfter' || kind === 'silent')
        throw new TypeError('Failed to fetch')
      const isRefused = kind === 'banned' || (token !== null && !accounts.isGoodAccess(token))
      return new Response('answer', { status: isRefused ? 401 : kind === '500' ? 500 : 200 })
    },
    fault: (fault: WorldFault) => void faults.push(fault),
    heal: () => void (faults = []),
    /** For campaigns that last longer than tokens: memory of the dead ones would look like a leak. */
    forgetDead() {
      accounts.forgetDead()
      for (const token of spends.keys()) if (!accounts.knowsRefresh(token)) spends.delete(token)
    },
  }
}

export type StrictServer = ReturnType<typeof strictServer>
