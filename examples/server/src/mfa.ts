import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { User } from './accounts.ts'
import type { Clock } from './clock.ts'
import type { Database } from './db.ts'
import { ApiError } from './errors.ts'
import { fingerprint } from './secrets.ts'

interface Enrolment {
  readonly secret: string
  /** The `otpauth:` URL that an authenticator app reads from a QR code. */
  readonly qrCodeUrl: string
  readonly backupCodes: readonly string[]
}

/** Time-based codes and backup codes. Each code is good once. */
export interface Mfa {
  readonly begin: (user: User) => Enrolment
  /** The backup codes that `begin` showed; only their hashes are kept from here on. */
  readonly confirm: (user: User, code: string) => readonly string[]
  readonly disable: (user: User) => void
  /** Spends the code. */
  readonly accept: (user: User, code: string) => boolean
  /** A code that `accept` takes right now, for demos and tests. */
  readonly currentCode: (user: User) => string
}

interface Pending {
  readonly secret: string
  readonly backupCodes: readonly string[]
}

const STEP_MS = 30_000
const BACKUP_CODES = 8

export function createMfa(db: Database, clock: Clock): Mfa {
  const stepNow = () => Math.floor(clock.now() / STEP_MS)

  /** The step that the code belongs to: this one or a neighbour, for clocks that are a little off. */
  function stepOf(secret: string, code: string): number | null {
    const delta = totpOf(secret).validate({ token: code, timestamp: clock.now(), window: 1 })
    return delta === null ? null : stepNow() + delta
  }

  function acceptTotp(user: User, secret: string, code: string): boolean {
    const step = stepOf(secret, code)
    if (step === null) return false
    return db.run('update users set totp_last_step = ? where id = ? and totp_last_step < ?', step, user.id, step) === 1
  }

  function acceptBackupCode(user: User, code: string): boolean {
    return db.run('delete from backup_codes where user_id = ? and hash = ?', user.id, backupHash(code)) === 1
  }

  function begin(user: User): Enrolment {
    if (user.totp_secret) throw new ApiError('auth/mfa-already-enabled')
    const secret = new Secret({ size: 20 }).base32
    const backupCodes = Array.from({ length: BACKUP_CODES }, newBackupCode)
    const pending: Pending = { secret, backupCodes }
    db.run('update users set mfa_pending = ? where id = ?', JSON.stringify(pending), user.id)
    return { secret, qrCodeUrl: totpOf(secret, user.email).toString(), backupCodes }
  }

  function confirm(user: User, code: string): readonly string[] {
    if (user.totp_secret) throw new ApiError('auth/mfa-already-enabled')
    if (!user.mfa_pending) throw new ApiError('auth/mfa-not-enabled')
    const { secret, backupCodes } = JSON.parse(user.mfa_pending) as Pending
    const step = stepOf(secret, code)
    if (step === null) throw new ApiError('auth/invalid-mfa-code')
    db.transaction(() => {
      db.run(
        'update users set totp_secret = ?, totp_last_step = ?, mfa_pending = null where id = ?',
        secret,
        step,
        user.id,
      )
      for (const backup of backupCodes) db.run('insert into backup_codes values (?, ?)', user.id, backupHash(backup))
    })
    return backupCodes
  }

  return {
    begin,
    confirm,
    disable: (user) =>
      db.transaction(() => {
        db.run('update users set totp_secret = null, totp_last_step = 0 where id = ?', user.id)
        db.run('delete from backup_codes where user_id = ?', user.id)
      }),
    accept: (user, code) =>
      user.totp_secret !== null &&
      (/^\d{6}$/.test(code) ? acceptTotp(user, user.totp_secret, code) : acceptBackupCode(user, code)),
    currentCode: (user) => {
      const pending = user.mfa_pending ? (JSON.parse(user.mfa_pending) as Pending) : null
      const secret = user.totp_secret ?? pending?.secret
      if (!secret) throw new ApiError('auth/mfa-not-enabled')
      const lastStep = user.totp_secret ? user.totp_last_step : 0
      return totpOf(secret).generate({ timestamp: Math.max(stepNow(), lastStep + 1) * STEP_MS })
    },
  }
}

function totpOf(secret: string, label = 'account'): TOTP {
  return new TOTP({ issuer: 'Example server', label, secret: Secret.fromBase32(secret) })
}

/** 80 bits, as four groups of four. */
function newBackupCode(): string {
  const letters = new Secret({ buffer: new Uint8Array(randomBytes(10)).buffer }).base32
  return letters.match(/.{4}/g)?.join('-') ?? letters
}

function backupHash(code: string): string {
  return fingerprint(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''))
}
