import { zValidator } from '@hono/zod-validator'
import { z } from 'zod'
import { ApiError, isErrorCode } from './errors.ts'
import type { Settings } from './settings.ts'

/** A JSON body of that shape, or the error that its first complaint names. */
export const json = <Schema extends z.ZodType>(schema: Schema) =>
  zValidator('json', schema, (result) => {
    if (!result.success) throw invalidInput(result.error.issues)
  })

export const query = <Schema extends z.ZodType>(schema: Schema) =>
  zValidator('query', schema, (result) => {
    if (!result.success) throw invalidInput(result.error.issues)
  })

interface Issue {
  readonly message: string
  readonly path: readonly PropertyKey[]
}

/** Fields name their error code as the message of the schema; the rest is a validation error that names the field. */
function invalidInput(issues: readonly Issue[]): ApiError {
  const code = issues.map(({ message }) => message).find(isErrorCode)
  if (code) return new ApiError(code)
  const field = issues[0]?.path.join('.')
  return new ApiError('VALIDATION_ERROR', field ? { message: `The field ${field} is missing or not valid.` } : {})
}

const LEAKED = new Set(['password1!', 'passw0rd!', 'qwerty123!', 'admin123!', 'welcome1!', 'abcd1234!'])

export const email = z
  .string({ error: 'auth/invalid-email' })
  .trim()
  .min(1, { error: 'auth/invalid-email', abort: true })
  .max(254, { error: 'auth/invalid-email-format', abort: true })
  .regex(/^[^\s@<>"(),:;[\]\\]+@[^\s@<>"(),:;[\]\\]+\.[^\s@<>"(),:;[\]\\.]+$/, 'auth/invalid-email-format')
  .toLowerCase()

/** A password as a user types it to prove who they are. */
export const password = z
  .string({ error: 'auth/invalid-password-format' })
  .min(1, 'auth/invalid-password-format')
  .max(128, 'auth/invalid-password-format')

/** A password to be: it has to keep the rules. */
export const newPassword = password
  .min(8, { error: 'auth/invalid-password-format', abort: true })
  .refine((value) => [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z\d]/].every((rule) => rule.test(value)), {
    error: 'auth/invalid-password-format',
    abort: true,
  })
  .refine((value) => !LEAKED.has(value.toLowerCase()), 'auth/weak-password')

export const token = z.string().min(1).max(2000)
export const code = z.string().trim().min(1).max(64)
export const name = z.string().trim().min(1).max(100)
export const url = z.url({ protocol: /^https?$/ }).max(2000)

/** A link by mail carries a secret: it leads to an origin of ours or nowhere. */
export function requireOwnUrl(settings: Settings, callbackUrl: string | undefined): void {
  if (callbackUrl === undefined || settings.allowsOrigin(new URL(callbackUrl).origin)) return
  throw new ApiError('VALIDATION_ERROR', { message: 'The origin of callbackUrl is not allowed on this server.' })
}
