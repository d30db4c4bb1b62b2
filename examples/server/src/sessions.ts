import type { Accounts } from './accounts.ts'
import type { AccessClaims } from './access.ts'
import type { Clock } from './clock.ts'
import type { Database, Flag } from './db.ts'
import { ApiError } from './errors.ts'
import type { RateLimits } from './limits.ts'
import { fingerprint, randomToken } from './secrets.ts'
import { ORGANIZATIONS } from './seed.ts'
import type { Settings } from './settings.ts'
import type { StatsRecorder } from './stats.ts'

export interface Session {
  readonly id: string
  readonly user_id: string
  readonly organization_id: string
  readonly user_agent: string
  readonly ip_address: string
  readonly created_at: number
  readonly last_activity_at: number
  readonly expires_at: number
  readonly ended: Flag
  readonly access_epoch: number
}

export interface Device {
  readonly userAgent: string
  readonly ipAddress: string
}

/** A refresh token that was not spent yet, and what the access token beside it says. */
export interface Opened {
  readonly claims: AccessClaims
  readonly refreshToken: string
}

export interface Sessions {
  readonly start: (userId: string, device: Device) => Opened
  /** Spends a refresh token. One that was spent before ends every session of its user. */
  readonly rotate: (refreshToken: string) => Opened
  readonly switchOrganization: (session: Session, organizationId: string) => Opened
  /** Null once the session has ended. */
  readonly alive: (id: string) => Session | null
  readonly touch: (id: string) => void
  readonly end: (id: string) => void
  readonly endAll: (userId: string) => void
  readonly page: (userId: string, page: number, limit: number) => { readonly items: Session[]; readonly total: number }
  readonly count: (userId?: string) => number
  /** Ends every access token given out so far; refresh tokens stay good. */
  readonly expireAccess: (userId?: string) => void
}

interface TokenRow {
  readonly hash: string
  readonly session_id: string
  readonly used: Flag
}

export interface SessionsDeps {
  readonly db: Database
  readonly clock: Clock
  readonly settings: Settings
  readonly accounts: Accounts
  readonly limits: RateLimits
  readonly stats: StatsRecorder
}

export function createSessions({ db, clock, settings, accounts, limits, stats }: SessionsDeps): Sessions {
  const byId = (id: string) => db.one<Session>('select * from sessions where id = ?', id)
  const hasEnded = (session: Session) => session.ended === 1 || session.expires_at <= clock.now()
  const endAll = (userId: string) => void db.run('update sessions set ended = 1 where user_id = ?', userId)

  /** The one live refresh token of a session: whatever was there before is spent. */
  function open(session: Session): Opened {
    const refreshToken = randomToken()
    db.run('update refresh_tokens set used = 1 where session_id = ?', session.id)
    db.run('insert into refresh_tokens (hash, session_id) values (?, ?)', fingerprint(refreshToken), session.id)
    db.run('update sessions set last_activity_at = ? where id = ?', clock.now(), session.id)
    return {
      claims: { userId: session.user_id, sessionId: session.id, epoch: session.access_epoch },
      refreshToken,
    }
  }

  function start(userId: string, { userAgent, ipAddress }: Device): Opened {
    const now = clock.now()
    const session: Session = {
      id: `ses_${crypto.randomUUID()}`,
      user_id: userId,
      organization_id: ORGANIZATIONS.main.id,
      user_agent: userAgent,
      ip_address: ipAddress,
      created_at: now,
      last_activity_at: now,
      expires_at: now + settings.refreshTtl * 1000,
      ended: 0,
      access_epoch: 0,
    }
    stats.signedIn(userId)
    return db.transaction(() => {
      db.run(
        `insert into sessions (id, user_id, organization_id, user_agent, ip_address, created_at, last_activity_at,
           expires_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
        session.id,
        userId,
        session.organization_id,
        userAgent,
        ipAddress,
        now,
        now,
        session.expires_at,
      )
      return open(session)
    })
  }

  function rotate(refreshToken: string): Opened {
    const token = db.one<TokenRow>('select * from refresh_tokens where hash = ?', fingerprint(refreshToken))
    const session = token && byId(token.session_id)
    if (!token || !session) throw new ApiError('auth/invalid-refresh-token')
    if (token.used) {
      stats.replayed(session.user_id)
      endAll(session.user_id)
      throw new ApiError('auth/invalid-refresh-token')
    }
    const user = accounts.byId(session.user_id)
    if (!user) throw new ApiError('auth/user-not-found')
    if (user.banned) throw new ApiError('auth/account-banned')
    if (session.ended) throw new ApiError('auth/invalid-refresh-token')
    if (hasEnded(session)) throw new ApiError('auth/session-expired')
    limits.refresh(session.id)
    const opened = db.transaction(() => open(session))
    stats.refreshed(session.user_id)
    return opened
  }

  return {
    start,
    rotate,
    switchOrganization: (session, organizationId) =>
      db.transaction(() => {
        db.run('update sessions set organization_id = ? where id = ?', organizationId, session.id)
        return open(session)
      }),
    alive: (id) => {
      const session = byId(id)
      return session && !hasEnded(session) ? session : null
    },
    touch: (id) => void db.run('update sessions set last_activity_at = ? where id = ?', clock.now(), id),
    end: (id) => void db.run('update sessions set ended = 1 where id = ?', id),
    endAll,
    page: (userId, page, limit) => {
      const where = 'from sessions where user_id = ? and ended = 0 and expires_at > ?'
      const now = clock.now()
      return {
        items: db.all<Session>(
          `select * ${where} order by last_activity_at desc, rowid desc limit ? offset ?`,
          userId,
          now,
          limit,
          (page - 1) * limit,
        ),
        total: db.one<{ total: number }>(`select count(*) as total ${where}`, userId, now)?.total ?? 0,
      }
    },
    count: (userId) =>
      db.one<{ total: number }>(
        'select count(*) as total from sessions where ended = 0 and expires_at > ? and (? is null or user_id = ?)',
        clock.now(),
        userId ?? null,
        userId ?? null,
      )?.total ?? 0,
    expireAccess: (userId) =>
      void db.run(
        'update sessions set access_epoch = access_epoch + 1 where ? is null or user_id = ?',
        userId ?? null,
        userId ?? null,
      ),
  }
}
