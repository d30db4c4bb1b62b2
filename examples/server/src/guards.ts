import type { Context, MiddlewareHandler } from 'hono'
import { addressOf, type AppEnv, type Caller } from './env.ts'
import type { Dialect } from './dialects.ts'
import type { Emulator } from './emulator.ts'
import { ApiError } from './errors.ts'

/** Every call names its project. */
export function requireProject({ settings }: Emulator, dialect: Dialect): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const given = c.req.header(dialect.projectHeader)
    if (given === undefined)
      throw new ApiError('UNAUTHORIZED', { message: `Send the ${dialect.projectHeader} header.` })
    if (given !== dialect.project(settings)) throw new ApiError('TOKEN_REVOKED')
    await next()
  }
}

export function limitRequests({ limits }: Emulator): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    limits.request(addressOf(c))
    await next()
  }
}

/** A form or an image of another site can send no JSON: the browser asks first, and CORS answers. */
export const requireJson: MiddlewareHandler<AppEnv> = async (c, next) => {
  const type = c.req.header('content-type')
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) throw new ApiError('UNSUPPORTED_MEDIA_TYPE')
  await next()
}

/** Only with a good access token of a session that is alive. */
export function requireCaller(emulator: Emulator): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const caller = await callerOf(emulator, c)
    if (!caller) throw new ApiError('auth/missing-authorization-header')
    c.set('caller', caller)
    await next()
  }
}

/** Null without an Authorization header; a bad one is refused even where none is needed. */
export async function callerOf(emulator: Emulator, c: Context<AppEnv>): Promise<Caller | null> {
  const header = c.req.header('authorization')
  if (header === undefined) return null
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(header)?.[1]
  if (token === undefined) throw new ApiError('auth/invalid-token-format')
  const claims = await emulator.access.verify(token)
  const session = emulator.sessions.alive(claims.sessionId)
  const user = emulator.accounts.byId(claims.userId)
  if (!session || !user || session.user_id !== user.id) throw new ApiError('auth/unauthorized')
  if (claims.epoch < session.access_epoch) throw new ApiError('auth/access-token-expired')
  if (user.banned) throw new ApiError('auth/account-banned')
  emulator.sessions.touch(session.id)
  return { user, session }
}
