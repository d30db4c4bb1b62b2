import { AuthError, toAuthError } from '../errors.ts'
import { subjectOf } from '../session/claims.ts'
import { fromGrant, readUser } from '../session/grant.ts'
import { ageOf, isAnotherUser, isSameGrant, replaceEqual, type Session, type SessionRules } from '../session/session.ts'
import { withTimeout } from '../timeout.ts'
import type { Grant } from '../types.ts'
import { backOff, settled, type Outcome, type RenewalTools, type Spending } from './tools.ts'

/** What the answer makes of the session. @throws AuthError `'invalid-response'` */
export function nextOf(
  { client, rules, tolerance }: Pick<RenewalTools, 'client' | 'rules' | 'tolerance'>,
  { held, spent }: Pick<Spending, 'held' | 'spent'>,
  grant: Grant,
): Session {
  const { refreshToken } = spent
  const isKept = tolerance.time > 0 && (grant.refreshToken ?? null) === null
  const user = knownUser(grant.user, rules)
  const kept = isKept && refreshToken !== null && { refreshToken }
  const next = fromGrant({ ...grant, user, ...kept }, user ?? held.user, spent, rules)
  // a server that takes a token once does not hand it out again
  const isOldToken = next.refreshToken === refreshToken && client.replay === 'forbidden'
  if (!next.accessToken || !next.refreshToken || isOldToken) throw new AuthError('invalid-response')
  return next
}

/** The tokens are good whatever the answer says of the user: one that cannot be told from others is not given. */
function knownUser(user: unknown, rules: SessionRules): unknown {
  try {
    return readUser(user, rules)
  } catch {
    return undefined
  }
}

/** New tokens are durable before they are told. */
export async function store(tools: RenewalTools, spending: Spending, next: Session): Promise<Outcome> {
  const { vault, persistence } = tools
  const { held, revision } = spending
  if (isForAnother(held, next, tools.rules)) return endAsMismatch(tools, held, next)
  tools.onStep('store')
  vault.receive(next)
  const isHeld = (): boolean => vault.session?.id === held.id
  const write = async () => (isHeld() ? persistence.replace(revision, next, null) : null)
  // a sign-in that is being stored in its place may yet be given up: then the marked record is back
  let stored = (await write()) ?? (await tools.stored().then(write))
  const wasHeld = isHeld()
  if (stored === null) {
    const found = await persistence.read()
    tools.reconcile(found)
    // the record was lost
    if (!found && isHeld()) {
      await persistence.put(next, isHeld)
      stored = revision
    }
  }
  // a sign-in that another tab has stored and not told of may yet be given up there: then the marked record is back
  const isDisplaced = wasHeld && !isHeld() && stored === null && vault.session?.attempt === null
  if (isDisplaced) persistence.land(revision, next)
  // a sign-out that came during the write has removed the record, or will: nothing is held any more
  else if (!isHeld()) tools.onStale(next)
  if (stored === null || !isHeld()) return settled
  return (await identify(tools, held, next, stored)) ?? backOff(tools, held, 'session-expired')
}

/** Uses new tokens once it is known whom they are for. Null: only the next token can tell. */
export async function identify(
  tools: RenewalTools,
  held: Session,
  received: Session,
  revision: string,
): Promise<Outcome | null> {
  const { vault, persistence } = tools
  // for who waits for a renewal it is one, also where these tokens were found and nothing else was held
  const isFound = !received.identified && isSameGrant(received, vault.session)
  const next = isFound ? { ...received, generation: received.generation + 1 } : received
  const known = await ask(tools, held, next)
  if (known === 'another user') return endAsMismatch(tools, held, next)
  if (known instanceof AuthError) return known.code === 'session-expired' ? null : cannotTell(tools, held, known)
  const isStored = next.identified || (await persistence.replace(revision, known, null)) !== null
  if (isFound && !isStored) {
    tools.reconcile(await persistence.read())
    return isSameGrant(received, vault.session) ? backOff(tools, held, 'in-progress') : settled
  }
  const current = vault.session
  if (current?.id !== held.id) return settled
  tools.paceOf(held).succeeded()
  const canAsk = tools.client.getUser !== undefined
  const renewed = withUser(current, known, known.userGeneration === known.generation || !canAsk)
  // what said for whom the tokens are says so no longer, and nothing else can
  const isUnproven = !next.identified && !canAsk && subjectOf(held.accessToken) !== subjectOf(next.accessToken)
  vault.set(isUnproven ? { ...renewed, userGeneration: 0 } : renewed)
  tools.onRenewed()
  return settled
}

/** The user may have been confirmed or invalidated meanwhile: only an answer that names the user is news. */
function withUser(current: Session, known: Session, isSaid: boolean): Session {
  const { user, userGeneration } = isSaid && known.userGeneration > current.userGeneration ? known : current
  return { ...known, user: replaceEqual(current.user, user), userGeneration }
}

/** If the token does not say whom it is for, the server does. An error if that cannot be told now. */
async function ask(tools: RenewalTools, held: Session, next: Session): Promise<Session | 'another user' | AuthError> {
  const { client, rules } = tools
  const { accessToken } = next
  if (next.identified || !client.getUser || !accessToken) return { ...next, identified: true }
  if (ageOf(next, rules.clock) >= next.lifetime) return new AuthError('session-expired')
  tools.onStep('identify')
  try {
    const answer = await withTimeout(rules.clock, tools.requestTimeout, (signal) =>
      client.getUser!({ accessToken }, { signal }),
    )
    const user = readUser(answer, rules)
    if (user === undefined) return new AuthError('invalid-response')
    if (isAnotherUser(held.user, user, rules)) return 'another user'
    return { ...next, user, userGeneration: next.generation, identified: true }
  } catch (thrown) {
    return toAuthError(thrown, 'network')
  }
}

async function cannotTell(tools: RenewalTools, held: Session, error: AuthError): Promise<Outcome> {
  if (error.code !== 'account-banned') return tools.paceOf(held).backOff(error)
  await tools.onEnded(held, error.code)
  return settled
}

async function endAsMismatch(tools: RenewalTools, held: Session, next: Session): Promise<Outcome> {
  tools.onStale(next)
  await tools.onEnded(held, 'user-mismatch')
  return settled
}

/** Two answers of the server that name different people. */
export function isForAnother(held: Session, next: Session, rules: SessionRules): boolean {
  const before = subjectOf(held.accessToken)
  const after = subjectOf(next.accessToken)
  return (before !== null && after !== null && before !== after) || isAnotherUser(held.user, next.user, rules)
}
