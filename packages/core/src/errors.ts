/** What can go wrong, and what the user or the program can do next. One entry per code. */
const advice = {
  'account-banned': 'This account is blocked. Contact support.',
  'account-locked': 'This account is locked for now. Try again later or reset the password.',
  'already-done': 'This was already done.',
  cancelled: 'The sign-in was cancelled.',
  'challenge-expired': 'The sign-in took too long. Sign in again.',
  'challenge-required': 'A second factor is needed. Ask for the code and call answerChallenge().',
  destroyed: 'This auth was destroyed. Create a new one.',
  'email-not-verified': 'This e-mail address is not confirmed. Open the link that was sent.',
  'email-taken': 'There is an account for this e-mail. Sign in instead.',
  forbidden: 'This account may not do that.',
  'identity-changed': 'Another user is signed in now.',
  'in-progress': 'This is under way. Wait for its end.',
  'invalid-code': 'The code is wrong. Try again.',
  'invalid-credentials': 'The e-mail or password is wrong. Try again.',
  'invalid-email': 'This is not an e-mail address. Correct it.',
  'invalid-request': 'This input is not accepted. Correct it and try again.',
  'invalid-response': 'The answer is unreadable. Try again later.',
  'link-expired': 'This link was used or is too old. Ask for a new one.',
  misconfigured: 'The app is not set up for this. Check the options of its client.',
  network: 'The server could not be reached. Check the connection and try again.',
  'no-challenge': 'No code is asked for. Sign in first.',
  'not-authenticated': 'No user is signed in. Sign in first.',
  'not-found': 'This does not exist.',
  'not-supported': 'The auth client cannot do this.',
  offline: 'There is no connection. Wait until it is back.',
  'rate-limited': 'Too many tries. Wait and try again.',
  'refresh-indeterminate': 'The answer to a renewal was lost. Sign in again when the session is over.',
  'session-expired': 'The session is over. Sign in again.',
  'storage-unavailable': 'The browser does not keep the session. It lasts as long as this page.',
  superseded: 'A later sign-in replaced this one.',
  timeout: 'The server did not answer in time. Try again.',
  unavailable: 'The server cannot answer right now. Try again later.',
  unknown: 'Something went wrong. Try again.',
  'user-mismatch': 'The server answered for another user. The session is over.',
  'weak-password': 'This password is not accepted. Choose another one.',
} as const

/** Every code an {@link AuthError} can carry. Switch on it; the union is closed. */
export type AuthErrorCode = keyof typeof advice

export interface AuthErrorOptions {
  /** What led here. Only its name is kept: the message of an error that is not ours may hold a secret. */
  readonly cause?: unknown
  /** Seconds to wait before the next try (RFC 9110 §10.2.3). */
  readonly retryAfter?: number | undefined
  /** HTTP status of the answer, if there was one. */
  readonly status?: number | undefined
  /** The server's own code, if it sent one. */
  readonly serverCode?: string | undefined
  /**
   * The client knows that the server did not process the request, because it was never sent: a refresh token is as good as
   * before. A status outranks it.
   */
  readonly notProcessed?: boolean | undefined
}

/**
 * The one error class of this library. Carries no token, password, code, URL or body.
 *
 * @example
 * try {
 *   await auth.signIn({ email, password })
 * } catch (error) {
 *   if (error instanceof AuthError && error.code === 'rate-limited') wait(error.retryAfter)
 * }
 */
export class AuthError extends Error {
  /** Errors of another copy of this library (a second version, a pre-bundled one) are known as well. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isAuthError(value)
  }

  override readonly name = 'AuthError'
  readonly code: AuthErrorCode
  /** Seconds to wait before the next try, if the server said so. */
  readonly retryAfter: number | undefined
  readonly status: number | undefined
  readonly serverCode: string | undefined
  readonly notProcessed: boolean

  constructor(code: AuthErrorCode, options: AuthErrorOptions = {}) {
    const known = Object.hasOwn(advice, code) ? code : 'unknown'
    super(advice[known], { cause: scrub(options.cause) })
    const { retryAfter, status, serverCode, notProcessed } = options
    Object.defineProperty(this, brand, { value: true })
    this.notProcessed = notProcessed === true
    this.code = known
    this.retryAfter =
      retryAfter !== undefined && Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter : undefined
    this.status = Number.isInteger(status) ? status : undefined
    // a code, not whatever a server may echo
    this.serverCode = typeof serverCode === 'string' && /^[\w./-]{1,64}$/.test(serverCode) ? serverCode : undefined
  }

  toJSON(): { name: string; code: AuthErrorCode; message: string; retryAfter?: number; status?: number } {
    const { name, code, message, retryAfter, status } = this
    return {
      name,
      code,
      message,
      ...(retryAfter !== undefined && { retryAfter }),
      ...(status !== undefined && { status }),
    }
  }
}

/** Known to every copy of this library. */
const brand = Symbol.for('authchart.AuthError')

/** Known to this copy alone: no other text gets into a message. */
const explained = Symbol('explained')

/** An error that tells the developer more: what exactly is wrong, and the cure. `detail` holds no value that may be a secret. */
export function explain(code: AuthErrorCode, detail: string): AuthError {
  const error = new AuthError(code)
  error.message += ` ${detail}`
  return Object.defineProperty(error, explained, { value: true })
}

/** By its brand; by name and code if it comes from a copy that is older than the brand. */
function isAuthError(value: unknown): value is AuthError {
  try {
    const { name, code, [brand]: isOurs } = Object(value) as { name?: unknown; code?: unknown; [brand]?: unknown }
    return isOurs === true || (value instanceof Error && name === 'AuthError' && Object.hasOwn(advice, code as string))
  } catch {
    return false
  }
}

/** An AuthError with nothing but its own fields; anything else as `fallback`, with nothing of it but its name. */
export function toAuthError(thrown: unknown, fallback: AuthErrorCode = 'unknown'): AuthError {
  try {
    if (!isAuthError(thrown)) return new AuthError(fallback, { cause: thrown })
    if (explained in thrown) return thrown
    const { code, retryAfter, status, serverCode, notProcessed, cause } = thrown
    return new AuthError(code, { retryAfter, status, serverCode, notProcessed, cause })
  } catch {
    return new AuthError(fallback)
  }
}

/** Errors of the platform. Any other name may hold anything. */
const knownNames =
  /^((Abort|Aggregate|Auth|Constraint|DataClone|Encoding|Eval|InvalidState|Network|NotAllowed|NotFound|NotSupported|Quota\w{0,9}|Range|Reference|Security|Syntax|Timeout|Type|URI|Unknown|Version)?Error|DOMException)$/

function scrub(cause: unknown): { readonly name: string } | undefined {
  if (cause === undefined || cause === null) return undefined
  try {
    const { name } = Object(cause) as { readonly name?: unknown }
    return { name: typeof name === 'string' && knownNames.test(name) ? name : 'Error' }
  } catch {
    return { name: 'Error' }
  }
}
