import { AuthError, toAuthError } from '../errors.ts'
import { withTimeout } from '../timeout.ts'
import type { ChallengeDemand, Grant } from '../types.ts'
import { revoke, shown, type Call } from './call.ts'
import { attempt, sessionOf, userOf } from './grants.ts'
import type { HandlerSettings } from './options.ts'
import type { ServerSession } from './session.ts'

const LONGEST_CHALLENGE = 300

export async function enter(call: Call, method: 'signIn' | 'signUp'): Promise<object> {
  const { upstream } = call.settings
  const send = upstream[method]?.bind(upstream)
  if (!send) throw new AuthError('not-supported')
  return begin(call, (signal) => send(call.body['credentials'], { signal }))
}

export async function answerChallenge(call: Call): Promise<object> {
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
