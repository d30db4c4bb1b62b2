import { reasonOf, verdictOf } from '../custody/judge.ts'
import { AuthError, toAuthError } from '../errors.ts'
import type { EndReason } from '../machine/types.ts'
import { withTimeout } from '../timeout.ts'
import type { Fields } from './admission.ts'
import type { Browser } from './browser.ts'
import type { HandlerSettings } from './options.ts'
import type { Renewal } from './renewal.ts'
import type { Seal } from './seal.ts'
import { endOf, isGood, toAnswer, type EndedSession, type Kept, type ServerSession } from './session.ts'

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

export function shown({ settings }: Call, session: ServerSession): object {
  return toAnswer(session, settings.clock.now(), settings.proxy.length === 0)
}

/** The session that the page means is the one of this browser, or the page has not heard of the one that took its place. */
export function meant({ browser, body }: Call): ServerSession {
  const kept = browser.kept()
  if (kept?.kind !== 'session') throw new AuthError('session-expired')
  const { session: id } = body
  const found = browser.named(String(id))
  if (!found) throw new AuthError('identity-changed')
  return found
}

/** Renews it, and keeps in the browser what came of it. A session that is over leaves word of that. */
export async function renewed(call: Pick<Call, 'settings' | 'browser' | 'renewal'>, session: ServerSession) {
  const { browser, renewal, settings } = call
  try {
    const next = await renewal.renew(session)
    await browser.put(next)
    return next
  } catch (thrown) {
    const error = toAuthError(thrown, 'network')
    const { code } = error
    const isOver = code === 'refresh-indeterminate' && !isGood(session, settings.clock.now())
    if (isOver || code === 'user-mismatch') return endWith(call, session, code)
    if (verdictOf(error) !== 'refused') throw error
    return endWith(call, session, reasonOf(error))
  }
}

export async function endWith(
  { browser, renewal }: Pick<Call, 'browser' | 'renewal'>,
  session: ServerSession,
  reason: EndReason,
): Promise<never> {
  // the page hears of it also when the store fails
  await browser.put(endOf(session, reason))
  if (isOfUser(reason)) await renewal.end(session, reason)
  const word = await renewal.endToken(session, reason)
  await keepWord(browser, session, word)
  throw new AuthError(isOfUser(word?.reason) ? word.reason : 'session-expired')
}

/** It concerns every token of the user. */
function isOfUser(reason: EndReason | undefined): reason is 'account-banned' | 'user-mismatch' {
  return reason === 'account-banned' || reason === 'user-mismatch'
}

/** What this browser says of a session that is over. Null: nothing. */
export async function keepWord(browser: Browser, { id }: Kept, word: EndedSession | null): Promise<void> {
  await (word ? browser.put(word) : browser.remove(id))
}

export async function withGoodToken(call: Pick<Call, 'settings' | 'browser' | 'renewal'>, session: ServerSession) {
  const latest = await call.renewal.latest(session)
  if (latest?.kind !== 'session') {
    await keepWord(call.browser, session, latest)
    throw new AuthError('session-expired')
  }
  if (latest.generation !== session.generation) await call.browser.put(latest)
  if (isGood(latest, call.settings.clock.now()) || latest.refreshToken === null) return latest
  return renewed(call, latest)
}

/** Tells the upstream, with a token that it takes: this is the last that is heard of the session. */
export async function endUpstream(settings: HandlerSettings, renewal: Renewal, session: ServerSession): Promise<void> {
  const latest = await renewal.latest(session)
  // an old cookie speaks for nothing but itself
  if (latest?.kind !== 'session') return
  try {
    const isUsable = isGood(latest, settings.clock.now()) || latest.refreshToken === null
    const last = isUsable ? latest : await renewal.renew(latest).catch(() => latest)
    await revoke(settings, last)
  } finally {
    await renewal.end(session)
  }
}

export async function revoke(
  { upstream, clock, requestTimeout }: HandlerSettings,
  session: ServerSession,
): Promise<void> {
  const signOutUpstream = upstream.signOut?.bind(upstream)
  if (!signOutUpstream) throw new AuthError('not-supported')
  await withTimeout(clock, requestTimeout, (signal) => signOutUpstream(session, { signal })).catch(
    (thrown: unknown) => {
      throw toAuthError(thrown, 'network')
    },
  )
}
