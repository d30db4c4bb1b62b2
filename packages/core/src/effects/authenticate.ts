import { fromCallback } from 'xstate'
import { AuthError, toAuthError } from '../errors.ts'
import type { Attempt, AuthEvent } from '../machine/types.ts'
import { fromGrant, toView } from '../session.ts'
import { withTimeout } from '../timeout.ts'
import type { ChallengeDemand, Grant } from '../types.ts'
import type { Secrets } from '../vault.ts'
import type { World } from '../world.ts'

const LONGEST_CHALLENGE = 300_000
const USER_TRIES = 3

type Report = (fact: AuthEvent) => void

/** Signs in or up with the credentials that wait in the vault. Giving up does not abort it: its grant is revoked. */
export const authenticate = (world: World) =>
  fromCallback<AuthEvent, { attempt: Attempt }>(({ input, sendBack }) => {
    void answerWith(world, input.attempt, sendBack, ({ method, input: credentials }, signal) => {
      const call = world.client[method]?.bind(world.client)
      return call ? call(credentials, { signal }) : Promise.reject(new AuthError('not-supported'))
    })
  })

/** Goes on with the second factor. */
export const answerChallenge = (world: World) =>
  fromCallback<AuthEvent, { attempt: Attempt }>(({ input, sendBack }) => {
    void answerWith(world, input.attempt, sendBack, (secrets, signal) => {
      const { handle, code = '' } = secrets
      delete secrets.code
      const call = world.client.answerChallenge?.bind(world.client)
      return call ? call({ handle, code }, { signal }) : Promise.reject(new AuthError('not-supported'))
    })
  })

async function answerWith(
  world: World,
  attempt: Attempt,
  report: Report,
  ask: (secrets: Secrets, signal: AbortSignal) => Promise<Grant | ChallengeDemand>,
): Promise<void> {
  try {
    const secrets = world.vault.secretsOf(attempt)
    if (!secrets) throw new AuthError('cancelled')
    const answer = await withTimeout(
      world.clock,
      world.requestTimeout,
      (signal) => ask(secrets, signal),
      world.lifetime,
    )
    if (typeof answer !== 'object' || answer === null) throw new AuthError('invalid-response')
    if ('challenge' in answer) {
      const { kind, handle, expiresIn } = answer.challenge
      secrets.handle = handle
      secrets.lapsesAt = world.clock.now() + Math.min(LONGEST_CHALLENGE, (expiresIn ?? Infinity) * 1000)
      report({ type: 'authenticate.challenged', kind })
      return
    }
    await establish(world, answer, attempt, report)
  } catch (thrown) {
    report({ type: 'authenticate.failed', error: toAuthError(thrown, 'network') })
  }
}

/** Makes a session of a grant: who it is for, then durable, then told. */
async function establish(world: World, grant: Grant, attempt: Attempt, report: Report): Promise<void> {
  const { vault, persistence, rules } = world
  const before = { attempt, generation: vault.generation }
  const unnamed = fromGrant(grant, null, before, rules)
  if (unnamed.accessToken === null) throw new AuthError('invalid-response')
  const isWanted = (): boolean => vault.secretsOf(attempt) !== null
  if (!isWanted()) return void world.tell(unnamed)
  let user = grant.user
  try {
    user ??= await askUser(world, unnamed.accessToken)
  } catch (error) {
    void world.tell(unnamed)
    throw error
  }
  const held = { ...unnamed, user }
  if (isWanted()) {
    world.establishing = held.id
    await persistence.put(held)
    world.establishing = null
  }
  if (isWanted()) {
    vault.stage(held)
    report({ type: 'authenticate.granted', session: toView(held) })
    return
  }
  // given up while it was being stored
  await (vault.held ? persistence.put(vault.held) : persistence.end((id) => id === held.id, null))
  await world.tell(held)
}

async function askUser({ client, clock, requestTimeout, lifetime }: World, accessToken: string): Promise<unknown> {
  if (!client.getUser) throw new AuthError('invalid-response')
  for (let tries = 1; ; tries += 1) {
    try {
      return await withTimeout(
        clock,
        requestTimeout,
        (signal) => client.getUser!({ accessToken }, { signal }),
        lifetime,
      )
    } catch (thrown) {
      const error = toAuthError(thrown, 'network')
      if (tries === USER_TRIES || error.code === 'session-expired' || error.code === 'cancelled') throw error
    }
  }
}
