import { AuthError } from '../errors.ts'
import { field, own, text } from './answers.ts'

/** One of the user's sessions, on some device. */
export interface BkendSession {
  readonly id: string
  readonly userAgent: string | null
  readonly ipAddress: string | null
  readonly deviceInfo: string | null
  /** ISO 8601. */
  readonly lastActivityAt: string | null
  /** ISO 8601. */
  readonly createdAt: string | null
}

export interface BkendSessions {
  readonly items: readonly BkendSession[]
  /** How many there are on all pages; null if the server did not say. */
  readonly total: number | null
}

/** What an authenticator app needs. Secrets: show them and keep none. */
export interface BkendEnrolment {
  readonly secret: string
  /** An image (`data:` or `https:`); null if the server sent none. */
  readonly qrCodeUrl: string | null
  /** `otpauth://…`, to draw a QR code from or to open in the app. */
  readonly otpauthUrl: string | null
  readonly backupCodes: readonly string[]
}

/** Reads a page of sessions, or a bare list of them. */
export function readSessions(body: unknown): BkendSessions {
  const list = Array.isArray(body) ? body : own(body, 'items')
  if (!Array.isArray(list)) throw new AuthError('invalid-response')
  const total = own(own(body, 'pagination'), 'total')
  return { items: list.flatMap(readSession), total: typeof total === 'number' ? total : null }
}

function readSession(entry: unknown): BkendSession[] {
  const id = text(entry, 'id')
  if (!id) return []
  return [
    {
      id,
      userAgent: text(entry, 'userAgent'),
      ipAddress: text(entry, 'ipAddress') ?? text(entry, 'ip'),
      deviceInfo: text(entry, 'deviceInfo') ?? text(entry, 'device'),
      lastActivityAt: text(entry, 'lastActivityAt') ?? text(entry, 'lastAccessedAt'),
      createdAt: text(entry, 'createdAt'),
    },
  ]
}

export function readEnrolment(body: unknown): BkendEnrolment {
  const secret = text(body, 'secret')
  if (!secret) throw new AuthError('invalid-response')
  const codes = [text(body, 'qrCodeUrl'), text(body, 'qrCode'), text(body, 'otpauth')]
  return {
    secret,
    qrCodeUrl: codes.find((code) => code && /^(https:\/\/|data:image\/)/i.test(code)) ?? null,
    otpauthUrl: codes.find((code) => code && /^otpauth:\/\//i.test(code)) ?? null,
    backupCodes: readBackupCodes(body),
  }
}

export function readBackupCodes(body: unknown): readonly string[] {
  const codes = field(body, 'backupCodes')
  return Array.isArray(codes) ? codes.filter((code): code is string => typeof code === 'string') : []
}
