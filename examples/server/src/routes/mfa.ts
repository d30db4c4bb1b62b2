import { Hono } from 'hono'
import { z } from 'zod'
import { provePassword, proveSecondFactor } from '../admission.ts'
import { answer } from '../answers.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { requireCaller } from '../guards.ts'
import { code, json, password } from '../input.ts'

/** The second factor of the caller. */
export function mfaRoutes(emulator: Emulator): Hono<AppEnv> {
  const { limits, mfa } = emulator
  return new Hono<AppEnv>()
    .use('/mfa/*', requireCaller(emulator))
    .post('/mfa/enable', json(z.object({ password })), async (c) => {
      const user = await provePassword(emulator, c.var.caller.user, c.req.valid('json').password)
      return answer(c, emulator, mfa.begin(user))
    })
    .post('/mfa/confirm', json(z.object({ code })), (c) => {
      const { user } = c.var.caller
      const attempt = limits.secondFactor(user.id)
      const backupCodes = mfa.confirm(user, c.req.valid('json').code)
      attempt.succeed()
      return answer(c, emulator, { backupCodes })
    })
    .post('/mfa/disable', json(z.object({ password, code: code.optional() })), async (c) => {
      const body = c.req.valid('json')
      const user = await provePassword(emulator, c.var.caller.user, body.password)
      if (!user.totp_secret) throw new ApiError('auth/mfa-not-enabled')
      if (body.code !== undefined) proveSecondFactor(emulator, user, body.code)
      mfa.disable(user)
      return answer(c, emulator, {})
    })
}
