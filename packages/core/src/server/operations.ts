import { isSameData } from '../data.ts'
import { AuthError, toAuthError } from '../errors.ts'
import type { EndReason } from '../machine/types.ts'
import { withTimeout } from '../timeout.ts'
import type { ChallengeDemand, Grant } from '../types.ts'
import type { Fields } from './admission.ts'
import type { Browser } from './browser.ts'
import { attempt, sessionOf, userOf } from './grants.ts'
import type { HandlerSettings } from './options.ts'
import type { Renewal } from './renewal.ts'
import type { Seal } from './seal.ts'
import { endOf, isGood, toAnswer, toEndedAnswer, type ServerSession } from './session.ts'

/** What one call has to work with. */
export interface Call {
  readonly settings: HandlerSettings
  readonly browser: Browser
  readonly renewal: Renewal
  /** For what the page keeps while a second factor is asked for. */
  readonly challengeSeal: Seal
  readonly body: Fields
  /** The page waits for the answer no more. */
  readonly isGone: () => boolean
  /** Goes on when the answer has been sent. */
  readonly after: (work: Promise<unknown>) => void
}

type Operation = (call: Call) => Promise<object>

/** The calls of the page, by the last part of their path. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['sign-in', (call) => enter(call, 'signIn')],
  ['sign-up', (call) => enter(call, 'signUp')],
  ['challenge', answerChallenge],
  ['session', findSession],
  ['refresh', refresh],
  ['user', findUser],
  ['sign-out', signOut],
])

const LONGEST_CHALLENGE = 300

async function enter(call: Call, method: 'signIn' | 'signUp'): Promise<object> {
  const { upstream } = call.settings
  const send = upstream[method]?.bind(upstream)
  if (!send) throw new AuthError('not-supported')
  return begin(call, (signal) => send(call.body['credentials'], { signal }))
}

async function answerChallenge(call: Call): Promise<object> {
  const { settings, challengeSeal, body } = call
  const { upstream, clock } = settings
  const opened = await challengeSeal.open(String(body['handle']))
  const { handle, until } = Object(opened) as { readonly handle?: unknown; readonly until?: number }
  if (until === undefined || until <= clock.now()) throw new AuthError('challenge-expired')
  const { code } = body
  if (typeof code !== 'string') throw new AuthError('invalid-request')
  const send = upstream.answerChallenge?.bind(upstream)
  if (!send) throw new AuthError('not-supported')
  return begin(call, (signal) => send({ handle, code }, { signal }))
}

/** A sign-in whose answer nobody waits for any more is revoked, whenever it comes. */
async function begin(call: Call, ask: (signal: AbortSignal) => Promise<Grant | ChallengeDemand>): Promise<object> {
  const { settings, browser, after } = call
  let asking: Promise<Grant | ChallengeDemand> | undefined
  let answer: Grant | ChallengeDemand
  try {
    answer = await withTimeout(settings.clock, settings.requestTimeout, (signal) => (asking = ask(signal)))
  } catch (thrown) {
    if (asking) after(attempt(() => asking?.then((late) => revokeGrant(settings, late))))
    throw toAuthError(thrown, 'network')
  }
  if ('challenge' in answer) return toChallenge(call, answer)
  let session: ServerSession
  try {
    const { seen } = call.body
    const generation = Number.isSafeInteger(seen) && (seen as number) > 0 ? (seen as number) : 0
    const unnamed = sessionOf(settings, answer, null, generation)
    session = { ...unnamed, user: await userOf(settings, answer, unnamed.accessToken) }
  } catch (thrown) {
    after(revokeGrant(settings, answer))
    throw toAuthError(thrown, 'network')
  }
  if (call.isGone()) {
    after(revokeGrant(settings, answer))
    throw new AuthError('cancelled')
  }
  await browser.add(session).catch((thrown: unknown) => {
    after(revokeGrant(settings, answer))
    throw thrown
  })
  return shown(call, session)
}

async function toChallenge({ settings, challengeSeal }: Call, { challenge }: ChallengeDemand): Promise<object> {
  const said = Number(challenge.expiresIn ?? LONGEST_CHALLENGE)
  const seconds = said >= 0 ? Math.min(LONGEST_CHALLENGE, said) : LONGEST_CHALLENGE
  const until = settings.clock.now() + seconds * 1000
  const handle = await challengeSeal.seal({ handle: challenge.handle, until })
  return { challenge: { kind: challenge.kind, handle, expiresIn: seconds } }
}

async function revokeGrant(settings: HandlerSettings, answer: Grant | ChallengeDemand): Promise<void> {
  if ('challenge' in answer) return
  await attempt(() => revoke(settings, sessionOf(settings, answer, null, 0)))
}

/** The session of this browser: nothing is renewed for that. */
async function findSession(call: Call): Promise<object> {
  const { settings, browser, renewal, after } = call
  const before = await browser.settle()
  if (before) after(attempt(() => endUpstream(settings, renewal, before)))
  const kept = browser.kept()
  const latest = await browser.latest()
  if (kept === null) return { session: null }
  if (latest === null) {
    await browser.remove(kept.id)
    return { session: null }
  }
  if (latest.kind === 'ended') return toEndedAnswer(latest)
  if (latest.generation !== kept.generation) await browser.put(latest)
  return shown(call, latest)
}

async function refresh(call: Call): Promise<object> {
  const { browser, body } = call
  const session = meant(call)
  // another tab was faster, and this browser has what came of it
  if (typeof body['generation'] === 'number' && session.generation > body['generation']) {
    const latest = await browser.latest()
    if (latest?.kind === 'session' && latest.id === session.id) return shown(call, latest)
  }
  return shown(call, await renewed(call, session))
}

async function findUser(call: Call): Promise<object> {
  const { settings, browser } = call
  const session = await withGoodToken(call, meant(call))
  const ask = (found: ServerSession): Promise<unknown> => userOf(settings, {}, found.accessToken)
  let asked = session
  const user = await ask(session).catch(async (thrown: unknown) => {
    if (toAuthError(thrown, 'network').code !== 'session-expired') throw thrown
    asked = await renewed(call, session)
    return ask(asked)
  })
  const { userId } = settings
  if (userId(user) !== userId(asked.user)) return endWith(call, asked, 'user-mismatch')
  if (!isSameData(user, asked.user)) await browser.put({ ...asked, user })
  return { user }
}

async function signOut(call: Call): Promise<object> {
  const { browser, body, settings, renewal } = call
  const id = String(body['session'])
  const session = browser.named(id)
  await browser.remove(id)
  if (session) await endUpstream(settings, renewal, session)
  return {}
}

/* ------------------------------------------------------------------ what several of them do */

function shown({ settings }: Call, session: ServerSession): object {
  return toAnswer(session, settings.clock.now(), settings.proxy.length === 0)
}

/** The session that the page means is the one of this browser, or the page has not heard of the one that took its place. */
function meant({ browser, body }: Call): ServerSession {
  const kept = browser.kept()
  if (kept?.kind !== 'session') throw new AuthError('session-expired')
  const { session: id } = body
  const found = browser.named(String(id))
  if (!found) throw new AuthError('identity-changed')
  return found
}

const ends: readonly string[] = ['session-expired', 'user-mismatch', 'account-banned'] satisfies EndReason[]

/** Renews it, and keeps in the browser what came of it. A session that is over leaves word of that. */
export async function renewed(call: Pick<Call, 'settings' | 'browser' | 'renewal'>, session: ServerSession) {
  const { browser, renewal, settings } = call
  try {
    const next = await renewal.renew(session)
    await browser.put(next)
    return next
  } catch (thrown) {
    const error = toAuthError(thrown, 'network')
    const isOver = error.code === 'refresh-indeterminate' && !isGood(session, settings.clock.now())
    const isEnd = isOver || (ends.includes(error.code) && (error.status ?? 401) < 500)
    if (!isEnd) throw error
    return endWith(call, session, isOver ? 'refresh-indeterminate' : (error.code as EndReason))
  }
}

async function endWith(
  { browser, renewal }: Pick<Call, 'browser' | 'renewal'>,
  session: ServerSession,
  reason: EndReason,
): Promise<never> {
  const isOfUser = reason === 'account-banned' || reason === 'user-mismatch'
  await browser.put(endOf(session, reason))
  await (isOfUser ? renewal.end(session) : renewal.endToken(session))
  throw new AuthError(isOfUser ? reason : 'session-expired')
}

export async function withGoodToken(call: Pick<Call, 'settings' | 'browser' | 'renewal'>, session: ServerSession) {
  const latest = await call.renewal.latest(session)
  if (!latest) throw new AuthError('session-expired')
  if (latest.generation !== session.generation) await call.browser.put(latest)
  if (isGood(latest, call.settings.clock.now()) || latest.refreshToken === null) return latest
  return renewed(call, latest)
}

/** Tells the upstream, with a token that it takes: this is the last that is heard of the session. */
async function endUpstream(settings: HandlerSettings, renewal: Renewal, session: ServerSession): Promise<void> {
  const latest = await renewal.latest(session)
  // an old cookie speaks for nothing but itself
  if (!latest) return
  try {
    const isUsable = isGood(latest, settings.clock.now()) || latest.refreshToken === null
    const last = isUsable ? latest : await renewal.renew(latest).catch(() => latest)
    await revoke(settings, last)
  } finally {
    await renewal.end(session)
  }
}

async function revoke({ upstream, clock, requestTimeout }: HandlerSettings, session: ServerSession): Promise<void> {
  const signOutUpstream = upstream.signOut?.bind(upstream)
  if (!signOutUpstream) throw new AuthError('not-supported')
  await withTimeout(clock, requestTimeout, (signal) => signOutUpstream(session, { signal })).catch(
    (thrown: unknown) => {
      throw toAuthError(thrown, 'network')
    },
  )
}
