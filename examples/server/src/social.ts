import { randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from './clock.ts'
import type { Database, Flag } from './db.ts'
import { ApiError } from './errors.ts'
import { fingerprint, randomToken } from './secrets.ts'
import type { Provider } from './settings.ts'

/** Who the provider says has signed in. */
export interface SocialIdentity {
  readonly provider: Provider
  readonly subject: string
  readonly email: string
  readonly name: string
}

export interface SocialCodeRequest {
  readonly provider: Provider
  readonly email?: string | undefined
  readonly name?: string | undefined
  /** The provider's own id of the person. Default: derived from the e-mail. */
  readonly subject?: string | undefined
  /** The code is then good for this redirect URI only. */
  readonly redirectUri?: string | undefined
  /** Redeeming it answers 500 `auth/oauth-callback-failed`. */
  readonly fails?: boolean | undefined
}

/** Two ways to prove the same sign-in: use either. */
export interface SocialCode {
  /** Good once, for ten minutes. */
  readonly code: string
  /** A JWT of the embedded provider, good for ten minutes. */
  readonly idToken: string
}

interface SocialProof {
  readonly provider: Provider
  readonly code?: string | undefined
  readonly idToken?: string | undefined
  readonly redirectUri?: string | undefined
}

/** A provider inside this process, in the place of Google and GitHub. */
export interface SocialProvider {
  readonly issue: (request: SocialCodeRequest) => Promise<SocialCode>
  readonly identify: (proof: SocialProof) => Promise<SocialIdentity>
  /** A code is spent once the sign-in is through, not by an answer that asks for a second factor. */
  readonly spend: (proof: SocialProof) => void
}

interface CodeRow extends SocialIdentity {
  readonly redirect_uri: string | null
  readonly fails: Flag
  readonly expires_at: number
}

const LIFETIME_SECONDS = 600
const AUDIENCE = 'example-client'
const issuerOf = (provider: Provider) => `https://${provider}.provider.test`
const idTokenClaims = z.object({ sub: z.string(), email: z.string(), name: z.string() })

export function createSocialProvider(db: Database, clock: Clock): SocialProvider {
  const key = new Uint8Array(randomBytes(32))

  async function issue(request: SocialCodeRequest): Promise<SocialCode> {
    const { provider, email = `${provider}@demo.test`, name = `${provider} user`, redirectUri, fails } = request
    const subject = request.subject ?? `${provider}:${email}`
    const code = randomToken()
    const issuedAt = Math.floor(clock.now() / 1000)
    db.run(
      'insert into social_codes values (?, ?, ?, ?, ?, ?, ?, ?)',
      fingerprint(code),
      provider,
      subject,
      email,
      name,
      redirectUri ?? null,
      fails ? 1 : 0,
      clock.now() + LIFETIME_SECONDS * 1000,
    )
    const idToken = await new SignJWT({ email, name })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuerOf(provider))
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(key)
    return { code, idToken }
  }

  function byCode(provider: Provider, code: string, redirectUri: string | undefined): SocialIdentity {
    const row = db.one<CodeRow>(
      'select * from social_codes where hash = ? and provider = ?',
      fingerprint(code),
      provider,
    )
    if (!row || row.expires_at <= clock.now()) throw new ApiError('auth/invalid-oauth-code')
    if (row.redirect_uri !== null && row.redirect_uri !== redirectUri) throw new ApiError('auth/invalid-oauth-code')
    if (row.fails) throw new ApiError('auth/oauth-callback-failed')
    return { provider, subject: row.subject, email: row.email, name: row.name }
  }

  async function byIdToken(provider: Provider, idToken: string): Promise<SocialIdentity> {
    try {
      const { payload } = await jwtVerify(idToken, key, {
        algorithms: ['HS256'],
        issuer: issuerOf(provider),
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(clock.now()),
      })
      const { sub, email, name } = idTokenClaims.parse(payload)
      return { provider, subject: sub, email, name }
    } catch {
      throw new ApiError('auth/invalid-oauth-code')
    }
  }

  return {
    issue,
    identify: async ({ provider, code, idToken, redirectUri }) => {
      if (code !== undefined) return byCode(provider, code, redirectUri)
      if (idToken !== undefined) return byIdToken(provider, idToken)
      throw new ApiError('VALIDATION_ERROR', { message: 'code or idToken is required.' })
    },
    spend: ({ code }) => {
      if (code === undefined) return
      const spent = db.run('delete from social_codes where hash = ?', fingerprint(code))
      if (spent !== 1) throw new ApiError('auth/invalid-oauth-code')
    },
  }
}
