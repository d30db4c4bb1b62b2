import { AuthError, toAuthError } from '../errors.ts'
import { isSameGrant, type Session } from '../session/session.ts'
import { withTimeout } from '../timeout.ts'
import type { Grant } from '../types.ts'
import { deferred } from './pace.ts'
import { isOverwritten, maySpend, unidentifiedIn } from './spend.ts'
import { identify, nextOf, store } from './store.ts'
import { backOff, settled, type Exchange, type Found, type Outcome, type RenewalTools, type Spending } from './tools.ts'

const LONGEST_PING = 10_000
const THROTTLE = 10_000

/** One renewal, under the lock. Nothing aborts it, and nothing repeats a step. */
export async function renew(tools: RenewalTools, meant: Session, exchange: Exchange): Promise<Outcome> {
  // what was to be renewed may have been, while this waited for the lock
  if (!isSameGrant(meant, tools.vault.session)) return settled
  const found = await read(tools, meant)
  if ('type' in found) return found
  const refusal = await permit(tools, meant, found)
  if (refusal) return refusal
  const spending = await mark(tools, meant, found)
  return 'type' in spending ? spending : send(tools, spending, exchange)
}

async function read(tools: RenewalTools, meant: Session): Promise<Found | Outcome> {
  const { vault, persistence, reconcile } = tools
  tools.onStep('read')
  // a page that was asleep may have timed out, and no storage. While it does not say, its token is not spent
  let stored = await persistence.read().catch(persistence.read)
  if (stored?.kind === 'unreadable' && stored.isNewer) return backOff(tools, meant, 'storage-unavailable')
  if (reconcile(stored)) return settled
  if (isOverwritten(stored, meant) && isSameGrant(meant, vault.session)) {
    // perhaps over a mark, or in place of one
    if (tools.tombstones.mayBeSpent(meant)) return lost(tools, meant)
    await persistence.put(meant)
    stored = await persistence.read()
  }
  const unidentified = unidentifiedIn(stored, meant)
  const known = unidentified && (await identify(tools, meant, unidentified.session, unidentified.revision))
  // a newer token whose owner could not be asked for is good for this one thing
  const spent = unidentified?.session ?? vault.session
  return known ?? (stored?.kind === 'session' && spent?.refreshToken ? { stored, spent } : settled)
}

/** Null: the token may be sent. */
async function permit(tools: RenewalTools, meant: Session, { stored }: Found): Promise<Outcome | null> {
  const { vault, network, rules, tolerance } = tools
  const pace = tools.paceOf(meant)
  const decide = () =>
    maySpend({
      meant,
      held: vault.session,
      stored,
      isPaused: pace.pause() !== null,
      isOnline: network.isOnline(),
      isReplayable: tolerance.isReplayable,
      isThrottled: pace.isThrottled(meant),
    })
  let permission = decide()
  // the browser may be wrong: an answer would show it
  if (permission === 'offline' && (await probe(tools, meant)) === null) permission = decide()
  switch (permission) {
    case 'granted':
      return probe(tools, meant)
    case 'settled':
      return settled
    case 'paused':
      return pace.pause()
    case 'offline':
      return deferred(rules, new AuthError('offline'), 0)
    case 'lost':
      return lost(tools, meant)
    case 'throttled':
      return deferred(rules, new AuthError('rate-limited'), THROTTLE)
  }
}

/** Null: the server answers. Else the token is not risked. */
async function probe(tools: RenewalTools, meant: Session): Promise<Outcome | null> {
  const { client, rules } = tools
  if (!client.ping || !tools.isStale()) return null
  tools.onStep('probe')
  try {
    await withTimeout(rules.clock, LONGEST_PING, (signal) => client.ping!({ signal }))
    return null
  } catch (thrown) {
    return tools.paceOf(meant).backOff(toAuthError(thrown, 'network'))
  }
}

/** Durable before the request leaves: a tab that finds the mark knows that the token may be spent. */
async function mark(tools: RenewalTools, held: Session, found: Found): Promise<Spending | Outcome> {
  const { vault, persistence } = tools
  const { stored, spent } = found
  if (!isSameGrant(held, vault.session)) return settled
  tools.onStep('mark')
  tools.paceOf(held).begin(held)
  tools.tombstones.noteSpend(spent)
  const spend = tools.tolerance.begin(stored.spend)
  const revision = await persistence.replace(stored.revision, spent, spend)
  if (revision === null) {
    tools.reconcile(await persistence.read())
    return isSameGrant(held, vault.session) ? backOff(tools, held, 'in-progress') : settled
  }
  const spending = { ...found, held, revision, startedAt: spend.startedAt }
  if (await persistence.isSafeToSpend(spent, revision)) return spending
  await unmark(tools, spending)
  return backOff(tools, held, 'storage-unavailable')
}

async function send(tools: RenewalTools, spending: Spending, exchange: Exchange): Promise<Outcome> {
  const { accessToken, refreshToken } = spending.spent
  const take = (grant: Grant): Promise<Outcome> => store(tools, spending, nextOf(tools, spending, grant))
  const refuse = (thrown: unknown): Promise<Outcome> => fail(tools, spending, exchange, toAuthError(thrown, 'network'))
  let sent: Promise<Grant> | undefined
  tools.onStep('send')
  try {
    // nothing aborts it: the server may have taken the token, and then only the answer has the next one
    const { signal } = new AbortController()
    const tokens = { accessToken, refreshToken: refreshToken! }
    const grant = await withTimeout(
      tools.rules.clock,
      tools.requestTimeout,
      () => (sent = exchange.send(tokens, { signal })),
    )
    sent = undefined
    return await take(grant)
  } catch (thrown) {
    // what was thrown is its answer, or it is still to come
    const refuseLate = (late: unknown) => (late === thrown ? settled : refuse(late))
    if (sent) tools.onLate(sent.then(take, refuseLate).catch(() => {}))
    return refuse(thrown)
  }
}

async function fail(tools: RenewalTools, spending: Spending, exchange: Exchange, error: AuthError): Promise<Outcome> {
  const { held, spent, startedAt } = spending
  const verdict = exchange.verdictOf(error)
  if (verdict === 'refused') {
    await tools.onEnded(spent, error.code === 'account-banned' ? error.code : 'session-expired')
    return settled
  }
  // who sends the token on may know that its answer is lost for good
  const isLost = error.code === 'refresh-indeterminate' || !tools.tolerance.isReplayable(startedAt)
  if (verdict === 'unknown' && isLost) return lost(tools, held, error)
  // of a spend that may have been done the mark stays, so that the time counts from its beginning
  if (verdict !== 'unknown') {
    await unmark(tools, spending)
    tools.onUnmarked()
  }
  return exchange.isRenewal ? tools.paceOf(held).backOff(error) : deferred(tools.rules, error, 0)
}

/** It was not spent now. The mark of an earlier try, whose answer was lost, stays. */
async function unmark({ tombstones, persistence }: RenewalTools, { spent, revision, stored }: Spending): Promise<void> {
  const unmarked = await persistence.replace(revision, spent, stored.spend)
  // the mark of another tab stands, and its word; where the record had to go, other tabs leave the token to this one by it
  if (unmarked && !stored.spend && !persistence.isBehind()) tombstones.noteSpend(null)
}

function lost({ vault }: RenewalTools, session: Session, cause?: AuthError): Outcome {
  const { session: held } = vault
  if (held && isSameGrant(held, session)) vault.set({ ...held, spendUnknown: true })
  return { type: 'lost', error: new AuthError('refresh-indeterminate', { cause }) }
}
