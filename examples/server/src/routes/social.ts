import { Hono } from 'hono'
import { z } from 'zod'
import type { User } from '../accounts.ts'
import { admit } from '../admission.ts'
import { answerSignedIn } from '../answers.ts'
import type { Dialect } from '../dialects.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { code, json, token } from '../input.ts'
import { PROVIDERS, type Provider } from '../settings.ts'
import type { SocialIdentity } from '../social.ts'

const body = z.object({
  code: token.optional(),
  idToken: token.optional(),
  redirectUri: z.string().max(2000).optional(),
  state: z.string().max(2000).optional(),
  mfaCode: code.optional(),
})

/** Sign-in with a code or id token of a provider. `state` is the client's to check. */
export function socialRoutes(emulator: Emulator, dialect: Dialect): Hono<AppEnv> {
  const { accounts, db, settings, social } = emulator

  function linkedUser({ provider, subject, email }: SocialIdentity): User | null {
    const linked = db.one<{ user_id: string }>(
      'select user_id from identities where provider = ? and subject = ?',
      provider,
      subject,
    )
    const user = linked && accounts.byId(linked.user_id)
    if (!user && accounts.byEmail(email)) throw new ApiError('auth/account-exists-different-provider')
    return user
  }

  function createLinked({ provider, subject, email, name }: SocialIdentity): User {
    const user = accounts.create({ email, name, passwordHash: null, emailVerified: true })
    db.run('insert or replace into identities values (?, ?, ?)', provider, subject, user.id)
    return user
  }

  return new Hono<AppEnv>().post('/:provider/callback', json(body), async (c) => {
    const provider = c.req.param('provider')
    if (!isProvider(provider)) throw new ApiError('auth/unsupported-provider')
    if (!settings.providers.includes(provider)) throw new ApiError('auth/oauth-not-configured')
    const proof = { provider, ...c.req.valid('json') }
    const identity = await social.identify(proof)
    const known = linkedUser(identity)
    if (known) admit(emulator, known, proof.mfaCode)
    social.spend(proof)
    const user = known ?? createLinked(identity)
    return answerSignedIn(c, emulator, dialect, { user, isNewUser: !known })
  })
}

function isProvider(value: string): value is Provider {
  return PROVIDERS.some((provider) => provider === value)
}
