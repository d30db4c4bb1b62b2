import { verdictOf } from '../classify.ts'
import { fieldOf } from '../data.ts'
import { AuthError, toAuthError } from '../errors.ts'
import type { Attempt, AuthFact } from '../machine/types.ts'
import { stopwatch } from '../ports/clock.ts'
import { fromGrant, readUser, toView, type Held } from '../session.ts'
import { withTimeout } from '../timeout.ts'
import type { ChallengeDemand, Grant } from '../types.ts'
import type { Secrets } from '../vault.ts'
import type { Establishing, World } from '../world.ts'
import { effect } from './effect.ts'

const LONGEST_CHALLENGE = 300_000
const USER_TRIES = 3

type Report = (fact: AuthFact) => void

/** Signs in or up with the credentials that wait in the vault. Giving up or destroy() do not abort it: its grant is revoked. */
export const authenticate = (world: World) =>
  effect<{ attempt: Attempt }>(({ input, sendBack }) => {
    void answerWith(world, input.attempt, sendBack, ({ method, input: credentials }, signal) => {
      const call = world.client[method]?.bind(world.client)
      return call ? call(credentials, { signal }) : Promise.reject(new AuthError('not-supported'))
    })
  })

/** Goes on with the second factor. */
export const answerChallenge = (world: World) =>
  effect<{ attempt: Attempt }>(({ input, sendBack }) => {
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
  const { vault, clock, requestTimeout } = world
  let asking: Promise<Grant | ChallengeDemand> | undefined
  try {
    const secrets = vault.secretsOf(attempt)
    if (!secrets) throw new AuthError('cancelled')
    const answer = await withTimeout(clock, requestTimeout, (signal) => (asking = ask(secrets, signal)))
    asking = undefined
    const demand = readDemand(answer)
    if (!demand) return await establish(world, answer as Grant, attempt, report)
    const elapsed = stopwatch(clock)
    secrets.handle = demand.handle
    secrets.left = () => demand.time - elapsed()
    report({ type: 'authenticate.challenged', kind: demand.kind })
  } catch (thrown) {
    const error = toAuthError(thrown, 'network')
    report({ type: 'authenticate.failed', error })
    // it is not waited for any longer, but the server may have begun a session
    void asking?.then((late) => revokeLate(world, late)).catch(() => {})
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

async function revokeLate(world: World, answer: Grant | ChallengeDemand): Promise<void> {
  if (!readDemand(answer))
    await world.tell(fromGrant(answer as Grant, null, { attempt: null, generation: 0 }, world.rules))
}

/** Makes a session of a grant: who it is for, then durable, then told. */
async function establish(world: World, grant: Grant, attempt: Attempt, report: Report): Promise<void> {
  const { vault, rules, lifetime } = world
  const unnamed = fromGrant(grant, null, { attempt, generation: vault.generation }, rules)
  if (unnamed.accessToken === null) throw new AuthError('invalid-response')
  const isWanted = (): boolean => !lifetime.aborted && vault.secretsOf(attempt) !== null
  if (!isWanted()) return void world.tell(unnamed)
  let held: Held
  try {
    const user = readUser(grant.user, rules) ?? readUser(await askUser(world, unnamed.accessToken), rules)
    if (user === undefined) throw new AuthError('invalid-response')
    held = { ...unnamed, user }
  } catch (error) {
    void world.tell(unnamed)
    throw error
  }
  const granted = { type: 'authenticate.granted', session: toView(held) } as const
  const isGranted = isWanted() && (await store(world, held, isWanted, () => report(granted)))
  if (!isGranted) await world.tell(held)
}

/** Stores a session before it is told; puts back what was there when it is given up meanwhile. True: it was told. */
async function store(world: World, held: Held, isWanted: () => boolean, tell: () => void): Promise<boolean> {
  // one after the other, or the one that was given up would be put back
  while (world.establishing) await world.establishing.done
  if (!isWanted()) return false
  let finish = (): void => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  const establishing: Establishing = { id: held.id, done, hasMissed: false }
  world.establishing = establishing
  try {
    const undo = await world.persistence.put(held, isWanted)
    const isStillWanted = isWanted()
    if (isStillWanted) {
      world.vault.stage(held)
      tell()
    } else {
      world.giveUp(held.id)
      await undo(world.isOver)
      // other tabs may have taken it up, and what was put back may be a sign-in of one of them
      world.post()
      establishing.hasMissed = true
    }
    return isStillWanted
  } finally {
    world.establishing = null
    finish()
    if (establishing.hasMissed) void world.look()
  }
}

function isWorthAnotherTry(error: AuthError): boolean {
  return verdictOf(error) === 'unknown' || error.code === 'unavailable'
}

/** A sign-in without its user would be half of one: tried again where the answer may only have been lost. */
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
      if (tries === USER_TRIES || error.code === 'cancelled' || !isWorthAnotherTry(error)) throw error
    }
  }
}
