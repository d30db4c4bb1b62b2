import { AuthError, toAuthError } from '../errors.ts'
import type { EndReason } from '../machine/types.ts'
import { withTimeout } from '../timeout.ts'
import type { Fields } from './admission.ts'
import type { Browser } from './browser.ts'
import type { HandlerSettings } from './options.ts'
import type { Renewal } from './renewal.ts'
import type { Seal } from './seal.ts'
import { endOf, isGood, toAnswer, type ServerSession } from './session.ts'

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

export async function endWith(
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
export async function endUpstream(settings: HandlerSettings, renewal: Renewal, session: ServerSession): Promise<void> {
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
