import { Hono } from 'hono'
import { z } from 'zod'
import { admit } from '../admission.ts'
import { answerSignedIn } from '../answers.ts'
import type { Dialect } from '../dialects.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { code, json, token } from '../input.ts'

/** Redeeming a magic link. It proves the address, not the second factor. */
export function magicLinkRoutes(emulator: Emulator, dialect: Dialect): Hono<AppEnv> {
  const { accounts, links } = emulator
  return new Hono<AppEnv>().post('/email/callback', json(z.object({ token, mfaCode: code.optional() })), (c) => {
    const body = c.req.valid('json')
    const link = links.find('magiclink', body.token)
    if (!link || link.used) throw new ApiError('auth/invalid-token')
    if (links.hasExpired(link)) throw new ApiError('auth/token-expired')
    const known = accounts.byEmail(link.email)
    if (!known && !link.creates) throw new ApiError('auth/account-not-found')
    if (known) {
      accounts.change(known.id, { emailVerified: true })
      admit(emulator, { ...known, email_verified: 1 }, body.mfaCode)
    }
    links.spend(link)
    const user = known
      ? { ...known, email_verified: 1 as const }
      : accounts.create({ email: link.email, name: link.name ?? undefined, passwordHash: null, emailVerified: true })
    return answerSignedIn(c, emulator, dialect, { user, isNewUser: !known })
  })
}
