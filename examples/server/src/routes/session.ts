import { Hono } from 'hono'
import { z } from 'zod'
import { viewOf } from '../accounts.ts'
import { answer, tokensOf } from '../answers.ts'
import { describeDevice } from '../device.ts'
import type { Dialect } from '../dialects.ts'
import type { Emulator } from '../emulator.ts'
import type { AppEnv } from '../env.ts'
import { ApiError } from '../errors.ts'
import { requireCaller } from '../guards.ts'
import { json, query, token } from '../input.ts'
import type { Session } from '../sessions.ts'

const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(10),
})

/** The life of a session after its sign-in. */
export function sessionRoutes(emulator: Emulator, dialect: Dialect): Hono<AppEnv> {
  const { accounts, sessions } = emulator
  const signedIn = requireCaller(emulator)
  return new Hono<AppEnv>()
    .post('/refresh', json(refreshBody(dialect)), async (c) => {
      const opened = sessions.rotate(c.req.valid('json').refreshToken)
      return answer(c, emulator, await tokensOf(emulator, dialect, opened))
    })
    .get('/me', signedIn, (c) => answer(c, emulator, viewOf(c.var.caller.user)))
    .post('/signout', signedIn, (c) => {
      sessions.end(c.var.caller.session.id)
      return answer(c, emulator, { message: 'Signed out successfully' })
    })
    .get('/sessions', signedIn, query(pageQuery), (c) => {
      const { page, limit } = c.req.valid('query')
      const { items, total } = sessions.page(c.var.caller.user.id, page, limit)
      return answer(c, emulator, { items: items.map(sessionView), pagination: { page, limit, total } })
    })
    .delete('/sessions/:id', signedIn, (c) => {
      const session = sessions.alive(c.req.param('id'))
      if (session?.user_id !== c.var.caller.user.id) throw new ApiError('auth/session-not-found')
      sessions.end(session.id)
      return answer(c, emulator, { message: 'Session ended successfully' })
    })
    .post('/switch-organization', signedIn, json(z.object({ organizationId: token })), async (c) => {
      const { user, session } = c.var.caller
      const { organizationId } = c.req.valid('json')
      if (!accounts.isMember(user.id, organizationId)) throw new ApiError('user/forbidden')
      const opened = sessions.switchOrganization(session, organizationId)
      return answer(c, emulator, await tokensOf(emulator, dialect, opened))
    })
    .delete('/withdraw', signedIn, (c) => {
      const { user } = c.var.caller
      sessions.endAll(user.id)
      accounts.remove(user.id)
      return answer(c, emulator, { message: 'Account deleted successfully' })
    })
}

function refreshBody({ refreshField }: Dialect) {
  return z
    .record(z.string(), z.unknown())
    .transform((body) => ({ refreshToken: Object.hasOwn(body, refreshField) ? body[refreshField] : undefined }))
    .pipe(z.object({ refreshToken: z.string({ error: 'VALIDATION_ERROR' }).min(1).max(2000) }))
}

function sessionView(session: Session) {
  return {
    id: session.id,
    userAgent: session.user_agent,
    ipAddress: session.ip_address,
    deviceInfo: describeDevice(session.user_agent),
    lastActivityAt: new Date(session.last_activity_at).toISOString(),
    createdAt: new Date(session.created_at).toISOString(),
  }
}
