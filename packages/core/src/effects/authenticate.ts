import type { Handover } from '../custody/handover.ts'
import { verdictOf } from '../custody/judge.ts'
import type { Revoke } from '../custody/sign-out.ts'
import { fieldOf } from '../data.ts'
import { AuthError, toAuthError } from '../errors.ts'
import type { Attempt, AuthFact } from '../machine/types.ts'
import { stopwatch } from '../ports/clock.ts'
import { fromGrant, readUser } from '../session/grant.ts'
import { toView, type Session, type SessionRules } from '../session/session.ts'
import { withTimeout } from '../timeout.ts'
import type { AuthClient, ChallengeDemand, Clock, Grant } from '../types.ts'
import type { PendingCredentials } from '../credentials.ts'
import type { Effect } from '../machine/parts.ts'
import type { Vault } from '../vault.ts'

const LONGEST_CHALLENGE = 300_000
const USER_TRIES = 3

type Report = (fact: AuthFact) => void

interface SigningIn {
  readonly client: AuthClient
  readonly vault: Vault
  readonly clock: Clock
  readonly rules: SessionRules
  readonly requestTimeout: number
  readonly lifetime: () => AbortSignal
  readonly handover: Pick<Handover, 'persistSignIn'>
  readonly revoke: Revoke
}

/** Signs in or up with the credentials that wait in the vault. Giving up or destroy() do not abort it: its grant is revoked. */
export const authenticate =
  (tools: SigningIn): Effect<{ attempt: Attempt }> =>
  ({ input, sendBack }) => {
    void answerWith(tools, input.attempt, sendBack, ({ method, input: given }, signal) => {
      const call = tools.client[method]?.bind(tools.client)
      return call ? call(given, { signal }) : Promise.reject(new AuthError('not-supported'))
    })
  }

/** Goes on with the second factor. */
export const answerChallenge =
  (tools: SigningIn): Effect<{ attempt: Attempt }> =>
  ({ input, sendBack }) => {
    void answerWith(tools, input.attempt, sendBack, (credentials, signal) => {
      const { handle, code = '' } = credentials
      delete credentials.code
      const call = tools.client.answerChallenge?.bind(tools.client)
      return call ? call({ handle, code }, { signal }) : Promise.reject(new AuthError('not-supported'))
    })
  }

async function answerWith(
  tools: SigningIn,
  attempt: Attempt,
  report: Report,
  ask: (credentials: PendingCredentials, signal: AbortSignal) => Promise<Grant | ChallengeDemand>,
): Promise<void> {
  const { vault, clock, requestTimeout } = tools
  let asking: Promise<Grant | ChallengeDemand> | undefined
  try {
    const credentials = vault.credentials.of(attempt)
    if (!credentials) throw new AuthError('cancelled')
    const answer = await withTimeout(clock, requestTimeout, (signal) => (asking = ask(credentials, signal)))
    asking = undefined
    const demand = readDemand(answer)
    if (!demand) return await beginSession(tools, answer as Grant, attempt, report)
    const elapsed = stopwatch(clock)
    credentials.handle = demand.handle
    credentials.left = () => demand.time - elapsed()
    report({ type: 'authenticate.challenged', kind: demand.kind })
  } catch (thrown) {
    const error = toAuthError(thrown, 'network')
    report({ type: 'authenticate.failed', error })
    // it is not waited for any longer, but the server may have begun a session
    void asking?.then((late) => revokeLate(tools, late)).catch(() => {})
  }
}

/** What a client hands out when a second factor is wanted; null: it granted. */
function readDemand(answer: unknown): { kind: string; handle: unknown; time: number } | null {
  if (typeof answer !== 'object' || answer === null) throw new AuthError('invalid-response')
  const challenge = fieldOf(answer, 'challenge') ?? null
  if (challenge === null) return null
  const kind = fieldOf(challenge, 'kind')
  if (typeof kind !== 'string') throw new AuthError('invalid-response')
  const seconds = Number(fieldOf(challenge, 'expiresIn') ?? Infinity)
  const time = seconds >= 0 ? Math.min(LONGEST_CHALLENGE, seconds * 1000) : LONGEST_CHALLENGE
  return { kind, handle: fieldOf(challenge, 'handle'), time }
}

async function revokeLate(tools: SigningIn, answer: Grant | ChallengeDemand): Promise<void> {
  if (!readDemand(answer))
    await tools.revoke(fromGrant(answer as Grant, null, { attempt: null, generation: 0 }, tools.rules))
}

/** Makes a session of a grant: who it is for, then durable, then told. */
async function beginSession(tools: SigningIn, grant: Grant, attempt: Attempt, report: Report): Promise<void> {
  const { vault, rules, lifetime } = tools
  const unidentified = fromGrant(grant, null, { attempt, generation: vault.generation }, rules)
  if (unidentified.accessToken === null) throw new AuthError('invalid-response')
  const isWanted = (): boolean => !lifetime().aborted && vault.credentials.of(attempt) !== null
  if (!isWanted()) return void tools.revoke(unidentified)
  let session: Session
  try {
    const user = readUser(grant.user, rules) ?? readUser(await askUser(tools, unidentified.accessToken), rules)
    if (user === undefined) throw new AuthError('invalid-response')
    session = { ...unidentified, user }
  } catch (error) {
    void tools.revoke(unidentified)
    throw error
  }
  const granted = { type: 'authenticate.granted', session: toView(session) } as const
  const isGranted = isWanted() && (await tools.handover.persistSignIn(session, isWanted, () => report(granted)))
  if (!isGranted) await tools.revoke(session)
}

function isWorthAnotherTry(error: AuthError): boolean {
  return verdictOf(error) === 'unknown' || error.code === 'unavailable'
}

/** A sign-in without its user would be half of one: tried again where the answer may only have been lost. */
async function askUser({ client, clock, requestTimeout, lifetime }: SigningIn, accessToken: string): Promise<unknown> {
  if (!client.getUser) throw new AuthError('invalid-response')
  for (let tries = 1; ; tries += 1) {
    try {
      return await withTimeout(
        clock,
        requestTimeout,
        (signal) => client.getUser!({ accessToken }, { signal }),
        lifetime(),
      )
    } catch (thrown) {
      const error = toAuthError(thrown, 'network')
      if (tries === USER_TRIES || error.code === 'cancelled' || !isWorthAnotherTry(error)) throw error
    }
  }
}
