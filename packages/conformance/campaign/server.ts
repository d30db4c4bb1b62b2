import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createServer, type ExampleServer } from '@authchart/example-server'
import type { Delay } from './plan.ts'

export type Phase = 'arrived' | 'committed' | 'answered'

/** A refresh as the server sees it. */
export interface RefreshCall {
  readonly tab: string
  /** The beginning of the hash of the token that was shown. */
  readonly token: string
  readonly phase: Phase
  /** How far it had come when no tab was left to answer to. */
  readonly lostIn: Phase | null
}

/** Something that happens to a tab while its request is at the server. */
export interface Strike {
  /** Of the time that the server takes; from 1 on it comes when the answer is on its way, or there. */
  readonly moment: number
  /** The server's time stands still until the strike has landed. */
  readonly isHeld: boolean
  readonly begin: (call: RefreshCall) => Promise<void>
}

/** The example server, which ends all sessions of a user whose refresh token is shown twice, and a look inside. */
export interface StrictServer {
  readonly url: string
  readonly control: ExampleServer['control']
  readonly users: ExampleServer['users']
  /** Forgets the calls before, and says how the next ones go. */
  readonly prepare: (delay: Delay, strike: Strike | null, note: (line: string) => void) => void
  readonly calls: () => readonly RefreshCall[]
  /** Resolves when no refresh is on its way. */
  readonly idle: () => Promise<void>
  /** Those that were carried out. */
  readonly refreshes: (email: string) => number
  /** Used refresh tokens that were shown again. */
  readonly replays: (email: string) => number
  /** Sessions that live. */
  readonly sessions: (email: string) => number
  /** Resolves when fewer live: a request of a page that is gone may still be on its way. */
  readonly fewerSessions: (email: string, than: number) => Promise<void>
  /** Refreshes that began while another one was under way. */
  readonly overlaps: () => number
  readonly close: () => Promise<void>
}

interface OpenCall extends RefreshCall {
  phase: Phase
  lostIn: Phase | null
}

interface Round {
  readonly delay: Delay
  readonly strike: Strike | null
  readonly note: (line: string) => void
  readonly calls: OpenCall[]
}

/** Seconds. Tokens are made to end by moving time, never by waiting. */
export const ACCESS_TTL = 90
const TEN_YEARS = 10 * 365 * 24 * 3600

export async function startServer(): Promise<StrictServer> {
  const server = createServer({ limits: false, accessTtl: ACCESS_TTL, refreshTtl: TEN_YEARS })
  const answer = server.app.fetch
  const underWay = new Set<Promise<Response>>()
  let overlaps = 0
  let round: Round = { delay: { before: 0, after: 0 }, strike: null, note: () => {}, calls: [] }

  async function refresh(request: Request, env: unknown): Promise<Response> {
    const own = round
    const body = await request.text()
    const call: OpenCall = { tab: tabOf(request), token: tokenOf(body), phase: 'arrived', lostIn: null }
    const reach = (phase: Phase): void => {
      call.phase = phase
      own.note(`${phase} at the server: ${call.tab}, token ${call.token}`)
    }
    socketOf(env).once('close', () => {
      if (call.phase === 'answered') return
      call.lostIn = call.phase
      own.note(`the call of ${call.tab} is waited for no more, ${call.phase}`)
    })
    const isFirst = own.calls.push(call) === 1
    const pass = (from: number, to: number): Promise<void> => passTime(own, isFirst, call, from, to)
    const { before, after } = own.delay

    reach('arrived')
    await pass(0, before)
    const copy = new Request(request.url, { method: request.method, headers: request.headers, body })
    const response = await answer(copy, env as object)
    reach('committed')
    await pass(before, before + after)
    reach('answered')
    if (isFirst) void strikeLate(own, call)
    return response
  }

  const sessions = (email: string): number => server.control.stats().users[email]?.sessions ?? 0
  const listeners = new Set<() => void>()
  /** Any answer may have ended a session. */
  async function told(response: Response | Promise<Response>): Promise<Response> {
    const answered = await response
    for (const listener of listeners) listener()
    return answered
  }

  server.app.fetch = (request, env, ...rest) => {
    const isRefresh = request.method === 'POST' && new URL(request.url).pathname === '/v1/auth/refresh'
    if (!isRefresh) return told(answer(request, env, ...rest))
    if (underWay.size > 0) overlaps += 1
    const response = refresh(request, env)
    underWay.add(response)
    // it fails where the tab was killed before it had sent all of its request; the listener sees to that
    const forget = (): void => void underWay.delete(response)
    response.then(forget, forget)
    return response
  }

  const listening = await server.listen(0)
  return {
    url: listening.url,
    control: server.control,
    users: server.users,
    prepare(delay, strike, note) {
      round = { delay, strike, note, calls: [] }
    },
    calls: () => round.calls,
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay)
    },
    refreshes: (email) => server.control.stats().users[email]?.refreshes ?? 0,
    replays: (email) => server.control.stats().users[email]?.replays ?? 0,
    sessions,
    fewerSessions: (email, than) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (sessions(email) >= than) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
      }),
    overlaps: () => overlaps,
    async close() {
      await listening.close()
      server.close()
    },
  }
}

/** Lets the server's time go from one moment to the other; the strike comes when its time has come. */
async function passTime(round: Round, isFirst: boolean, call: RefreshCall, from: number, to: number): Promise<void> {
  const { delay, strike } = round
  const at = strike && isFirst ? strike.moment * (delay.before + delay.after) : -1
  if (!strike || at < from || at >= to) {
    await wait(to - from)
    return
  }
  await wait(at - from)
  const landed = strike.begin(call)
  if (strike.isHeld) await landed
  await wait(to - at)
}

async function strikeLate({ delay, strike }: Round, call: RefreshCall): Promise<void> {
  if (!strike || strike.moment < 1) return
  await wait((strike.moment - 1) * (delay.before + delay.after))
  await strike.begin(call)
}

const tabOf = ({ url }: Request): string => new URL(url).searchParams.get('tab') ?? '?'
const tokenOf = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 6)

interface Socket {
  once(event: 'close', listener: () => void): void
}

/** The server's own listener hands it over with each request. */
const socketOf = (env: unknown): Socket => (env as { readonly incoming: { readonly socket: Socket } }).incoming.socket
