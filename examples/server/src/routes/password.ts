import { Hono } from 'hono'
import { z } from 'zod'
import type { User } from '../accounts.ts'
import { provePassword } from '../admission.ts'
import { answer } from '../answers.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { requireCaller } from '../guards.ts'
import { email, json, newPassword, password, token } from '../input.ts'
import { hashPassword, verifyPassword } from '../secrets.ts'

/** New passwords. Each ends every session of its user, on every device. */
export function passwordRoutes(emulator: Emulator): Hono<AppEnv> {
  const { accounts, limits, links, sessions } = emulator

  async function newHash(user: User, wanted: string): Promise<string> {
    if (user.password_hash && (await verifyPassword(user.password_hash, wanted))) {
      throw new ApiError('auth/same-as-previous-password')
    }
    return hashPassword(wanted)
  }

  return new Hono<AppEnv>()
    .post('/password/reset/request', json(z.object({ email })), (c) => {
      const { email: address } = c.req.valid('json')
      limits.code('reset', address)
      if (accounts.byEmail(address)) links.send({ kind: 'reset', email: address })
      return answer(c, emulator, { message: 'Password reset email sent successfully' })
    })
    .post('/password/reset/confirm', json(z.object({ email, token, newPassword })), async (c) => {
      const body = c.req.valid('json')
      const link = links.find('reset', body.token)
      if (!link || link.used || link.email !== body.email) throw new ApiError('auth/verification-token-not-found')
      if (links.hasExpired(link)) throw new ApiError('auth/verification-token-expired')
      const user = accounts.byEmail(link.email)
      if (!user) throw new ApiError('auth/account-not-found')
      const passwordHash = await newHash(user, body.newPassword)
      if (links.find('reset', body.token)?.used) throw new ApiError('auth/verification-token-not-found')
      links.spend(link)
      accounts.setPassword(user.id, passwordHash)
      sessions.endAll(user.id)
      limits.unlock(user.email)
      return answer(c, emulator, { message: 'Password reset successfully' })
    })
    .post('/password/change', requireCaller(emulator), json(changeBody), async (c) => {
      const body = c.req.valid('json')
      const user = await provePassword(emulator, c.var.caller.user, body.currentPassword)
      const passwordHash = await newHash(user, body.newPassword)
      if (accounts.byId(user.id)?.password_hash !== user.password_hash) throw new ApiError('auth/invalid-password')
      accounts.setPassword(user.id, passwordHash)
      sessions.endAll(user.id)
      return answer(c, emulator, { message: 'Password changed successfully' })
    })
}

const changeBody = z.object({ currentPassword: password, newPassword })
