import { AuthError } from '../errors.ts'
import type { AccessTokens, Clock, Grant } from '../types.ts'

interface ServerSession<TUser> {
  readonly user: TUser
  isLive: boolean
}

interface ServerToken<TUser> {
  readonly session: ServerSession<TUser>
  /** Epoch milliseconds. */
  readonly dies: number
  isUsed: boolean
}

/** What a server with rotating refresh tokens knows. */
export interface ServerSessions<TUser> {
  readonly begin: (user: TUser) => Grant<TUser>
  /** A refresh token is good once. Shown again it ends all sessions of its user. */
  readonly refresh: (tokens: { readonly refreshToken: string }) => Grant<TUser>
  readonly getUser: (tokens: { readonly accessToken: string }) => TUser
  readonly end: (tokens: AccessTokens) => void
  readonly endAll: (user?: TUser) => void
}

const SECONDS = 3600
const LONGEST_IDLE = 7 * 86_400_000
const REFUSED = { status: 401 } as const

/** Sessions and tokens in memory: `access-1` and `refresh-1`, then `access-2` and `refresh-2`, and so on. */
export function serverSessions<TUser>({ now }: Pick<Clock, 'now'>): ServerSessions<TUser> {
  const sessions = new Set<ServerSession<TUser>>()
  const access = new Map<string, ServerToken<TUser>>()
  const refresh = new Map<string, ServerToken<TUser>>()
  let grants = 0

  function grantTo(session: ServerSession<TUser>): Grant<TUser> {
    grants += 1
    const grant = { accessToken: `access-${grants}`, refreshToken: `refresh-${grants}` }
    access.set(grant.accessToken, { session, dies: now() + SECONDS * 1000, isUsed: false })
    refresh.set(grant.refreshToken, { session, dies: now() + LONGEST_IDLE, isUsed: false })
    return { ...grant, expiresIn: SECONDS, user: session.user }
  }

  function good(token: ServerToken<TUser> | undefined): ServerToken<TUser> {
    if (!token?.session.isLive || token.dies <= now()) throw new AuthError('session-expired', REFUSED)
    return token
  }

  function endAll(user?: TUser): void {
    for (const session of sessions) if (user === undefined || session.user === user) session.isLive = false
  }

  return {
    begin(user) {
      const session = { user, isLive: true }
      sessions.add(session)
      return grantTo(session)
    },
    refresh({ refreshToken }) {
      const token = refresh.get(refreshToken)
      if (token?.isUsed) endAll(token.session.user)
      const { session } = good(token)
      if (token) token.isUsed = true
      return grantTo(session)
    },
    getUser: ({ accessToken }) => good(access.get(accessToken)).session.user,
    end({ accessToken, refreshToken }) {
      good(refresh.get(refreshToken ?? '') ?? access.get(accessToken ?? '')).session.isLive = false
    },
    endAll,
  }
}
