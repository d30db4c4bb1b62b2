import { Hono } from 'hono'
import { z } from 'zod'
import { admit } from '../admission.ts'
import { answer, answerSignedIn } from '../answers.ts'
import type { Dialect } from '../dialects.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { code, email, json, name, newPassword, password, requireOwnUrl, url } from '../input.ts'
import { hashPassword, verifyPassword } from '../secrets.ts'

const byMagicLink = z.object({
  method: z.literal('magiclink'),
  email,
  callbackUrl: url,
  name: name.optional(),
})
const signUpBody = z.discriminatedUnion('method', [
  z.object({ method: z.literal('password'), email, password: newPassword, name: name.optional() }),
  byMagicLink,
])
const signInBody = z.discriminatedUnion('method', [
  z.object({ method: z.literal('password'), email, password, mfaCode: code.optional() }),
  byMagicLink,
])

/** Sign-up and sign-in by password, and asking for a magic link. */
export function emailRoutes(emulator: Emulator, dialect: Dialect): Hono<AppEnv> {
  const { accounts, limits, links, settings } = emulator
  const withMethod = <Schema extends z.ZodType>(schema: Schema) =>
    z.preprocess((body) => (isRecord(body) ? { method: dialect.defaultMethod, ...body } : body), schema)

  /** The same answer for every address: only the mailbox learns whether there is an account. */
  function sendMagicLink(body: z.output<typeof byMagicLink>, creates: boolean): { message: string; email: string } {
    if (!settings.magicLink) throw new ApiError('auth/magiclink-disabled')
    requireOwnUrl(settings, body.callbackUrl)
    limits.code('magiclink', body.email)
    if (creates || accounts.byEmail(body.email)) links.send({ ...body, kind: 'magiclink', creates })
    return { message: 'Magic link sent successfully', email: body.email }
  }

  return new Hono<AppEnv>()
    .post('/signup', json(withMethod(signUpBody)), async (c) => {
      const body = c.req.valid('json')
      if (body.method === 'magiclink') return answer(c, emulator, sendMagicLink(body, true))
      const passwordHash = await hashPassword(body.password)
      const user = accounts.create({ email: body.email, name: body.name, passwordHash, emailVerified: false })
      links.send({ kind: 'verify', email: user.email })
      admit(emulator, user, undefined)
      return answerSignedIn(c, emulator, dialect, { user, status: 201 })
    })
    .post('/signin', json(withMethod(signInBody)), async (c) => {
      const body = c.req.valid('json')
      if (body.method === 'magiclink') return answer(c, emulator, sendMagicLink(body, false))
      const attempt = limits.signIn(body.email)
      const passwordHash = accounts.byEmail(body.email)?.password_hash ?? null
      const matches = await verifyPassword(passwordHash, body.password)
      // read again: hashing takes its time, and the account may have changed meanwhile
      const user = accounts.byEmail(body.email)
      if (!matches || user?.password_hash !== passwordHash) throw new ApiError('auth/invalid-credentials')
      try {
        admit(emulator, user, body.mfaCode)
      } catch (error) {
        attempt.forgive()
        throw error
      }
      attempt.succeed()
      return answerSignedIn(c, emulator, dialect, { user })
    })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
