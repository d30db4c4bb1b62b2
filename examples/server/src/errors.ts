import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Every code this server answers with: its status and a message that says what to do next. */
const ERRORS = {
  'auth/invalid-credentials': [401, 'Email or password is incorrect.'],
  'auth/email-already-exists': [409, 'There is an account for this email already. Sign in instead.'],
  'auth/email-not-verified': [403, 'Verify the email address first. The link is in the mailbox.'],
  'auth/account-banned': [403, 'This account is suspended.'],
  'auth/account-locked': [429, 'This account is locked for now. Try again later.'],
  'auth/too-many-requests': [429, 'Too many requests. Try again later.'],
  'auth/too-many-login-attempts': [429, 'Too many sign-in attempts. Try again later.'],
  'auth/too-many-code-requests': [429, 'Too many emails were asked for. Try again later.'],
  'auth/rate-limit': [429, 'The request limit of this address is reached. Try again later.'],
  'auth/invalid-email': [400, 'An email address is required.'],
  'auth/invalid-email-format': [400, 'This is not an email address.'],
  'auth/invalid-password-format': [
    400,
    'A password has 8 to 128 characters, with upper case, lower case, a number and a special character.',
  ],
  'auth/weak-password': [400, 'This password is on a list of leaked ones. Choose another.'],
  'auth/same-as-previous-password': [400, 'The new password is the old one. Choose another.'],
  'auth/invalid-password': [401, 'The current password is incorrect.'],
  'auth/mfa-required': [403, 'A code is required: send the same request again with mfaCode.'],
  'auth/invalid-mfa-code': [401, 'The code is wrong or was used already.'],
  'auth/mfa-already-enabled': [409, 'A second factor is enabled already.'],
  'auth/mfa-not-enabled': [400, 'No second factor is enabled.'],
  'auth/unauthorized': [401, 'The session of this token has ended.'],
  'auth/token-expired': [401, 'This token has expired.'],
  'auth/access-token-expired': [401, 'This access token was ended early. Refresh it.'],
  'auth/invalid-token': [401, 'This token is not valid.'],
  'auth/invalid-token-format': [401, 'The Authorization header needs the form: Bearer <access token>.'],
  'auth/missing-authorization-header': [401, 'The Authorization header is missing.'],
  'auth/invalid-refresh-token': [401, 'This refresh token does not match, or its session has ended.'],
  'auth/session-expired': [401, 'The session has reached its end. Sign in again.'],
  'auth/session-not-found': [404, 'There is no such session.'],
  'auth/user-not-found': [404, 'The user has been deleted.'],
  'auth/account-not-found': [404, 'There is no such account.'],
  'auth/magiclink-disabled': [400, 'Magic links are switched off.'],
  'auth/verification-token-not-found': [404, 'This token is unknown or was used already.'],
  'auth/verification-token-expired': [401, 'This token has expired. Ask for a new one.'],
  'auth/already-verified': [400, 'The email address is verified already.'],
  'auth/unsupported-provider': [400, 'This provider is not supported.'],
  'auth/oauth-not-configured': [400, 'This provider is not configured.'],
  'auth/invalid-oauth-code': [401, 'The authorization code is not valid.'],
  'auth/oauth-callback-failed': [500, 'The provider could not be reached.'],
  'auth/account-exists-different-provider': [409, 'This email belongs to an account with another sign-in method.'],
  'auth/account-already-linked': [409, 'This provider is linked already.'],
  'auth/last-auth-method': [400, 'This is the last sign-in method of the account.'],
  'auth/invitation-expired': [410, 'This invitation has expired.'],
  'user/forbidden': [403, 'This account may not do that.'],
  // not in the list of auth codes: the vendor's general ones, where the contract is silent
  UNAUTHORIZED: [401, 'The project header is missing.'],
  TOKEN_REVOKED: [401, 'The project header names no live key or project.'],
  VALIDATION_ERROR: [400, 'The request is not valid.'],
  RECORD_NOT_FOUND: [404, 'There is no such record.'],
  NOT_FOUND: [404, 'There is nothing here.'],
  PAYLOAD_TOO_LARGE: [413, 'The body is too large.'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'Send the body as application/json.'],
  INTERNAL_ERROR: [500, 'Something went wrong.'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>

export type ErrorCode = keyof typeof ERRORS

/** `code`: `{ error }` · `success`: `{ success: false, error }` · `message`: `{ message }`, without a code. */
export type ErrorShape = 'code' | 'success' | 'message'

export interface ErrorDetails {
  /** What exactly, where the general message would not help. Never holds what the client sent. */
  readonly message?: string
  /** Seconds. */
  readonly retryAfter?: number
}

/** An answer other than success; thrown anywhere, written out once by the app. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly status: ContentfulStatusCode
  readonly retryAfter: number | null

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? ERRORS[code][1])
    this.name = 'ApiError'
    this.code = code
    this.status = ERRORS[code][0]
    this.retryAfter = details.retryAfter ?? null
  }
}

export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(ERRORS, value)
}

export function errorBody(shape: ErrorShape, code: string, message: string): Record<string, unknown> {
  if (shape === 'message') return { message }
  if (shape === 'success') return { success: false, error: { code, message } }
  return { error: { code, message } }
}
