import { AuthError } from '../errors.ts'
import { fromGrant, readUser } from '../session/grant.ts'
import { randomId, type SessionRules } from '../session/session.ts'
import { withTimeout } from '../timeout.ts'
import type { Grant } from '../types.ts'
import type { HandlerSettings } from './options.ts'
import type { ServerSession } from './session.ts'

/** What a grant of the upstream makes. @throws AuthError `'invalid-response'` */
export function sessionOf(settings: HandlerSettings, grant: Grant, user: unknown, generation: number): ServerSession {
  const { accessToken, refreshToken, receivedAt, lifetime, ...session } = fromGrant(
    grant,
    user,
    { attempt: null, generation },
    rulesOf(settings),
  )
  if (accessToken === null) throw new AuthError('invalid-response')
  return {
    kind: 'session',
    id: randomId(),
    generation: session.generation,
    user,
    accessToken,
    refreshToken,
    receivedAt,
    lifetime,
    signedInAt: receivedAt,
  }
}

/** The user that a grant is for: as it says, or as the upstream says. @throws AuthError if neither does */
export async function userOf(settings: HandlerSettings, grant: Grant, accessToken: string): Promise<unknown> {
  const { upstream, clock, requestTimeout } = settings
  const rules = rulesOf(settings)
  const given = readUser(grant.user, rules)
  if (given !== undefined) return given
  if (!upstream.getUser) throw new AuthError('invalid-response')
  const asked = await withTimeout(clock, requestTimeout, (signal) => upstream.getUser!({ accessToken }, { signal }))
  const user = readUser(asked, rules)
  if (user === undefined) throw new AuthError('invalid-response')
  return user
}

/** Does it, and hears nothing of how it ended. */
export async function attempt(work: () => unknown): Promise<void> {
  try {
    await work()
  } catch {
    // nothing can be done about it
  }
}

const rulesOf = ({ clock, userId, upstream }: HandlerSettings): SessionRules => ({
  clock,
  random: Math.random,
  refreshBefore: undefined,
  canRefresh: upstream.refresh !== undefined,
  userId,
  issuer: null,
})
