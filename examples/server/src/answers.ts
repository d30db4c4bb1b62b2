import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { viewOf, type User } from './accounts.ts'
import type { Dialect } from './dialects.ts'
import type { Emulator } from './emulator.ts'
import { deviceOf, type AppEnv } from './env.ts'
import type { Opened } from './sessions.ts'

/** A success, bare or in its envelope. */
export function answer(c: Context<AppEnv>, { settings }: Emulator, body: object, status: ContentfulStatusCode = 200) {
  return c.json(settings.envelope ? { success: true, data: body } : body, status)
}

/** A new token pair, in the words of the dialect. */
export async function tokensOf({ access, settings }: Emulator, dialect: Dialect, { claims, refreshToken }: Opened) {
  const accessToken = await access.sign(claims)
  return dialect.tokens({ accessToken, refreshToken, expiresIn: settings.accessTtl })
}

interface SignedIn {
  readonly user: User
  readonly status?: ContentfulStatusCode
  readonly isNewUser?: boolean
}

/** Starts a session and answers with its tokens. */
export async function answerSignedIn(c: Context<AppEnv>, emulator: Emulator, dialect: Dialect, signedIn: SignedIn) {
  const { user, status = 200, isNewUser } = signedIn
  const opened = emulator.sessions.start(user.id, deviceOf(c))
  const body = {
    ...(await tokensOf(emulator, dialect, opened)),
    ...dialect.beside(viewOf(user)),
    ...(isNewUser === undefined ? {} : { is_new_user: isNewUser }),
  }
  return answer(c, emulator, body, status)
}
