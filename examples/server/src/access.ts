import { randomBytes } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Clock } from './clock.ts'
import type { Database } from './db.ts'
import { ApiError } from './errors.ts'
import type { Settings } from './settings.ts'

export const ISSUER = 'urn:authchart:example-server'
export const AUDIENCE = 'urn:authchart:example-project'

export interface AccessClaims {
  readonly userId: string
  readonly sessionId: string
  /** Tokens of an older epoch than their session's were ended early. */
  readonly epoch: number
}

/** Access tokens: JWTs with one algorithm, one issuer and one audience. */
export interface AccessTokens {
  readonly sign: (claims: AccessClaims) => Promise<string>
  readonly verify: (token: string) => Promise<AccessClaims>
}

export function createAccessTokens(db: Database, clock: Clock, settings: Settings): AccessTokens {
  const key = signingKey(db)
  return {
    sign: ({ userId, sessionId, epoch }) => {
      const issuedAt = Math.floor(clock.now() / 1000)
      return new SignJWT({ sid: sessionId, epoch })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(crypto.randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + settings.accessTtl)
        .sign(key)
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          typ: 'JWT',
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['sub', 'sid', 'epoch', 'iat', 'exp'],
          currentDate: new Date(clock.now()),
        })
        const { sub, sid, epoch } = payload
        if (typeof sub !== 'string' || typeof sid !== 'string' || typeof epoch !== 'number') {
          throw new ApiError('auth/invalid-token')
        }
        return { userId: sub, sessionId: sid, epoch }
      } catch (error) {
        throw new ApiError(error instanceof errors.JWTExpired ? 'auth/token-expired' : 'auth/invalid-token')
      }
    },
  }
}

/** Kept in the database, so that the sessions of a file survive a restart. */
function signingKey(db: Database): Uint8Array {
  db.run(`insert or ignore into meta values ('signing-key', ?)`, randomBytes(32).toString('base64'))
  const row = db.one<{ value: string }>(`select value from meta where key = 'signing-key'`)
  return Buffer.from(row?.value ?? '', 'base64')
}
