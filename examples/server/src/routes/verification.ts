import { Hono } from 'hono'
import { z } from 'zod'
import { answer } from '../answers.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { callerOf } from '../guards.ts'
import { email, json, requireOwnUrl, token, url } from '../input.ts'

/** Proving that an e-mail address is one's own. */
export function verificationRoutes(emulator: Emulator): Hono<AppEnv> {
  const { accounts, limits, links, settings } = emulator
  return new Hono<AppEnv>()
    .post('/email/verify/:how{send|resend}', json(z.object({ email, callbackUrl: url.optional() })), async (c) => {
      const { email: address, callbackUrl } = c.req.valid('json')
      const caller = await callerOf(emulator, c)
      requireOwnUrl(settings, callbackUrl)
      // strangers get one answer for every address; a signed-in user may know about their own
      const isOwn = caller?.user.email === address
      if (isOwn && caller.user.email_verified) throw new ApiError('auth/already-verified')
      limits.code('verify', address)
      const user = accounts.byEmail(address)
      if (user && !user.email_verified) links.send({ kind: 'verify', email: address, callbackUrl })
      return answer(c, emulator, { message: 'Verification email sent successfully', verified: false })
    })
    .post('/email/verify/confirm', json(z.object({ email, token })), (c) => {
      const body = c.req.valid('json')
      const link = links.find('verify', body.token)
      if (!link || link.email !== body.email) throw new ApiError('auth/verification-token-not-found')
      const user = accounts.byEmail(link.email)
      if (!user) throw new ApiError('auth/account-not-found')
      if (user.email_verified) throw new ApiError('auth/already-verified')
      if (link.used) throw new ApiError('auth/verification-token-not-found')
      if (links.hasExpired(link)) throw new ApiError('auth/verification-token-expired')
      links.spend(link)
      accounts.change(user.id, { emailVerified: true })
      return answer(c, emulator, { message: 'Email verified successfully', verified: true })
    })
}
